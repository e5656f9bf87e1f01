# SPDX-License-Identifier: Apache-2.0
"""What one unit costs, and how far a day is from what its units explain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from cost_slo.domain.burn.unit_cost import (
    NO_UNIT_PLAN,
    UnitCost,
    UnitCosts,
    UnitPlan,
    UnitState,
    odd_day,
    trailing,
    unit_cost,
    unit_excess,
    unit_plan,
)
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.plan.series import SpendSeries, series_of
from cost_slo.domain.spend.reading import Observation
from tests.builders.days import HISTORY_END, SEPTEMBER, seen

MONDAY = date(2026, 9, 7)
FLAT = UnitPlan(0.1, units=(1000.0,) * 7, costs=(100.0,) * 7, more=0.1, fewer=0.1)
# Half of the cost of 1000 units follows them, half does not.
FIXED = UnitPlan(0.1, units=(1000.0,) * 7, costs=(100.0,) * 7, more=0.05, fewer=0.05)


def found(*rows: Observation, through: date = date(2026, 9, 11)) -> SpendSeries:
    return series_of(rows, through, through)


def history(
    days: int, cost: Callable[[date], float], units: Callable[[date], float]
) -> dict[date, Observation]:
    first = HISTORY_END - days * DAY
    each = [first + number * DAY for number in range(days)]
    return {day: seen(day, cost(day), units=units(day)) for day in each}


def test_a_unit_cost_is_a_ratio_of_sums() -> None:
    rows = (seen(MONDAY, 10, units=100), seen(MONDAY + DAY, 10, units=900))

    cost = unit_cost(found(*rows), SEPTEMBER, Decimal(0))

    # The mean of the daily ratios would be 0.0556.
    assert cost == UnitCost(UnitState.OK, Decimal(20), Decimal(1000), Decimal("0.02"))


def test_fees_and_credits_are_part_of_a_unit_cost() -> None:
    row = seen(MONDAY, 10, lumps=5, credits=-3, units=100)

    assert unit_cost(found(row), SEPTEMBER, Decimal(0)).ratio == Decimal("0.12")


def test_days_without_known_units_are_left_out_of_both_sums() -> None:
    rows = (seen(MONDAY, 10, units=100), seen(MONDAY + DAY, 90))

    assert unit_cost(found(*rows), SEPTEMBER, Decimal(0)).ratio == Decimal("0.1")


@pytest.mark.parametrize(
    ("cost", "units", "state"),
    [
        (10, 100, UnitState.OK),
        (10, 99, UnitState.TOO_FEW_UNITS),
        (10, 0, UnitState.NO_UNITS),
        (0, 0, UnitState.NO_UNITS),
        (0, 50, UnitState.UNITS_WITHOUT_COST),
        (10, None, UnitState.COST_WITHOUT_UNITS),
    ],
)
def test_where_a_ratio_says_nothing_there_is_a_named_state(
    cost: int, units: int | None, state: UnitState
) -> None:
    told = unit_cost(found(seen(MONDAY, cost, units=units)), SEPTEMBER, Decimal(100))

    assert told.state is state
    assert (told.ratio is not None) is (state is UnitState.OK)
    assert [told.cost, told.units] == [Decimal(cost), Decimal(units or 0)]


def test_the_trailing_cost_is_of_the_seven_days_to_the_last_complete_one() -> None:
    days = [seen(date(2026, 9, day), day, units=1) for day in range(1, 12)]

    told = trailing(found(*days), Decimal(0))

    # The 4th to the 10th: 4 + 5 + 6 + 7 + 8 + 9 + 10.
    assert [told.cost, told.units] == [Decimal(49), Decimal(7)]


@pytest.mark.parametrize(
    ("cost", "odd", "is_above"),
    [("20", "0", False), ("20.01", "0", True), ("25", "5", False), ("25", "4.99", True)],
)
def test_a_cost_is_lastingly_above_without_its_odd_day(
    cost: str, odd: str, *, is_above: bool
) -> None:
    recent = UnitCost(UnitState.OK, Decimal(cost), Decimal(1000), Decimal(cost) / 1000)

    assert UnitCosts(recent, recent, Decimal(odd)).is_lastingly_above(Decimal("0.02")) is is_above


def test_a_cost_that_cannot_be_told_is_not_above() -> None:
    unknown = UnitCost(UnitState.NO_UNITS, Decimal(10), Decimal(0), None)

    assert UnitCosts(unknown, unknown).is_lastingly_above(Decimal("0.02")) is False


def test_inefficiency_is_the_cost_that_units_and_weekday_do_not_explain() -> None:
    assert FIXED.inefficiency(120.0, 1000.0, MONDAY) == pytest.approx(120 - 50 - 50)
    assert FIXED.inefficiency(50.0, 0.0, MONDAY) == 0


def test_idleness_is_the_fixed_cost_that_missing_units_do_not_carry() -> None:
    assert FIXED.idleness(400.0, MONDAY) == pytest.approx(0.05 * 600)
    assert FLAT.idleness(400.0, MONDAY) == 0


def test_the_units_of_a_month_are_planned_by_weekday() -> None:
    week = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)
    plan = UnitPlan(0.1, week, week, 0.1, 0.1)

    # September 2026: four weeks of 28, and the 29th and 30th, a Tuesday and a Wednesday.
    assert plan.planned_units(SEPTEMBER) == 4 * 28 + 2 + 3


@pytest.mark.parametrize(("days", "is_known"), [(27, False), (28, True)])
def test_a_unit_cost_is_learned_from_28_days_and_not_from_fewer(
    days: int, *, is_known: bool
) -> None:
    plan = unit_plan(history(days, lambda _: 100.0, lambda _: 1000.0))

    assert (plan is not NO_UNIT_PLAN) is is_known


def test_days_without_known_units_teach_nothing() -> None:
    days = history(28, lambda _: 100.0, lambda _: 1000.0)
    unknown = HISTORY_END - 29 * DAY

    assert unit_plan(days | {unknown: seen(unknown, 5000)}).ratio == pytest.approx(0.1)
    assert unit_plan({day: seen(day, 100) for day in days}) is NO_UNIT_PLAN
    assert unit_plan({day: seen(day, 100, units=0) for day in days}) is NO_UNIT_PLAN


def test_the_ratio_is_of_the_last_84_days() -> None:
    days = history(85, lambda _: 100.0, lambda _: 1000.0)
    oldest = min(days)

    plan = unit_plan(days | {oldest: seen(oldest, 99_999, units=1)})
    second = oldest + DAY
    moved = unit_plan(days | {second: seen(second, 184, units=1000)})

    assert plan.ratio == pytest.approx(0.1)
    # 83 days of 100 and one of 184, over 84,000 units.
    assert moved.ratio == pytest.approx(0.101)


def test_weekdays_alike_tell_nothing_so_no_unit_more_or_fewer_rings() -> None:
    plan = unit_plan(history(56, lambda _: 100.0, lambda _: 1000.0))

    assert (plan.ratio, plan.more, plan.fewer) == pytest.approx((0.1, 0.1, 0))
    assert plan.costs == pytest.approx((100,) * 7)
    assert plan.inefficiency(100.0, 150.0, MONDAY) == pytest.approx(0)
    assert plan.noise.spread == pytest.approx(0)


def test_weekdays_apart_tell_what_one_more_unit_costs() -> None:
    # Five days of 1000 units and two of 300, each costing 50 and 0.05 a unit.
    def units(day: date) -> float:
        return 300.0 if day.weekday() > 4 else 1000.0

    plan = unit_plan(history(56, lambda day: 50 + 0.05 * units(day), units))

    # Mean units 800: apart 5 x 200^2 + 2 x 500^2 = 700,000; the prior weighs 7 x 40^2 = 11,200.
    ratio = (5 * 100 + 2 * 65) / 5600
    assert plan.ratio == pytest.approx(ratio)
    assert plan.more == pytest.approx((0.05 * 700_000 + ratio * 11_200) / 711_200)
    assert plan.fewer == pytest.approx(0.05 * 700_000 / 711_200)
    assert list(plan.units) == [1000] * 5 + [300] * 2
    assert plan.inefficiency(100.0, 1000.0, MONDAY) == pytest.approx(0)


@pytest.mark.parametrize(
    ("slope", "each"),
    [(-0.1, 0.0), (5.0, None)],
)
def test_one_more_unit_costs_between_nothing_and_the_ratio(
    slope: float, each: float | None
) -> None:
    def units(day: date) -> float:
        return 500.0 if day.weekday() > 4 else 1000.0

    plan = unit_plan(history(56, lambda day: 1000 + slope * (units(day) - 1000), units))

    expected = plan.ratio if each is None else each
    assert (plan.more, plan.fewer) == pytest.approx((expected, expected))


def test_the_noise_of_a_unit_cost_is_that_of_its_inefficiency() -> None:
    days = history(56, lambda _: 100.0, lambda _: 1000.0)
    odd = HISTORY_END - 10 * DAY

    plan = unit_plan(days | {odd: seen(odd, 130, units=1000)})

    # 30 more than its weekday, whose median does not notice; the ratio itself rises a little, but
    # all weekdays alike.
    assert plan.noise.largest(1, "total") == pytest.approx(30)
    assert plan.noise.largest(2, "sustained") == pytest.approx(0)


def test_the_odd_day_is_how_far_the_worst_of_seven_is_beyond_the_next() -> None:
    days = [seen(date(2026, 9, day), 100, units=1000) for day in range(4, 9)]
    rows = [
        *days,
        seen(date(2026, 9, 9), 130, units=1000),
        seen(date(2026, 9, 10), 160, units=1000),
    ]
    older = seen(date(2026, 9, 3), 900, units=1000)

    assert odd_day(found(older, *rows), FLAT) == 30


def test_lost_traffic_makes_a_day_odd_too() -> None:
    days = [seen(date(2026, 9, day), 100, units=1000) for day in range(4, 10)]

    # 50 fixed and 0.05 x 200, of which 800 x 0.05 went uncarried.
    assert odd_day(found(*days, seen(date(2026, 9, 10), 60, units=200)), FIXED) == 40


def test_without_a_plan_or_with_fewer_than_two_days_none_is_odd() -> None:
    one, unknown = seen(MONDAY, 900, units=10), seen(MONDAY + DAY, 900)

    assert odd_day(found(one, seen(MONDAY + DAY, 1, units=10)), NO_UNIT_PLAN) == 0
    assert odd_day(found(one, unknown), FLAT) == 0


def test_the_excess_of_a_day_is_its_inefficiency_over_the_cost_of_its_usual_units() -> None:
    told = unit_excess(found(seen(date(2026, 9, 10), 130, units=1000)), FLAT)

    assert (told.start, told.complete, len(told.amounts)) == (date(2026, 8, 21), 21, 21)
    assert told.amounts[-1] == pytest.approx(30)
    assert told.planned[-1] == pytest.approx(100)
    assert told.amounts[:-1] == told.planned[:-1] == (0,) * 20


def test_a_day_whose_units_are_unknown_has_no_excess() -> None:
    told = unit_excess(found(seen(date(2026, 9, 10), 130)), FLAT)

    assert (told.amounts[-1], told.planned[-1]) == (0, 0)


def test_lost_traffic_counts_once_it_was_lost_on_two_days_running() -> None:
    # 600 and 400 units fewer leave 30 and 20 of the fixed cost uncarried; what both days share
    # counts on the second, and nothing on a day with more units than usual.
    rows = [
        seen(date(2026, 9, 7), 70, units=400),
        seen(date(2026, 9, 8), 80, units=600),
        seen(date(2026, 9, 9), 125, units=1500),
        seen(date(2026, 9, 10), 80, units=600),
    ]

    told = unit_excess(found(*rows), FIXED)

    assert told.amounts[-4:] == pytest.approx((0, 20, 0, 0))


def test_an_unknown_day_between_does_not_end_lost_traffic() -> None:
    rows = [
        seen(date(2026, 9, 8), 70, units=400),
        seen(date(2026, 9, 9), 70),
        seen(date(2026, 9, 10), 80, units=600),
    ]

    assert unit_excess(found(*rows), FIXED).amounts[-3:] == pytest.approx((0, 0, 20))


def test_before_the_window_has_a_complete_day_the_excess_ends_where_it_begins() -> None:
    rows = [seen(date(2026, 8, 29), 130, units=1000)]
    before = series_of(rows, date(2026, 8, 30), date(2026, 8, 30), SEPTEMBER)

    assert unit_excess(before, FLAT).end == date(2026, 9, 1)


def test_a_weekday_never_seen_has_no_units() -> None:
    days = history(56, lambda _: 100.0, lambda _: 1000.0)
    weekdays = {day: row for day, row in days.items() if day.weekday() != 6}

    assert unit_plan(weekdays).units == (1000,) * 6 + (0,)


def test_a_period_without_a_day_has_cost_without_units() -> None:
    nowhere = Period(date(2026, 10, 1), date(2026, 10, 1))

    told = unit_cost(found(seen(MONDAY, 5, units=5)), nowhere, Decimal(0))

    assert told == UnitCost(UnitState.COST_WITHOUT_UNITS, Decimal(0), Decimal(0), None)


def test_units_on_few_days_make_no_week_to_plan_by() -> None:
    days = history(28, lambda _: 100.0, lambda day: 1000.0 if day < date(2026, 8, 10) else 0.0)

    assert unit_plan(days) is NO_UNIT_PLAN


@pytest.mark.parametrize(
    ("cost", "units", "beyond"),
    [(120, 1000, 20), (180, 2000, 0), (75, 500, 0), (75, 1000, -25), (50, 0, 0)],
)
def test_a_unit_more_costs_more_than_one_fewer_saves(
    cost: float, units: float, beyond: float
) -> None:
    # 100 as usual, 0.08 for each unit more, 0.05 less for each unit fewer.
    plan = UnitPlan(0.1, (1000.0,) * 7, (100.0,) * 7, more=0.08, fewer=0.05)

    assert plan.inefficiency(cost, units, MONDAY) == pytest.approx(beyond)


@pytest.mark.parametrize(("units", "idle"), [(400, 30), (1000, 0), (1500, 0)])
def test_units_beyond_the_usual_leave_nothing_idle(units: float, idle: float) -> None:
    assert FIXED.idleness(units, MONDAY) == pytest.approx(idle)
