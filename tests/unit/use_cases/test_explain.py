# SPDX-License-Identifier: Apache-2.0
"""Explaining a change: the cube is read, broken down, and each driver's days are looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import CubeQuestion
from cost_slo.domain.spend.reading import DailySpend, UnitReading
from cost_slo.use_cases.explain import explain
from tests.builders.bills import an_slo
from tests.builders.readings import per_request, reading
from tests.fakes.ports import FakeCostSource, FakeUnitSource

AUGUST_AND_SEPTEMBER = Period(date(2026, 8, 11), date(2026, 9, 15))
SECOND_WEEK = Period(date(2026, 9, 8), date(2026, 9, 15))
NINTH = date(2026, 9, 9)


def source(last: date) -> FakeCostSource:
    """EC2 steady at 10 a day, VPC at 1 a day and at 50 from the ninth on."""
    found = reading({"all": {}})
    spend = tuple(
        DailySpend(Decimal(usd), day=day, service=service)
        for day in AUGUST_AND_SEPTEMBER.dates
        for service, usd in (("EC2", 10), ("VPC", 50 if day >= NINTH else 1))
        if day <= last
    )
    return FakeCostSource(replace(found, spend={"all": spend}))


def test_a_window_alone_is_held_against_the_same_weekdays_before_it() -> None:
    costs = source(date(2026, 9, 14))

    found = explain(costs, CubeQuestion(SECOND_WEEK, slo=an_slo(), currency="USD"))

    # Seven days of VPC: 1 each before, and one day of 1 and six of 50 after.
    assert costs.compared == [(SECOND_WEEK, None)]
    assert [(driver.name, driver.segment.change) for driver in found.drivers] == [
        ("VPC", Decimal(1 + 6 * 50 - 7))
    ]
    assert found.change == found.drivers[0].segment.change
    assert found.drivers[0].since is not None
    assert found.drivers[0].since.day == NINTH


def test_days_that_have_not_arrived_are_no_fall_to_nothing() -> None:
    costs = source(date(2026, 9, 12))

    found = explain(costs, CubeQuestion(SECOND_WEEK))

    since = [driver.since for driver in found.drivers if driver.name == "VPC"]
    assert [turned.day for turned in since if turned] == [NINTH]


def requests(*days: date, count: int = 100) -> FakeUnitSource:
    return FakeUnitSource({"all": UnitReading(dict.fromkeys(days, Decimal(count)), "requests")})


def test_the_cost_of_a_unit_is_split_with_the_units_of_the_charged_days() -> None:
    question = CubeQuestion(SECOND_WEEK, slo=Slo.model_validate(per_request("all")), currency="USD")

    found = explain(
        source(date(2026, 9, 11)), question, units=requests(*AUGUST_AND_SEPTEMBER.dates)
    )

    # $11 for 100 requests a day; then $11 on the 8th and $60 on each of the three days to the 11th.
    assert found.unit_cost is not None
    assert found.unit_cost.effects.before == Decimal("0.11")
    assert found.unit_cost.units_after == 400
    assert found.unit_cost.effects.after == Decimal("0.4775")


def test_unknown_units_are_a_note_and_the_rest_is_explained() -> None:
    question = CubeQuestion(SECOND_WEEK, slo=Slo.model_validate(per_request("all")), currency="USD")

    found = explain(source(date(2026, 9, 14)), question, units=requests(*SECOND_WEEK.dates))

    assert found.unit_cost is None
    assert found.drivers
    (note,) = found.cube.notes
    assert note == (
        "why the cost per request changed is not known: "
        "request counts are known for 0 of 28 days of 11 Aug 2026 to 7 Sep 2026"
    )
