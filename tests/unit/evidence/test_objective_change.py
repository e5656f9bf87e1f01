# SPDX-License-Identifier: Apache-2.0
"""An objective that changes in mid-month is said, and a raise that silences an alarm is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cost_slo.domain.evidence.objective_change import objective_change
from cost_slo.domain.incidents.incident import EventKind, Incident
from cost_slo.domain.spec.document import Slo
from tests.builders.days import slo
from tests.builders.readings import each_day, monthly, per_request, september, spec, units
from tests.fakes.ports import FakeSpecSource
from tests.worlds.rig import Rig

# 440 by the ninth, of 300.
OVER = september(9, d9=400)


def change_objective(rig: Rig, **changes: object) -> None:
    """Somebody edits the spec."""
    rig.monitor = replace(rig.monitor, specs=FakeSpecSource(spec(monthly() | changes)))


def told(rig: Rig, last: int, **others: int) -> dict[str, Any]:
    (entry,) = rig.run({"web": september(last, **others)}, last + 1).document["slos"]
    assert isinstance(entry, dict)
    return entry


def of_kind(rig: Rig, kind: EventKind) -> list[str]:
    return [event.text for event in rig.incidents[0].events if event.kind is kind]


def raised_to(amount: int) -> Rig:
    """Over 300 on the tenth; the objective is another from the eleventh on."""
    rig = Rig()
    rig.run({"web": OVER}, 10)
    change_objective(rig, objective={"monthly": amount})
    return rig


def test_a_raise_that_clears_an_incident_is_the_reason_it_ended() -> None:
    rig = raised_to(15000)

    entry = told(rig, 10, d9=400)

    assert (entry["verdict"], entry["incident_change"]) == ("within", "resolved")
    assert of_kind(rig, EventKind.RESOLVED) == ["objective raised from $300.00 to $15,000.00"]
    assert (
        "Why it ended: Objective raised from $300.00 to $15,000.00." in rig.notifier.sent[-1].body
    )


def test_the_change_is_on_the_timeline_once_and_on_every_report_of_the_month() -> None:
    rig = raised_to(15000)

    said = [told(rig, last, d9=400)["notes"] for last in (10, 10, 11, 29)]

    note = "objective changed from $300.00 to $15,000.00 on 11 Sep 2026: the error budget is now"
    assert of_kind(rig, EventKind.NOTED) == [f"{note} $15,000.00, of which $445.00 is used"]
    assert [notes[0].startswith(note) for notes in said] == [True] * 4


def test_the_next_month_does_not_speak_of_it_any_more() -> None:
    rig = raised_to(15000)
    told(rig, 10, d9=400)
    october = september(30, d9=400) | each_day(date(2026, 10, 1), date(2026, 10, 5), 5)

    (entry,) = rig.run({"web": october}, 6, 10).document["slos"]

    assert entry["notes"] == []


def test_a_raise_that_is_not_enough_is_noted_and_the_incident_goes_on() -> None:
    rig = raised_to(400)

    entry = told(rig, 10, d9=400)

    assert (entry["verdict"], entry["incident_change"]) == ("exhausted", "updated")
    assert of_kind(rig, EventKind.NOTED)[0].startswith("objective changed from $300.00 to $400.00")


def test_a_lowered_objective_is_noted_too() -> None:
    rig = raised_to(200)

    told(rig, 10, d9=400)

    assert of_kind(rig, EventKind.NOTED)[0].startswith("objective changed from $300.00 to $200.00")
    assert of_kind(rig, EventKind.RESOLVED) == []


def test_spend_that_would_have_held_the_old_objective_is_the_reason_by_itself() -> None:
    rig = Rig(monthly(objective=600))
    for last in (9, 10):
        told(rig, last, d9=150, d10=150)
    change_objective(rig, objective={"monthly": 700})

    for last in range(11, 22):
        told(rig, last, d9=150, d10=150)

    assert of_kind(rig, EventKind.NOTED)[0].startswith("objective changed from $600.00 to $700.00")
    assert of_kind(rig, EventKind.RESOLVED) == [
        "the month is projected to end within its objective"
    ]


def test_money_taken_back_is_named_before_a_raise() -> None:
    rig = raised_to(15000)

    told(rig, 10)

    assert of_kind(rig, EventKind.RESOLVED)[0].startswith("restated")


def test_an_slo_without_an_incident_keeps_no_trace_of_its_objective() -> None:
    rig = Rig()
    told(rig, 9)
    change_objective(rig, objective={"monthly": 15000})

    assert told(rig, 10)["notes"] == []


def opened() -> Incident:
    rig = Rig()
    rig.run({"web": OVER}, 10)
    return rig.incidents[0]


@pytest.mark.parametrize(
    ("now", "currency"),
    [
        (slo(objective=300), "USD"),
        (slo(objective=400), "EUR"),
        (spec(per_request("web")).slos[0], "USD"),
    ],
)
def test_another_currency_or_kind_of_objective_is_no_change_of_the_amount(
    now: Slo, currency: str
) -> None:
    assert objective_change([opened()], now, currency) is None


def test_without_incidents_nothing_is_known_of_a_change() -> None:
    assert objective_change([], slo(), "USD") is None


def unit_rig(objective: str) -> Rig:
    """Nine days of 5 for 100 requests each: 0.05 a request."""
    rig = Rig(per_request("web"))
    rig.units.readings = {"web": units(each_day(date(2026, 9, 1), date(2026, 9, 12), 100))}
    rig.run({"web": september(9)}, 10)
    raised = per_request("web", objective=Decimal(objective))
    rig.monitor = replace(rig.monitor, specs=FakeSpecSource(spec(raised)))
    return rig


def test_a_raised_unit_cost_is_named_as_well() -> None:
    rig = unit_rig("0.06")

    told(rig, 10)

    assert of_kind(rig, EventKind.RESOLVED) == ["objective raised from $0.010 to $0.060"]


@pytest.mark.parametrize(
    ("requests", "reason"),
    [
        # Seven days of 5 for 6 x 100 requests, and 1,000 or 100,000 on the last.
        (1_000, "objective raised from $0.010 to $0.045"),
        (100_000, "the unit cost is back within its objective"),
    ],
)
def test_a_unit_cost_that_falls_after_a_raise_says_whether_the_old_objective_holds(
    requests: int, reason: str
) -> None:
    rig = unit_rig("0.045")
    told(rig, 10)
    counted = each_day(date(2026, 9, 1), date(2026, 9, 10), 100)
    later = each_day(date(2026, 9, 11), date(2026, 9, 20), requests)
    rig.units.readings = {"web": units(counted | later)}

    for last in range(11, 16):
        told(rig, last)

    assert of_kind(rig, EventKind.RESOLVED) == [reason]


def test_a_change_is_noted_where_no_budget_can_be_told() -> None:
    rig = unit_rig("0.06")
    rig.units.readings = {"web": units(each_day(date(2026, 9, 1), date(2026, 9, 12), 0))}

    assert told(rig, 10)["notes"] == ["objective changed from $0.010 to $0.060 on 11 Sep 2026"]
