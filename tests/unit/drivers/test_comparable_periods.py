# SPDX-License-Identifier: Apache-2.0
"""Which days a window is held against, and how they count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.drivers.comparable_periods import (
    Scaling,
    months,
    scaling,
    usual_baseline,
    weights,
)
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import DAY, Period

JUNE = date(2026, 6, 1)


def period(first: str, last: str) -> Period:
    """Both days included."""
    return Period(date.fromisoformat(first), date.fromisoformat(last) + DAY)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-09-01", "2026-09-30", 1),
        ("2025-12-01", "2026-02-28", 3),
        ("2026-09-01", "2026-09-29", 0),
        ("2026-08-31", "2026-09-30", 0),
    ],
)
def test_only_whole_calendar_months_are_months(first: str, last: str, count: int) -> None:
    assert months(period(first, last)) == count


def test_an_empty_period_is_no_month() -> None:
    assert months(Period(JUNE, JUNE)) == 0


def test_months_are_compared_as_billed_though_one_is_longer() -> None:
    september, august = period("2026-09-01", "2026-09-30"), period("2026-08-01", "2026-08-31")

    assert scaling(september, august) is Scaling.AS_BILLED
    assert weights(september, august).scaled([[Decimal("31.5")]])[0] == Decimal("31.5")


def test_a_baseline_of_weeks_counts_each_weekday_as_often_as_the_window_has_it() -> None:
    # Eight days from a Monday have two Mondays; four weeks have four of each weekday.
    window, baseline = period("2026-09-07", "2026-09-14"), period("2026-08-10", "2026-09-06")

    weighed = weights(window, baseline)

    assert scaling(window, baseline) is Scaling.WEEKDAYS
    assert weighed.levels == (1, 2)
    assert weighed.weekdays(2) == (1,)
    assert weighed.scaled([[Decimal(24), Decimal(4)]])[0] == (24 + 2 * 4) / Decimal(4)


def test_weekdays_outside_a_short_window_do_not_count() -> None:
    tuesday = period("2026-09-08", "2026-09-08")

    weighed = weights(tuesday, period("2026-08-10", "2026-09-06"))

    assert weighed.levels == (1,)
    assert weighed.weekdays(1) == (2,)


def test_another_baseline_is_scaled_by_its_days() -> None:
    window, baseline = period("2026-09-11", "2026-09-12"), period("2026-09-01", "2026-09-10")

    assert scaling(window, baseline) is Scaling.DAYS
    assert weights(window, baseline).scaled([[Decimal("1.23")]])[0] == Decimal("0.246")


def test_a_quotient_that_never_ends_is_rounded_at_twelve_decimals() -> None:
    window, baseline = period("2026-09-11", "2026-09-11"), period("2026-09-01", "2026-09-03")

    assert weights(window, baseline).scaled([[Decimal(1)]])[0] == Decimal("0.333333333333")


def test_days_without_a_charge_add_nothing() -> None:
    window, baseline = period("2026-09-11", "2026-09-12"), period("2026-09-01", "2026-09-10")

    assert weights(window, baseline).scaled([[None]])[0] == 0


def test_the_usual_baseline_is_the_four_weeks_before() -> None:
    window = period("2026-09-08", "2026-09-10")

    assert usual_baseline(window, JUNE) == period("2026-08-11", "2026-09-07")


@pytest.mark.parametrize(("first", "weeks"), [("2026-08-11", 4), ("2026-08-12", 3)])
def test_the_usual_baseline_is_as_many_weeks_as_there_are(first: str, weeks: int) -> None:
    window = period("2026-09-08", "2026-09-10")

    assert usual_baseline(window, date.fromisoformat(first)).days == 7 * weeks


def test_less_than_two_weeks_are_no_usual_baseline() -> None:
    window = period("2026-09-08", "2026-09-10")

    with pytest.raises(CostDataError, match=r"25 Aug 2026 to 7 Sep.*26 Aug 2026.*--from"):
        usual_baseline(window, date(2026, 8, 26))


def test_months_are_held_against_as_many_months_before() -> None:
    assert usual_baseline(period("2026-02-01", "2026-03-31"), date(2025, 1, 1)) == period(
        "2025-12-01", "2026-01-31"
    )


def test_a_month_before_the_bill_began_is_no_usual_baseline() -> None:
    with pytest.raises(
        CostDataError, match=r"1 to 30 Jun 2026\) starts before the bill does \(2 Jun"
    ):
        usual_baseline(period("2026-07-01", "2026-07-31"), date(2026, 6, 2))


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(start=days, length=st.integers(1, 60), first=days, weeks=st.integers(1, 8))
def test_steady_spend_is_the_same_in_a_window_and_in_any_weeks(
    start: date, length: int, first: date, weeks: int
) -> None:
    # A dollar a day: what the baseline amounts to is what the window costs, or it is as billed.
    window = Period(start, start + length * DAY)
    baseline = Period(first, first + 7 * weeks * DAY)
    weighed = weights(window, baseline)
    sums = [
        Decimal(sum(on.isoweekday() in weighed.weekdays(level) for on in baseline.dates))
        for level in weighed.levels
    ]

    assert weighed.scaled([sums])[0] == (
        baseline.days if scaling(window, baseline) is Scaling.AS_BILLED else window.days
    )
