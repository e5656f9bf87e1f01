# SPDX-License-Identifier: Apache-2.0
"""Events that earlier versions stored are read as they were, and give the same facts.

`tests/golden/stored/NAME.json` holds rows of events as a version of that time wrote them: with
drivers `by_service` alone, then with what was `planned`, the `recent_days`, `by_segment`, and
every `detail`: changes, action items, an accepted level, anomalies. Never write them anew.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from cost_slo.adapter_kit.stored_rows import event_of_row, event_row
from cost_slo.adapters.documents.templates.renderer import JinjaRenderer
from cost_slo.domain.actions.items import actions
from cost_slo.domain.anomalies.timeline import told_anomalies
from cost_slo.domain.evidence.snapshot import read_snapshot
from cost_slo.domain.incidents.incident import IncidentEvent, incidents
from cost_slo.domain.period import Month
from cost_slo.domain.plan.learning import learning
from cost_slo.domain.stored import to_json
from cost_slo.ports import StateChange
from cost_slo.use_cases.draft import Drafter, drafted
from tests.builders.readings import morning
from tests.checks.golden_files import GOLDEN, assert_golden
from tests.fakes.ports import FakeStore

STORED = sorted(path.stem for path in (GOLDEN / "stored").glob("*.json"))
OCTOBER = Month.containing(date(2026, 10, 1))


def stored(name: str) -> list[list[object]]:
    rows: list[list[object]] = json.loads(Path(GOLDEN / "stored" / f"{name}.json").read_bytes())
    return [[*row[:-1], json.dumps(row[-1], ensure_ascii=False)] for row in rows]


def events(name: str) -> list[IncidentEvent]:
    return [event_of_row(tuple(row)) for row in stored(name)]


@pytest.mark.parametrize("name", STORED)
def test_a_stored_event_is_written_as_it_was_read(name: str) -> None:
    assert [list(event_row(event)) for event in events(name)] == stored(name)


@pytest.mark.parametrize("name", STORED)
def test_the_facts_of_a_stored_incident_are_what_they_were(name: str) -> None:
    store = FakeStore()
    store.save(StateChange(events=tuple(events(name))))
    drafter = Drafter(store, JinjaRenderer(), ())
    found = incidents(events(name))

    facts = [
        line
        for incident in found
        for line in drafted(drafter, incident, morning(30)).splitlines()
        if line.startswith('  {"id": ')
    ]

    taught = learning(found, OCTOBER)
    known = [(it.id, it.status.value, told_anomalies(it), actions(it)) for it in found]
    assert_golden(
        f"stored/{name}.txt",
        "\n".join(
            [*facts, *map(str, known), *map(str, sorted(taught.left_out)), f"{taught.level}\n"]
        ),
    )


def test_a_snapshot_is_written_byte_by_byte_as_it_was_before_it_was_typed() -> None:
    found = [it.snapshot for it in events("detail") if it.is_decision and "recent" in it.snapshot]

    assert len(found) == 8
    assert [json.dumps(to_json(read_snapshot(it))) for it in found] == list(map(json.dumps, found))
