# SPDX-License-Identifier: Apache-2.0
"""What is expected on each day: weekday x level x damped trend, and recurring lumps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.period import DAY, Month, Period
from cost_slo.domain.plan.plan import History, Plan, amount_plan, learned_plan, no_plan
from tests.builders.days import HISTORY_END, SEPTEMBER, usage_history

JUL, AUG, SEP = 7, 8, 9


def with_lumps(
    lumps: Mapping[date, float], *, days: int = 84, end: date = HISTORY_END, usual: float = 100
) -> History:
    """The same usage every day, and more on some."""
    start = end - days * DAY
    each = (start + number * DAY for number in range(days))
    return History(start, tuple(usual + lumps.get(day, 0) for day in each))


def on(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


def expected_on(plan: Plan, day: date) -> float:
    (expected,) = plan.over(Period(day, day + DAY))
    return expected


def test_without_a_plan_nothing_is_expected() -> None:
    plan = no_plan(SEPTEMBER)

    assert (plan.basis, plan.month, plan.cleaned) == ("none", 0, None)
    assert plan.over(Period(on(AUG, 30), on(SEP, 4))) == [0] * 5


@pytest.mark.parametrize(("days", "basis"), [(0, "none"), (27, "none"), (28, "learned")])
def test_a_plan_is_learned_from_28_days_and_not_from_fewer(days: int, basis: str) -> None:
    plan = learned_plan(usage_history([10.0] * days), SEPTEMBER)

    assert plan.basis == basis
    assert plan.month == (300 if basis == "learned" else 0)


@pytest.mark.parametrize(
    ("first", "days"),
    [(on(2, 1), 28), (on(2, 1, 2028), 29), (on(4, 1), 30), (on(1, 1), 31)],
)
def test_a_month_is_planned_over_the_days_it_has(first: date, days: int) -> None:
    window = Month.containing(first)

    plan = learned_plan(usage_history([10.0] * 56, end=first - DAY), window)

    assert plan.month == 10 * days


def test_each_weekday_has_its_own_median() -> None:
    # The history starts on Monday 6 July 2026: eight weeks to Sunday 30 August.
    weeks = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0] * 8

    plan = learned_plan(usage_history(weeks), SEPTEMBER)

    assert plan.week == pytest.approx((10, 20, 30, 40, 50, 60, 70))
    assert expected_on(plan, on(SEP, 1)) == pytest.approx(20)
    assert expected_on(plan, on(SEP, 6)) == pytest.approx(70)
    # Four weeks of 280, and Tuesday the 29th and Wednesday the 30th: 20 + 30.
    assert plan.month == pytest.approx(4 * 280 + 50)


def test_a_history_that_starts_midweek_keeps_its_weekdays() -> None:
    weeks = ([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0] * 8)[3:]

    plan = learned_plan(usage_history(weeks), SEPTEMBER)

    assert plan.week == pytest.approx((10, 20, 30, 40, 50, 60, 70))


@pytest.mark.parametrize(
    ("raised", "level"),
    # Of the last 14 days, 6, 7 and 8 are raised: the middle two are 100, 100 and 130, 130.
    [(6, 100), (7, 115), (8, 130), (14, 130)],
)
def test_the_level_is_the_median_of_the_last_14_days(raised: int, level: float) -> None:
    usage = [100.0] * (56 - raised) + [130.0] * raised

    plan = learned_plan(usage_history(usage), SEPTEMBER)

    assert plan.week == pytest.approx((level,) * 7)


def test_only_the_last_56_days_make_the_shape_of_the_week() -> None:
    # Eight Mondays, four of 100 and four of 300, have a median of 200. A ninth, idle, would make it
    # 100; without the oldest of the eight it would be 300. So it is with the Sundays.
    weeks = [0.0] + [100.0] * 4 + [300.0] * 4
    usage = [amount for odd in weeks for amount in (odd, *[100.0] * 5, odd)]

    plan = learned_plan(usage_history(usage), SEPTEMBER)

    assert plan.week == pytest.approx((200, *[100] * 5, 200))


def test_a_fall_is_held_at_5_percent_too() -> None:
    plan = learned_plan(usage_history([200.0] * 28 + [100.0] * 28), SEPTEMBER)

    assert plan.week == pytest.approx((95,) * 7)


def test_days_before_the_window_are_planned_at_the_level_without_the_trend() -> None:
    plan = learned_plan(usage_history([100.0] * 28 + [200.0] * 28), SEPTEMBER)

    assert expected_on(plan, on(AUG, 31)) == pytest.approx(200)
    assert expected_on(plan, on(SEP, 1)) == pytest.approx(210)
    assert expected_on(plan, on(SEP, 30)) == pytest.approx(210)


def test_the_trend_is_halved_and_carried_from_the_last_level_to_mid_month() -> None:
    # Weeks of 100, 101 ... 107: shape 103.5, level 106.5/103.5, a week's slope 1/103.5.
    # From 31 August to 16 September are 16 days, and the level is a week old.
    usage = [100.0 + week for week in range(8) for _ in range(7)]

    plan = learned_plan(usage_history(usage), SEPTEMBER)

    trend = 0.5 * (1 / 103.5) * (16 / 7 + 1)
    assert plan.week == pytest.approx((106.5 * (1 + trend),) * 7)
    assert plan.before == pytest.approx(1 / (1 + trend))


def test_the_trend_looks_at_eight_weeks() -> None:
    # Of these weeks' 28 slopes the middle two are 10 in five weeks, of a shape of 100. The last
    # seven alone are flat in 11 of 21 pairs, and the falls from a ninth, of 200, make it flat too.
    weeks = (200.0, 90.0, *[100.0] * 5, *[110.0] * 2)

    plan = learned_plan(usage_history(each for week in weeks for each in [week] * 7), SEPTEMBER)

    trend = 0.5 * (10 / 5 / 100) * (16 / 7 + 1)
    assert plan.week == pytest.approx((110 * (1 + trend),) * 7)


def test_a_few_days_missing_or_refunded_do_not_move_the_plan() -> None:
    usage = [100.0] * 56
    usage[10], usage[11], usage[30], usage[50] = 0.0, 0.0, -500.0, 0.0

    plan = learned_plan(usage_history(usage), SEPTEMBER)

    assert plan.month == pytest.approx(3000)


def test_usage_that_stopped_two_weeks_ago_leaves_nothing_to_plan() -> None:
    plan = learned_plan(usage_history([100.0] * 42 + [0.0] * 14), SEPTEMBER)

    assert (plan.basis, plan.month) == ("none", 0)


def test_refunds_that_outweigh_two_weeks_are_never_planned_below_zero() -> None:
    plan = learned_plan(usage_history([100.0] * 42 + [-50.0] * 14), SEPTEMBER)

    assert plan.month == 0


def test_a_level_that_fell_two_weeks_ago_is_not_taken_for_lumps_that_recur() -> None:
    # 42 days at 100, then 50: every old day is 50 above the new level, and none of them is odd.
    history = usage_history([100.0] * 42 + [50.0] * 14)

    plan = learned_plan(history, SEPTEMBER)

    assert (plan.extra, plan.cleaned) == ({}, history)


def test_usage_that_ended_two_weeks_ago_teaches_no_plan() -> None:
    # Six Mondays of 600 and two of nothing; four of the six recur after 28 days and are taken out.
    week = [600.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0]

    plan = learned_plan(usage_history(week * 6 + [0.0] * 14), SEPTEMBER)

    assert plan.basis == "none"


def test_an_idle_weekday_is_planned_idle() -> None:
    # Monday to Friday at 100, nothing at the weekend: 22 working days in September 2026.
    week = [100.0] * 5 + [0.0] * 2

    plan = learned_plan(usage_history(week * 8), SEPTEMBER)

    assert plan.month == pytest.approx(22 * 100)


def test_a_history_without_usage_teaches_no_plan() -> None:
    plan = learned_plan(usage_history([0.0] * 56), SEPTEMBER)

    assert (plan.basis, plan.month) == ("none", 0)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (on(JUL, 3), on(AUG, 3), on(SEP, 3)),  # the same day of the month
        (on(JUL, 4), on(AUG, 3), on(SEP, 2)),  # every 30 days
        (on(JUL, 6), on(AUG, 3), on(8, 31)),  # every 28 days falls in August
        (on(JUL, 29), on(AUG, 26), on(SEP, 23)),  # every 28 days
    ],
)
def test_a_lump_that_came_twice_is_planned_where_it_falls_next(
    first: date, second: date, expected: date
) -> None:
    plan = learned_plan(with_lumps({first: 400, second: 500}), SEPTEMBER)

    coming = {expected: 500} if expected in SEPTEMBER else {}
    assert plan.extra == pytest.approx(coming)
    assert plan.week == pytest.approx((100,) * 7)
    assert plan.month == pytest.approx(3000 + 500 * len(coming))


def test_a_planned_lump_is_expected_on_its_day_alone() -> None:
    plan = learned_plan(with_lumps({on(JUL, 3): 500, on(AUG, 3): 500}), SEPTEMBER)

    assert plan.over(Period(on(SEP, 2), on(SEP, 5))) == pytest.approx([100, 600, 100])
    assert expected_on(plan, on(AUG, 3)) == pytest.approx(100)


def test_recurring_lumps_are_taken_out_of_the_history() -> None:
    plan = learned_plan(with_lumps({on(JUL, 3): 500, on(AUG, 3): 500}), SEPTEMBER)

    assert plan.cleaned == with_lumps({})


def test_a_single_lump_is_not_recurring() -> None:
    history = with_lumps({on(AUG, 3): 500})

    plan = learned_plan(history, SEPTEMBER)

    assert plan.extra == {}
    assert plan.cleaned == history


@pytest.mark.parametrize("apart", [27, 32])
def test_lumps_not_a_month_apart_are_not_recurring(apart: int) -> None:
    history = with_lumps({on(AUG, 3): 500, on(AUG, 3) - apart * DAY: 500})

    plan = learned_plan(history, SEPTEMBER)

    assert (plan.extra, plan.cleaned) == ({}, history)


def test_a_lump_that_did_not_come_last_month_is_not_planned() -> None:
    plan = learned_plan(with_lumps({on(6, 10): 500, on(JUL, 10): 500}), SEPTEMBER)

    assert plan.extra == {}


@pytest.mark.parametrize(("smaller", "is_planned"), [(249, False), (250, True)])
def test_a_fellow_is_at_least_half_as_large(smaller: float, *, is_planned: bool) -> None:
    plan = learned_plan(with_lumps({on(JUL, 3): smaller, on(AUG, 3): 500}), SEPTEMBER)

    assert bool(plan.extra) is is_planned


@pytest.mark.parametrize(("amount", "is_planned"), [(10, False), (10.5, True)])
def test_a_lump_exceeds_a_tenth_of_its_day(amount: float, *, is_planned: bool) -> None:
    plan = learned_plan(with_lumps({on(JUL, 3): amount, on(AUG, 3): amount}), SEPTEMBER)

    assert bool(plan.extra) is is_planned


@pytest.mark.parametrize(("amount", "is_planned"), [(174, False), (175, True)])
def test_a_lump_exceeds_five_times_the_spread(amount: float, *, is_planned: bool) -> None:
    # Weeks of 90 and 110 in turn: a spread of 1.4826 x 10, so 74.13 above the usual 100.
    usage = [90.0 + 20 * (week % 2) for week in range(8) for _ in range(7)]
    usage[7 * 7 + 2] = usage[3 * 7 + 2] = amount

    plan = learned_plan(usage_history(usage), SEPTEMBER)

    assert plan.extra == ({on(SEP, 23): pytest.approx(75)} if is_planned else {})


def test_a_lump_of_the_30th_is_planned_on_the_last_day_of_february() -> None:
    february = Month.containing(on(2, 1, 2027))
    lumps = {on(12, 30): 500.0, on(1, 30, 2027): 500.0}

    plan = learned_plan(with_lumps(lumps, end=on(1, 31, 2027)), february)

    assert plan.extra == pytest.approx({on(2, 28, 2027): 500})


def test_an_amount_is_spread_by_the_shape_of_the_week() -> None:
    # A plain month of this history is 1170, as above; the amount is ten times that.
    history = usage_history([10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0] * 8)

    plan = amount_plan(11_700, history, SEPTEMBER)

    assert plan.basis == "amount"
    assert plan.week == pytest.approx((100, 200, 300, 400, 500, 600, 700))
    assert plan.month == pytest.approx(11_700)
    assert plan.cleaned == history


def test_an_amount_is_spread_evenly_where_no_history_shows_a_shape() -> None:
    plan = amount_plan(900, usage_history([]), SEPTEMBER)

    assert plan == Plan("amount", SEPTEMBER, (30.0,) * 7)
    assert plan.over(Period(on(AUG, 30), on(SEP, 3))) == [30] * 4


def test_an_amount_below_1_is_spread_by_the_shape_of_a_history_below_1_too() -> None:
    # A ten thousandth of the history above: a month of 0.117, and the amount is twice that.
    week = [amount / 10_000 for amount in (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0)]

    plan = amount_plan(0.234, usage_history(week * 8), SEPTEMBER)

    assert plan.week == pytest.approx([2 * amount for amount in week])


def test_a_declared_amount_holds_for_the_days_before_the_window_too() -> None:
    # History rises by 5 % and more; 3000 a month are 100 a day, before the 1st and after.
    plan = amount_plan(3000, usage_history([100.0] * 28 + [200.0] * 28), SEPTEMBER)

    assert plan.over(Period(on(AUG, 30), on(SEP, 3))) == pytest.approx([100] * 4)


def test_an_amount_expects_no_lumps_and_no_trend_of_its_own() -> None:
    lumps = {on(JUL, 3): 500.0, on(AUG, 3): 500.0}

    plan = amount_plan(900, with_lumps(lumps), SEPTEMBER)

    assert (plan.extra, plan.before) == ({}, 1)
    assert plan.month == pytest.approx(900)


@given(st.lists(st.integers(1, 500).map(float), min_size=28, max_size=90))
def test_a_plan_of_positive_usage_is_positive_and_an_amount_is_spread_whole(
    usage: list[float],
) -> None:
    history = usage_history(usage)

    plan = learned_plan(history, SEPTEMBER)

    assert min(plan.week) > 0
    assert min(plan.extra.values(), default=1.0) > 0
    monday = on(SEP, 7)
    assert plan.extra or plan.over(Period(monday, monday + 7 * DAY)) == pytest.approx(plan.week)
    assert amount_plan(1000, history, SEPTEMBER).month == pytest.approx(1000)


@given(st.lists(st.integers(1, 500).map(float), min_size=28, max_size=90))
def test_scaling_the_history_scales_the_plan(usage: list[float]) -> None:
    plan = learned_plan(usage_history(usage), SEPTEMBER)

    scaled = learned_plan(usage_history([8 * amount for amount in usage]), SEPTEMBER)

    assert scaled.week == tuple(8 * amount for amount in plan.week)
    assert scaled.extra == {day: 8 * amount for day, amount in plan.extra.items()}


def test_a_lump_outside_the_window_is_no_part_of_the_month() -> None:
    plan = Plan("learned", SEPTEMBER, (10.0,) * 7, extra={on(10, 1): 99.0, on(SEP, 30): 5.0})

    assert plan.month == 305
    assert plan.over(Period(on(SEP, 30), on(10, 3))) == [15, 10, 10]


def test_a_day_of_the_plan_is_that_day_of_its_period() -> None:
    lump = date(2026, 9, 5)
    plan = Plan("learned", SEPTEMBER, (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), 0.5, {lump: 10.0})

    # The 5th is a Saturday with a lump; 31 August, a Monday, is before the window.
    assert (plan.day(lump), plan.day(date(2026, 8, 31))) == (6 + 10, 1 * 0.5)
