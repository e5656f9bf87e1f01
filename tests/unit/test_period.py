# SPDX-License-Identifier: Apache-2.0
"""Periods are half-open UTC days, and a day is complete 24 hours after it ended."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain import period
from cost_slo.domain.period import DAY, Month, Period, complete_through, midnight

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(period).failed == 0


def test_a_period_has_its_start_and_not_its_end() -> None:
    week = Period(date(2026, 9, 7), date(2026, 9, 14))

    assert date(2026, 9, 7) in week
    assert date(2026, 9, 13) in week
    assert date(2026, 9, 14) not in week
    assert date(2026, 9, 6) not in week
    assert week.days == 7


@pytest.mark.parametrize(
    ("day", "length"),
    [
        (date(2026, 2, 28), 28),
        (date(2028, 2, 29), 29),
        (date(2026, 9, 1), 30),
        (date(2026, 12, 31), 31),
    ],
)
def test_a_month_is_as_long_as_the_calendar_says(day: date, length: int) -> None:
    assert Month.containing(day).days == length


def test_december_ends_with_the_year() -> None:
    assert Month.containing(date(2026, 12, 5)).end == date(2027, 1, 1)


def test_on_the_first_the_month_that_just_ended_is_meant() -> None:
    assert Month.of_last_day_before(date(2026, 10, 1)) == Month.containing(date(2026, 9, 30))
    assert Month.of_last_day_before(date(2026, 10, 2)) == Month.containing(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("charged_through", "as_of", "expected"),
    [
        # charges to the 5th (exclusive end the 6th); the 5th ended 24 hours before the 7th
        (date(2026, 9, 6), datetime(2026, 9, 7, tzinfo=UTC), date(2026, 9, 6)),
        (date(2026, 9, 6), datetime(2026, 9, 6, 23, 59, tzinfo=UTC), date(2026, 9, 5)),
        (date(2026, 9, 6), datetime(2026, 9, 6, tzinfo=UTC), date(2026, 9, 5)),
        (date(2026, 9, 6), datetime(2026, 9, 20, tzinfo=UTC), date(2026, 9, 6)),
    ],
)
def test_a_day_is_complete_24_hours_after_it_ended_if_it_was_charged(
    charged_through: date, as_of: datetime, expected: date
) -> None:
    assert complete_through(charged_through, as_of) == expected


@given(days)
def test_every_day_lies_in_exactly_one_month(day: date) -> None:
    month = Month.containing(day)

    assert day in month
    assert Month.containing(month.start) == month
    assert Month.containing(month.end - DAY) == month
    assert day not in Month.containing(month.end)


@given(days, st.integers(0, 400), st.integers(0, 400))
def test_splitting_a_period_keeps_its_days(start: date, first: int, second: int) -> None:
    middle, end = start + first * DAY, start + (first + second) * DAY

    assert Period(start, middle).days + Period(middle, end).days == Period(start, end).days


@given(days, days, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_waiting_never_makes_a_complete_day_incomplete(
    charged_through: date, day: date, wait: timedelta
) -> None:
    as_of = midnight(day)

    assert complete_through(charged_through, as_of) <= complete_through(
        charged_through, as_of + wait
    )
