# SPDX-License-Identifier: Apache-2.0
"""What is known of an SLO's days at one instant, and what the plan is learned from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cost_slo.domain.period import DAY, Month, Period
from cost_slo.domain.plan.plan import learned_plan
from cost_slo.domain.plan.series import SpendSeries, observe, series_of
from cost_slo.domain.spend.reading import DailySpend, Observation
from tests.builders.days import SEPTEMBER, observed, seen, slo
from tests.builders.readings import each_day, morning, reading, units

AUGUST = each_day(date(2026, 7, 1), date(2026, 8, 31), 100)
MIDNIGHT = datetime(2026, 9, 1, tzinfo=UTC)


def known(through: date = date(2026, 9, 5), **restated: object) -> SpendSeries:
    """July, August and some of September, each day observed the morning after."""
    days = AUGUST | each_day(date(2026, 9, 1), through - DAY, 100)
    rows = [*observed(days), *restated.values()]
    return series_of(rows, through, through)  # type: ignore[arg-type]


def test_the_window_is_the_month_of_the_last_complete_day() -> None:
    rows = observed(AUGUST)

    ended = series_of(rows, date(2026, 9, 2), date(2026, 9, 1))
    begun = series_of(rows, date(2026, 9, 2), date(2026, 9, 2))

    assert ended.window == Month.containing(date(2026, 8, 1))
    assert begun.window == SEPTEMBER


def test_the_elapsed_days_are_the_complete_ones_of_the_window() -> None:
    assert known(date(2026, 9, 5)).elapsed == Period(date(2026, 9, 1), date(2026, 9, 5))

    not_begun = series_of(observed(AUGUST), date(2026, 9, 1), date(2026, 8, 31), SEPTEMBER)

    assert not_begun.elapsed.days == 0


def test_the_history_ends_before_the_last_day_that_cannot_be_complete_when_the_month_begins() -> (
    None
):
    history = known().history

    assert (history.start, history.end) == (date(2026, 7, 1), date(2026, 8, 31))
    assert history.usage == (100.0,) * 61


def test_a_series_without_history_has_an_empty_one() -> None:
    first = series_of([seen(date(2026, 9, 3), 7)], date(2026, 9, 4), date(2026, 9, 4))
    last = series_of([seen(date(2026, 8, 31), 7)], date(2026, 9, 4), date(2026, 9, 4))

    assert first.history.usage == ()
    assert last.history.usage == ()


def test_days_missing_from_the_history_used_nothing() -> None:
    gone = {date(2026, 7, 3), date(2026, 7, 4)}
    rows = observed({day: usd for day, usd in AUGUST.items() if day not in gone})

    history = series_of(rows, date(2026, 9, 5), date(2026, 9, 5)).history

    assert history.usage[:5] == (100, 100, 0, 0, 100)
    assert len(history.usage) == 61


def test_a_restatement_after_the_month_began_leaves_its_plan_as_it_was() -> None:
    later = seen(date(2026, 8, 3), 9000, at=morning(2), revision=2)

    restated = known(restated=later)

    assert restated.history == known().history
    assert learned_plan(restated.history, SEPTEMBER) == learned_plan(known().history, SEPTEMBER)
    assert restated.days[date(2026, 8, 3)].usage == 9000


@pytest.mark.parametrize(
    ("at", "usage"),
    [(MIDNIGHT, 9000.0), (MIDNIGHT.replace(microsecond=1), 100.0)],
)
def test_a_restatement_known_when_the_month_began_is_in_its_plan(
    at: datetime, usage: float
) -> None:
    restated = known(restated=seen(date(2026, 8, 3), 9000, at=at, revision=2))

    assert restated.history.usage[33] == usage


@pytest.mark.parametrize(("days", "usage"), [(27, 9000.0), (28, 100.0)])
def test_where_fewer_than_28_days_were_known_by_then_history_is_what_is_known_now(
    days: int, usage: float
) -> None:
    first = date(2026, 8, 31) - days * DAY
    rows = observed(each_day(first, date(2026, 8, 30), 100))
    later = seen(first, 9000, at=morning(2), revision=2)

    history = series_of([*rows, later], date(2026, 9, 5), date(2026, 9, 5)).history

    assert history.usage[0] == usage


@pytest.mark.parametrize(("last", "usage"), [(25, 100.0), (24, 130.0)])
def test_where_nobody_looked_in_the_last_week_before_it_history_is_what_is_known_now(
    last: int, usage: float
) -> None:
    # The days after the last look were first seen on the 2nd, with the oldest day restated.
    rows = observed({day: usd for day, usd in AUGUST.items() if day <= date(2026, 8, last)})
    late = [seen(date(2026, 8, day), 100, at=morning(2)) for day in range(last + 1, 32)]
    restated = seen(date(2026, 7, 1), 130, at=morning(2), revision=2)

    history = series_of([*rows, *late, restated], date(2026, 9, 5), date(2026, 9, 5)).history

    assert history.usage[0] == usage


def test_days_that_nobody_knew_of_when_the_month_began_are_not_days_without_usage() -> None:
    rows = observed({day: usd for day, usd in AUGUST.items() if day <= date(2026, 8, 27)})

    history = series_of(rows, date(2026, 9, 5), date(2026, 9, 5)).history

    assert (history.end, set(history.usage)) == (date(2026, 8, 28), {100.0})


def test_totals_count_everything_and_lumps_only_the_positive_ones() -> None:
    row = seen(date(2026, 9, 2), 10, lumps=5, credits=-3)
    found = series_of([row, seen(date(2026, 9, 4), 1)], date(2026, 9, 5), date(2026, 9, 5))

    assert found.total(SEPTEMBER) == 13
    assert found.charged(SEPTEMBER).lumps == 5
    assert found.total(Period(date(2026, 9, 3), date(2026, 9, 5))) == 1
    assert [row.day.day for row in found.observed(SEPTEMBER)] == [2, 4]
    assert found.usage_by_day(Period(date(2026, 9, 1), date(2026, 9, 5))) == (0, 10, 0, 1)


def test_a_reading_is_known_at_once_and_added_to_the_ledger() -> None:
    bill = reading({"web": each_day(date(2026, 9, 1), date(2026, 9, 4), 10)})

    found, added = observe(slo(), bill, None, ledger=(), as_of=morning(5))

    assert found is not None
    assert (found.charged_through, found.data_through) == (date(2026, 9, 5), date(2026, 9, 4))
    assert [(row.day.day, str(row.usage), row.estimated) for row in added] == [
        (1, "10", False),
        (2, "10", False),
        (3, "10", False),
        (4, "10", True),
    ]


def test_a_bill_that_reaches_further_than_its_charges_in_scope_says_they_were_zero() -> None:
    bill = reading({"web": {date(2026, 9, 1): Decimal(10)}}, through=date(2026, 9, 4))

    found, added = observe(slo(), bill, None, ledger=(), as_of=morning(6))

    assert found is not None
    assert found.data_through == date(2026, 9, 4)
    assert [str(row.usage) for row in added] == ["10", "0", "0"]


def looked_at_twice(last: date) -> list[Observation]:
    """Days from July on that showed 60 the morning after and 100 a day later."""
    days = [date(2026, 7, 1) + number * DAY for number in range((last - date(2026, 7, 1)).days + 1)]
    later = [seen(day, 100, at=morning(1) + (day - date(2026, 8, 30)), revision=2) for day in days]
    return [*(seen(day, 60) for day in days), *later]


@pytest.mark.parametrize("usage", [20, 60, 120])
def test_a_day_still_arriving_is_told_the_share_that_days_showed_at_its_age(usage: int) -> None:
    days = each_day(date(2026, 9, 1), date(2026, 9, 13), 100) | {date(2026, 9, 14): Decimal(usage)}
    ledger = looked_at_twice(date(2026, 9, 13))

    found, _ = observe(slo(), reading({"web": days}), None, ledger=ledger, as_of=morning(15))

    assert found is not None
    assert (found.data_through, found.arrived) == (date(2026, 9, 14), (0.6,))


def test_an_evaluation_at_an_unusual_hour_is_told_no_share() -> None:
    days = each_day(date(2026, 9, 1), date(2026, 9, 13), 100) | {date(2026, 9, 14): Decimal(95)}
    evening = morning(15).replace(hour=20)

    found, _ = observe(
        slo(),
        reading({"web": days}),
        None,
        ledger=looked_at_twice(date(2026, 9, 13)),
        as_of=evening,
    )

    assert found is not None
    assert found.arrived == (1.0,)


def test_a_bill_that_is_seen_for_the_first_time_tells_no_share() -> None:
    bill = reading({"web": AUGUST | each_day(date(2026, 9, 1), date(2026, 9, 14), 100)})

    found, _ = observe(slo(), bill, None, ledger=(), as_of=morning(15))

    assert found is not None
    assert found.arrived == (1.0,)


def test_a_bill_without_a_day_still_arriving_has_no_share_to_tell() -> None:
    found, _ = observe(
        slo(),
        reading({"web": AUGUST}),
        None,
        ledger=looked_at_twice(date(2026, 8, 31)),
        as_of=morning(15),
    )

    assert found is not None
    assert found.arrived == ()


def test_nothing_in_scope_and_nothing_known_is_no_series() -> None:
    empty = reading({"web": {}}, through=date(2026, 9, 4))

    assert observe(slo(), empty, None, ledger=(), as_of=morning(6)) == (None, ())


def test_nothing_in_scope_leaves_what_the_ledger_knows() -> None:
    ledger = [seen(date(2026, 9, 3), 7)]

    found, added = observe(slo(), reading({"web": {}}), None, ledger=ledger, as_of=morning(6))

    assert found is not None
    assert (found.days, added) == ({date(2026, 9, 3): ledger[0]}, ())
    assert found.charged_through == date(2026, 9, 4)


def test_what_the_ledger_learned_later_is_not_known_yet() -> None:
    ledger = [seen(date(2026, 9, 3), 7, at=morning(8))]

    found, _ = observe(slo(), reading({"web": {}}), None, ledger=ledger, as_of=morning(6))

    assert found is None


def test_units_without_a_charge_are_known_with_nothing_spent() -> None:
    bill = reading({"web": {date(2026, 9, 1): Decimal(10)}}, through=date(2026, 9, 3))
    requests = units({date(2026, 9, 2): Decimal(50)})

    found, added = observe(slo(), bill, requests, ledger=(), as_of=morning(5))

    assert found is not None
    assert [(str(row.usage), row.units) for row in added] == [("10", None), ("0", Decimal(50))]


def test_two_services_of_a_day_are_one_observation() -> None:
    bill = reading({"web": {date(2026, 9, 1): Decimal(10)}})
    more = DailySpend(Decimal(4), Decimal(2), Decimal(-1), day=date(2026, 9, 1), service="S3")
    both = replace(bill, spend={"web": (*bill.spend["web"], more)})

    _, (row,) = observe(slo(), both, None, ledger=(), as_of=morning(3))

    assert [row.usage, row.lumps, row.credits] == [Decimal(14), Decimal(2), Decimal(-1)]
