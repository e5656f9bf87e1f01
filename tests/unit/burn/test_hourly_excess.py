# SPDX-License-Identifier: Apache-2.0
"""Hours above plan, their noise, and the rules they break, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cost_slo.domain.burn.hourly_excess import (
    EVEN,
    HourlyExcess,
    HourlyPlan,
    HourlyUsage,
    ObservedHour,
    hourly_excess,
    hourly_noise,
    hourly_plan,
)
from cost_slo.domain.burn.hourly_rates import HourlyFiring, loudest_hourly
from cost_slo.domain.burn.hourly_rule import HourlyRule
from cost_slo.domain.burn.sentences import explain_hours
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY
from cost_slo.domain.plan.plan import History, no_plan
from tests.builders.days import HISTORY_END, SEPTEMBER, usage_history
from tests.builders.hours import FLAT, HEADROOM, PLANNED, at, days_of, learned, rows

NINTH, TENTH = date(2026, 9, 9), date(2026, 9, 10)
MONDAY = date(2026, 8, 24)
# A day of 240 whose charges come in its last two hours.
NIGHTLY = (0.0,) * 22 + (60.0, 180.0)
EMERGENCY = HourlyRule(Severity.EMERGENCY, 14, 6, 1, noise=5)
PAGE = HourlyRule(Severity.PAGE, 5, 24, 4, noise=5)


def total(usage: HourlyUsage, hours: int, *, plan: HourlyPlan | None = None) -> float | None:
    """The excess of the last hours up to the newest whole one."""
    found = hourly_excess(plan or HourlyPlan(PLANNED), usage, hours=hours, end=usage.through)
    return found.total(hours) if found else None


def sums(*excess: float, end: int = 12) -> HourlyExcess:
    """Hours of that excess, the last of them just before noon."""
    running = [0.0]
    for amount in excess:
        running.append(running[-1] + amount)
    return HourlyExcess(at(end), tuple(running))


def test_the_excess_of_an_hour_is_its_usage_above_its_share_of_the_day() -> None:
    usage = days_of(TENTH, [10.0, 10.0, 25.0, 40.0])

    # 240 a day is 10 an hour: 15 and 30 above.
    assert total(usage, 1) == pytest.approx(30)
    assert total(usage, 2) == pytest.approx(45)
    assert total(usage, 4) == pytest.approx(45)


def test_a_look_back_crosses_midnight() -> None:
    usage = learned(rows(NINTH, [*FLAT[:23], 17.0]), rows(TENTH, [11.0]))

    assert total(usage, 2) == pytest.approx(7 + 1)


def test_days_before_the_month_keep_the_plan_that_was_theirs() -> None:
    grown = replace(PLANNED, before=0.5)
    usage = learned(rows(date(2026, 8, 31), FLAT), rows(date(2026, 9, 1), [10.0]))

    # Half was planned in August: 5 above in each of its hours, none in September's.
    assert total(usage, 25, plan=HourlyPlan(grown)) == pytest.approx(24 * 5)


def test_more_hours_than_are_known_have_no_excess() -> None:
    usage = days_of(TENTH, [10.0, 10.0])

    assert total(usage, 2) == pytest.approx(0)
    assert total(usage, 3) is None


def test_nothing_is_known_before_the_first_hour_is_whole() -> None:
    begun = learned(rows(TENTH, [10.0], lag=0))

    assert total(HourlyUsage(), 1) is None
    assert total(begun, 1) is None


def test_an_hour_seen_before_it_ended_waits_until_it_is_whole() -> None:
    early = ObservedHour(at(2), at(2), Decimal(99))
    known = rows(TENTH, [10.0, 13.0])

    assert total(learned(known, [early]), 1) == pytest.approx(3)
    assert total(learned(known, [early], [replace(early, at=at(3))]), 1) == pytest.approx(89)


def test_a_restated_hour_replaces_itself() -> None:
    restated = ObservedHour(at(9), at(1), Decimal(12))

    assert total(learned(rows(TENTH, [10.0, 50.0]), [restated]), 1) == pytest.approx(2)


def test_an_hour_without_a_charge_used_nothing() -> None:
    skipping = learned(rows(TENTH, [10.0]), [ObservedHour(at(4), at(3), Decimal(10))])

    assert total(skipping, 3) == pytest.approx(-20)


@pytest.mark.parametrize(
    ("usage", "excess"),
    [
        # A lump of 100 comes whole, in pieces, or not at all; only what exceeds it is above plan.
        ([110.0, 10.0, 10.0], [0, 0, 0]),
        ([10.0, 60.0, 60.0], [0, 0, 0]),
        ([10.0, 10.0, 10.0], [0, 0, 0]),
        ([110.0, 35.0, 10.0], [0, 25, 0]),
        ([4.0, 150.0, 10.0], [-6, 40, 0]),
    ],
)
def test_a_planned_lump_may_come_in_any_hour_of_its_day(
    usage: Sequence[float], excess: Sequence[float]
) -> None:
    plan = replace(PLANNED, extra={TENTH: 100.0})
    hourly = HourlyPlan(plan, lumps=plan.extra)

    found = list(hourly.excess(TENTH, [*usage, *FLAT[3:]]))

    assert found == pytest.approx([*excess, *[0] * 21])


def test_the_shares_of_a_day_are_its_hours_medians_on_weekdays_and_weekends() -> None:
    # Monday to Sunday: one odd Tuesday among weekdays of nights, and a flat weekend.
    week = [NIGHTLY, FLAT, NIGHTLY, NIGHTLY, NIGHTLY, FLAT, FLAT]
    history = usage_history([240.0] * 7)

    hourly = hourly_plan(PLANNED, history, days_of(MONDAY, *week))

    assert hourly.weekday == pytest.approx([*[0.0] * 22, 0.25, 0.75])
    assert hourly.weekend == pytest.approx([1 / 24] * 24)
    assert list(hourly.excess(TENTH, NIGHTLY)) == pytest.approx([0.0] * 24)


def test_medians_that_do_not_add_up_to_a_day_are_scaled_to_one() -> None:
    # Each day in one of three hours: every median is zero but the two that a fourth day shares.
    first = [24.0] + [0.0] * 23
    both = [12.0, 12.0] + [0.0] * 22
    history = usage_history([24.0] * 3, end=date(2026, 8, 27))

    hourly = hourly_plan(PLANNED, history, days_of(MONDAY, first, both, both))

    # Medians of (1, .5, .5) and (0, .5, .5): a half each.
    assert hourly.weekday == pytest.approx([0.5, 0.5, *[0.0] * 22])


def test_where_only_weekdays_or_weekends_are_known_they_stand_for_both() -> None:
    weekdays = hourly_plan(PLANNED, usage_history([240.0] * 7), days_of(MONDAY, NIGHTLY))
    saturday = MONDAY + 5 * DAY
    weekends = hourly_plan(PLANNED, usage_history([240.0] * 7), days_of(saturday, NIGHTLY))

    assert weekdays.weekend == weekdays.weekday == pytest.approx([*[0.0] * 22, 0.25, 0.75])
    assert weekends.weekday == weekends.weekend == weekdays.weekday


@pytest.mark.parametrize(
    "usage",
    [
        HourlyUsage(),
        days_of(MONDAY, [0.0] * 24),
        days_of(MONDAY, FLAT[:23]),
        days_of(HISTORY_END, NIGHTLY),
        days_of(MONDAY, [*[-1.0] * 23, 100.0], [100.0, *[-1.0] * 23], [-1.0, 100.0, *[-1.0] * 22]),
    ],
    ids=["unknown", "idle", "unfinished", "after the history", "always refunded"],
)
def test_hours_that_teach_nothing_leave_the_day_even(usage: HourlyUsage) -> None:
    hourly = hourly_plan(PLANNED, usage_history([240.0] * 7), usage)

    assert hourly.weekday == hourly.weekend == EVEN


def test_lumps_that_history_held_and_the_plan_expects_are_taken_from_their_days() -> None:
    cleaned = usage_history([240.0] * 3)
    history = History(cleaned.start, (240.0, 340.0, 240.0))
    plan = replace(PLANNED, cleaned=cleaned, extra={TENTH: 100.0})

    hourly = hourly_plan(plan, history, HourlyUsage())

    assert hourly.lumps == {cleaned.start + DAY: pytest.approx(100), TENTH: 100.0}


def test_noise_is_the_robust_spread_of_sums_of_past_hours() -> None:
    # Hours 1 above and 1 below plan in turn: any two add up to nothing, any three to one of them.
    cleaned = usage_history([240.0] * 28)
    plan = HourlyPlan(replace(PLANNED, cleaned=cleaned))
    usage = days_of(cleaned.start, *[[11.0, 9.0] * 12] * 28)

    noise = hourly_noise(plan, usage, {1, 2, 3})

    # One hour: 336 of +1 and 336 of -1, so half of the deviations from their median 0 are 1.
    assert noise == {1: pytest.approx(1.4826), 2: pytest.approx(0), 3: pytest.approx(1.4826)}


@pytest.mark.parametrize("plan", [no_plan(SEPTEMBER), replace(PLANNED, week=(0.0,) * 7)])
def test_without_a_plan_the_noise_is_not_known(plan: object) -> None:
    assert hourly_noise(HourlyPlan(plan), HourlyUsage(), {6}) == {6: 0.0}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("excess", "fires"),
    [
        # Budget 3,000 over 720 h. 14x over 6 h is 350, and over the last hour 58.33.
        ([58.0, 58.0, 58.0, 58.0, 59.0, 59.0], True),
        ([58.0, 58.0, 58.0, 58.0, 58.0, 59.0], False),
        ([350.0, 0.0, 0.0, 0.0, 0.0, 58.0], False),
        ([292.0, 0.0, 0.0, 0.0, 0.0, 58.4], True),
        ([59.0] * 5, False),
    ],
    ids=["just over", "just under over 6 h", "over an hour ago", "still burning", "5 h known"],
)
def test_a_rule_fires_where_both_windows_burn_at_its_factor(
    excess: Sequence[float], *, fires: bool
) -> None:
    found = loudest_hourly([EMERGENCY], sums(*excess), {6: 0.0}, HEADROOM)

    assert (found is not None) is fires


def test_burn_over_the_factor_is_compared_unrounded() -> None:
    # 14x is exactly 350 of a budget of 3,000 in 6 of 720 hours.
    exactly = HourlyRule(Severity.EMERGENCY, 14, 6, 6)

    assert loudest_hourly([exactly], sums(*[0.0] * 5, 350.0), {6: 0.0}, HEADROOM)
    assert not loudest_hourly([exactly], sums(*[0.0] * 5, 349.999), {6: 0.0}, HEADROOM)


@pytest.mark.parametrize(("noise", "fires"), [(80.0, True), (80.1, False)])
def test_an_excess_within_the_noise_does_not_call(noise: float, *, fires: bool) -> None:
    # 400 over 6 h against five spreads.
    found = loudest_hourly([EMERGENCY], sums(*[0.0] * 5, 400.0), {6: noise}, HEADROOM)

    assert (found is not None) is fires


def test_the_loudest_severity_is_heard_then_the_highest_burn() -> None:
    day = sums(*[60.0] * 24)
    slow = HourlyRule(Severity.EMERGENCY, 10, 24, 4)
    quiet = {6: 0.0, 24: 0.0}

    loud = loudest_hourly([PAGE, EMERGENCY], day, quiet, HEADROOM)
    fast = loudest_hourly([slow, EMERGENCY], sums(*[50.0] * 18, *[60.0] * 6), quiet, HEADROOM)

    # 360 in six hours: 360 x 720 / (3,000 x 6).
    assert loud == HourlyFiring(EMERGENCY, at(12), 360.0, 14.4, 0.0)
    assert fast is not None
    assert fast.rule == EMERGENCY
    assert loudest_hourly([PAGE], sums(*[1.0] * 24), quiet, HEADROOM) is None


def test_an_alert_says_how_fast_how_much_against_what_and_how_long_the_budget_lasts() -> None:
    firing = HourlyFiring(PAGE, at(14), 550.0, 5.5, 42.5)

    assert explain_hours(firing, HEADROOM, "USD") == (
        "burning 5.5x (the rule is 5x over 24 hours and the last 4): "
        "$550.00 above plan in 24 hours to 2026-09-10 14:00 UTC; "
        "usual noise is $42.50 in 24 hours; "
        "an error budget of $3,000.00 lasts 5 days at that rate"
    )


def test_a_noise_that_is_not_known_is_left_out_of_the_alert() -> None:
    firing = HourlyFiring(HourlyRule(Severity.PAGE, 20, 1, 1), at(14), 100.0, 24.0, 0.0)

    assert explain_hours(firing, HEADROOM, "EUR") == (
        "burning 24.0x (the rule is 20x over 1 hour): "
        "EUR 100.00 above plan in 1 hour to 2026-09-10 14:00 UTC; "
        "an error budget of EUR 3,000.00 lasts 30 hours at that rate"
    )
