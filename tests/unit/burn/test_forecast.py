# SPDX-License-Identifier: Apache-2.0
"""Where the window ends, and when its error budget is used up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cost_slo.domain.burn.excess import Excess
from cost_slo.domain.burn.forecast import Forecast, exhaustion, forecast
from cost_slo.domain.period import DAY
from cost_slo.domain.plan.plan import Plan, learned_plan, no_plan
from tests.builders.days import SEPTEMBER, excess, usage_history

# The end of the 10th: twenty days of September are left.
TENTH = date(2026, 9, 11)
PLAN = Plan("learned", SEPTEMBER, (100.0,) * 7)


def month_end(plan: Plan, recent: Excess, *, lumps: int = 0, through: date = TENTH) -> Decimal:
    return forecast(
        Decimal(1000), plan, recent, data_through=through, lumps_left=Decimal(lumps)
    ).month_end


def test_on_plan_the_month_ends_at_the_spend_so_far_and_the_plan_of_the_days_left() -> None:
    assert month_end(PLAN, excess(*[0.0] * 14)) == Decimal(3000)


def test_four_fifths_of_the_recent_level_are_expected_to_stay() -> None:
    # 20 % above plan lately: 20 days at 116.
    assert month_end(PLAN, excess(*[20.0] * 14)) == Decimal(3320)


def test_the_recent_level_is_the_median_of_the_last_10_complete_days() -> None:
    # Five at 0 and five at +20: median +10 %, so 20 days at 108. An eleventh day would make the
    # median +20, and so would a ninth; the two still arriving do not count.
    recent = excess(20, *[0.0] * 5, *[20.0] * 5, 900, 900, complete=11)

    assert month_end(PLAN, recent) == Decimal(3160)


@pytest.mark.parametrize("recent", [excess(), excess(*[50.0] * 14, planned=0)])
def test_where_no_recent_day_was_planned_the_plan_itself_is_expected(recent: Excess) -> None:
    assert month_end(PLAN, recent) == Decimal(3000)


def test_lumps_still_to_come_are_expected() -> None:
    assert month_end(PLAN, excess(), lumps=250) == Decimal(3250)


def test_a_planned_lump_is_expected_on_its_day_and_not_again_after_it() -> None:
    plan = replace(PLAN, extra={date(2026, 9, 11): 400.0, date(2026, 9, 10): 900.0})

    assert month_end(plan, excess()) == Decimal(3400)


def test_at_the_end_of_the_window_nothing_more_is_expected() -> None:
    told = forecast(
        Decimal(1000), PLAN, excess(), data_through=SEPTEMBER.end, lumps_left=Decimal(0)
    )

    assert told == Forecast(Decimal(1000))


def test_without_a_plan_the_last_three_complete_days_go_on() -> None:
    recent = excess(900, 10, 20, 60, 999, complete=4, planned=0)

    # A mean of 30 over 20 days.
    assert month_end(no_plan(SEPTEMBER), recent) == Decimal(1600)


@pytest.mark.parametrize(
    ("recent", "expected"),
    [
        (excess(50, planned=0), 2000),
        (excess(40, 60, planned=0), 2000),
        (excess(planned=0), 1000),
        (excess(500, complete=0), 1000),
        (excess(-50, -50, -50, planned=0), 1000),
    ],
)
def test_without_a_plan_fewer_days_are_taken_as_they_are_and_refunds_do_not_go_on(
    recent: Excess, expected: int
) -> None:
    assert month_end(no_plan(SEPTEMBER), recent) == Decimal(expected)


def told_from(usage: list[float], through: date = TENTH) -> Forecast:
    plan = learned_plan(usage_history(usage), SEPTEMBER)
    return forecast(Decimal(1000), plan, excess(), data_through=through, lumps_left=Decimal(0))


def test_a_history_that_was_never_off_has_no_interval() -> None:
    assert told_from([100.0] * 56) == Forecast(Decimal(3000))


def test_the_interval_is_as_wide_as_85_of_100_past_forecasts_were_off() -> None:
    # A day ahead; 28 days less ten for the level make 18 origins, a day apart. Three of them were
    # off, by 20, 30 and 40 %; rank ceil(19 x 0.85) = 17 of 18 is the 30 %.
    usage = [100.0] * 28
    usage[20], usage[23], usage[25] = 120.0, 130.0, 140.0

    told = told_from(usage, through=date(2026, 9, 30))

    assert told == Forecast(Decimal(1100), Decimal(1070), Decimal(1130))


@pytest.mark.parametrize(("left", "has_interval"), [(15, True), (16, False)])
def test_fewer_than_four_past_forecasts_make_no_interval(left: int, *, has_interval: bool) -> None:
    # 28 days, ten for the level and the days ahead: 28 - 10 - 15 + 1 = 4 origins, or 3.
    usage = [100.0 + 7 * (day * day % 11) for day in range(28)]

    told = told_from(usage, SEPTEMBER.end - left * DAY)

    assert (told.low is not None) is has_interval


@pytest.mark.parametrize(("odd", "high"), [(3, Decimal(1150)), (2, None)])
def test_twenty_origins_are_looked_at_over_a_long_history(odd: int, high: Decimal | None) -> None:
    # 210 days, one ahead: 199 days can be origins, so every ninth is one, the newest first.
    # Rank ceil(21 x 0.85) = 18 of 20: the third largest error.
    usage = [100.0] * 210
    for number in range(odd):
        usage[209 - 9 * number] = 150.0

    told = told_from(usage, through=date(2026, 9, 30))

    assert told.high == high


def test_an_interval_never_promises_that_charges_are_taken_back() -> None:
    told = told_from([2.0**day for day in range(28)], through=date(2026, 9, 30))

    assert told.low == Decimal(1000)
    assert told.high == told.month_end + (told.month_end - 1000)


def test_past_forecasts_of_nothing_were_not_off() -> None:
    usage = [100.0] * 20 + [0.0] * 20 + [100.0] * 44

    assert told_from(usage, through=date(2026, 9, 30)).month_end == Decimal(1100)


def test_a_budget_is_used_up_on_the_day_its_rest_is_gone() -> None:
    # 50 a day of the last three: 100 lasts the 11th and the 12th.
    days = excess(1000, 30, 50, 70, 999, complete=4)

    def day(remaining: str) -> date | None:
        return exhaustion(Decimal(remaining), days, data_through=TENTH, end=SEPTEMBER.end)

    assert day("0") is None
    assert day("0.01") == date(2026, 9, 11)
    assert day("50") == date(2026, 9, 11)
    assert day("50.01") == date(2026, 9, 12)
    assert day("100") == date(2026, 9, 12)
    assert day("1000") == date(2026, 9, 30)
    assert day("1000.01") is None
    assert day("-0.01") is None


@pytest.mark.parametrize(
    ("recent", "day"),
    [
        (excess(50), date(2026, 9, 12)),
        (excess(40, 60), date(2026, 9, 12)),
        (excess(), None),
        (excess(999, complete=0), None),
        (excess(10, -10), None),
        (excess(-5, -5), None),
    ],
)
def test_the_recent_rate_is_over_the_complete_days_there_are(
    recent: Excess, day: date | None
) -> None:
    found = exhaustion(Decimal(100), recent, data_through=TENTH, end=SEPTEMBER.end)

    assert found == day
