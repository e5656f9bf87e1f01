# SPDX-License-Identifier: Apache-2.0
"""The objects a machine reads are the documented ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cost_slo.domain.actions.items import ActionStatus, Priority
from cost_slo.domain.burn.unit_cost import UnitState
from cost_slo.domain.digest.digest import Movement
from cost_slo.domain.drivers.comparable_periods import Scaling
from cost_slo.domain.drivers.effects.effects import Effects
from cost_slo.domain.drivers.inflection import ChangeShape
from cost_slo.domain.drivers.movers import MoverKind
from cost_slo.domain.incidents.incident import EventKind, Severity, Status
from cost_slo.domain.spec.document import Metric
from cost_slo.domain.spec.scope import ChargeCategory
from cost_slo.domain.verdict.decision import Verdict
from tests.builders.readings import (
    Days,
    each_day,
    monthly,
    morning,
    per_request,
    reading,
    september,
    units,
)
from tests.checks.documents import assert_documented, faults, schema
from tests.worlds.rig import Rig

NO_DECISIONS = {
    EventKind.CLOSED,
    EventKind.ALERTED,
    EventKind.ANOMALY,
    EventKind.ACCEPTED,
    EventKind.ACKNOWLEDGED,
    EventKind.CAUSE_IDENTIFIED,
    EventKind.NOTED,
    EventKind.ACTION_ADDED,
    EventKind.ACTION_CHANGED,
    EventKind.ACTION_DONE,
}
TENTH = september(9)
REQUESTS = each_day(date(2026, 9, 1), date(2026, 9, 9), 1000)


def words(name: str, *path: str | int) -> set[str]:
    node = schema(name)["$defs"]
    for step in path:
        node = node[step]
    return set(node["enum"])


def objects(node: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from objects(inner)


@pytest.mark.parametrize(
    "name", ["actions", "bill", "digest", "evaluation", "explanation", "incidents", "verification"]
)
def test_a_published_schema_is_a_schema_and_strict(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))

    assert [node for node in objects(schema(name)) if "additionalProperties" not in node] == []


def test_a_published_schema_knows_every_word_the_code_uses() -> None:
    slo = ("slo", "properties")

    assert words("evaluation", *slo, "verdict") == set(Verdict)
    assert words("evaluation", *slo, "metric") == set(Metric)
    assert words("evaluation", *slo, "charge_categories", "items") == set(ChargeCategory)
    assert words("evaluation", *slo, "incident_change") == {"none", *EventKind} - NO_DECISIONS
    assert words("evaluation", "severity") == words("incidents", "severity") == set(Severity)
    assert words("evaluation", "unit_state") == set(UnitState)
    assert words("incidents", "incident", "properties", "status") == set(Status)
    assert words("incidents", "kind") == set(EventKind)
    assert words("digest", *slo, "verdict") == set(Verdict)
    assert words("digest", "severity") == set(Severity)
    assert words("digest", "movement") == set(Movement)
    assert words("actions", "action", "properties", "priority") == set(Priority)
    assert words("actions", "action", "properties", "status") == set(ActionStatus)


def test_an_action_item_is_documented_alike_wherever_it_is_printed() -> None:
    assert schema("actions")["$defs"]["action"] == schema("incidents")["$defs"]["action"]
    assert schema("actions")["$defs"]["action"] == schema("digest")["$defs"]["action"]
    baseline = schema("explanation")["properties"]["baseline"]["properties"]
    assert set(baseline["scaling"]["enum"]) == set(Scaling)
    assert words("explanation", "driver", "properties", "kind") == set(MoverKind)
    shape = ("driver", "properties", "since", "anyOf", 0, "properties", "shape")
    assert words("explanation", *shape) == set(ChangeShape)
    assert set(schema("explanation")["$defs"]["effects"]["properties"]) == set(
        Effects.__dataclass_fields__
    )


@pytest.mark.parametrize(
    ("verdict", "days", "day"),
    [
        ("within", TENTH, 10),
        ("burning", september(9, usd=30), 10),
        ("exhausted", september(9, d9=400), 10),
        ("no_data", {}, 10),
        ("stale_data", TENTH, 20),
    ],
)
def test_an_evaluation_is_documented_whatever_its_verdict(
    verdict: str, days: Days, day: int
) -> None:
    rig = Rig()

    document = rig.run({"web": days}, day).document

    assert [slo["verdict"] for slo in document["slos"]] == [verdict]
    assert_documented("evaluation", document)


@pytest.mark.parametrize(
    ("state", "days", "requests"),
    [
        ("ok", TENTH, REQUESTS),
        ("no_units", TENTH, dict.fromkeys(REQUESTS, Decimal(0))),
        ("too_few_units", TENTH, dict.fromkeys(REQUESTS, Decimal(1))),
        ("cost_without_units", TENTH, {}),
        ("units_without_cost", {date(2026, 8, 31): Decimal(5)} | september(9, usd=0), REQUESTS),
    ],
)
def test_an_evaluation_is_documented_whatever_the_state_of_a_unit_cost(
    state: str, days: Days, requests: Days
) -> None:
    rig = Rig(per_request("api"))
    rig.units.readings = {"api": units(requests)}

    document = rig.run({"api": days}, 10).document

    assert [slo["unit_cost"]["state"] for slo in document["slos"]] == [state]
    assert_documented("evaluation", document)


def test_an_evaluation_is_documented_when_rows_were_left_out_in_another_currency() -> None:
    rig = Rig()
    bill = reading({"web": TENTH})
    charges = replace(bill.charges, unreadable=2, cost_total={"EUR": Decimal("1.50")})
    rig.costs.reading = replace(bill, charges=charges, notes=("Not counted: row 7",))

    document = rig.again(morning(10)).document

    assert document["charges"]["cost_total"] == "0"
    assert document["charges"]["other_currencies"] == {"EUR": "1.5"}
    assert document["slos"][0]["data_complete"] is False
    assert_documented("evaluation", document)


def test_an_evaluation_is_documented_when_an_slo_failed() -> None:
    rig = Rig(monthly("web"), per_request("api"))
    rig.fail_units("api")

    document = rig.run({"web": TENTH, "api": TENTH}, 10).document

    assert [failure["slo"] for failure in document["errors"]] == ["api"]
    assert_documented("evaluation", document)


def test_an_undocumented_key_or_a_number_for_an_amount_is_a_fault() -> None:
    document = Rig().run({"web": TENTH}, 10).document
    charges = {**document["charges"], "cost_total": 45.0}

    assert faults("evaluation", {**document, "surprise": 1}) != []
    assert faults("evaluation", {**document, "charges": charges}) != []
