# SPDX-License-Identifier: Apache-2.0
"""The ledger alone says what the evaluation said that wrote it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.incidents.incident import incidents
from cost_slo.domain.stored import to_json
from cost_slo.domain.verdict.assessment import Assessment
from cost_slo.domain.verdict.decision import Verdict
from cost_slo.domain.verdict.document import measured
from cost_slo.domain.verdict.standing import standing
from cost_slo.domain.wording import iso
from tests.builders.moods import SLOS, rig_to
from tests.builders.readings import monthly, morning, september
from tests.worlds.rig import Rig

CALM = september(9)


def stands(rig: Rig, name: str, as_of: datetime) -> Assessment:
    spec = rig.monitor.specs.load_spec()
    (slo,) = [slo for slo in spec.slos if slo.name == name]
    found, _ = standing(
        slo,
        load_policy(slo.policy, base=Path()),
        rig.store.load_observations(slo.series),
        incidents(event for event in rig.store.load_events(slo=name) if event.at <= as_of),
        currency="USD",
        as_of=as_of,
    )
    return found


def told(found: Assessment) -> dict[str, Any]:
    """What an evaluation's entry says of the same."""
    return {
        "verdict": found.decision.verdict.value,
        "severity": found.decision.severity.value,
        "data_through": iso(found.figures.data_through) if found.figures else None,
        **to_json(measured(found.figures)),
    }


def test_an_slo_stands_as_its_last_evaluation_said_to_every_figure() -> None:
    for day in range(6, 13):
        rig = rig_to(day)
        document = rig.again(morning(day)).document

        for entry in document["slos"]:
            found = told(stands(rig, entry["name"], morning(day)))
            assert found == {key: entry[key] for key in found}
        assert {entry["name"] for entry in document["slos"]} >= {slo["name"] for slo in SLOS[:5]}


def test_an_earlier_instant_sees_what_was_known_then() -> None:
    once, often = rig_to(7), rig_to(10)

    for name in ("runaway", "spent", "api"):
        assert told(stands(often, name, morning(7))) == told(stands(once, name, morning(7)))


def test_a_day_that_was_last_seen_incomplete_does_not_become_complete_by_waiting() -> None:
    rig = Rig(monthly())
    rig.run({"web": CALM}, 10)

    found = stands(rig, "web", morning(10) + timedelta(hours=20))

    assert found.figures == stands(rig, "web", morning(10)).figures


def test_costs_grow_stale_though_nobody_evaluates() -> None:
    rig = Rig(monthly())
    rig.run({"web": CALM}, 10)

    assert stands(rig, "web", morning(11)).decision.verdict is Verdict.WITHIN
    assert stands(rig, "web", morning(13)).decision.verdict is Verdict.STALE_DATA


def test_an_slo_of_which_nothing_was_ever_seen_is_not_judged() -> None:
    rig = Rig(monthly())
    rig.run({"web": {}}, 10)

    found = stands(rig, "web", morning(10))

    assert (found.decision.verdict, found.figures) == (Verdict.NO_DATA, None)
