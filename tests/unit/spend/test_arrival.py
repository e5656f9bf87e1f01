# SPDX-License-Identifier: Apache-2.0
"""How much of a day has usually arrived by its age, and what it is then held against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.burn.excess import excess_over
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.plan.plan import learned_plan
from cost_slo.domain.spend.arrival import arrived
from cost_slo.domain.spend.reading import Observation
from tests.builders.days import SEPTEMBER, seen, usage_history

TODAY = date(2026, 9, 14)
NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
JUST_TODAY = Period(TODAY, TODAY + DAY)
# A day's age in hours and the amount it showed from then on.
PastDay = Sequence[tuple[float, object]]


def revisions(days_ago: int, *amounts: tuple[float, object]) -> list[Observation]:
    """What a past day showed at which ages; `(12, 60), (36, 100)` is 60 at noon."""
    day = TODAY - days_ago * DAY
    return [
        seen(day, usage, at=midnight(day) + timedelta(hours=age), revision=number)
        for number, (age, usage) in enumerate(amounts, 1)
    ]


def past(*days: PastDay) -> list[Observation]:
    """Past days, the first of them yesterday."""
    return [row for ago, amounts in enumerate(days, 1) for row in revisions(ago, *amounts)]


def share_of(rows: Sequence[Observation], as_of: datetime = NOON) -> float:
    (share,) = arrived(rows, JUST_TODAY, as_of)
    return share


HALF = ((12, 50), (36, 100))
MORE = ((12, 60), (36, 100))


@pytest.mark.parametrize(
    ("days", "share"),
    [
        ([HALF] * 14, 0.5),
        ([HALF, HALF, MORE], 0.6),
        # Fewer than three days were seen so young: whatever they showed says nothing.
        ([], 1),
        ([HALF, HALF], 1),
        ([HALF, HALF, [(36, 100)]], 1),
        # The 15th day back is too long ago.
        ([HALF] * 14 + [MORE], 0.5),
        # An evaluation up to an hour later is one of the same age; at noon that of 13:01 is not.
        ([HALF, HALF, [(12, 50), (13, 70), (36, 100)]], 0.7),
        ([HALF, HALF, [(12, 50), (13.02, 70), (36, 100)]], 0.5),
        # What was seen and taken back: more than all of it had arrived.
        ([HALF, HALF, [(12, 130), (36, 100)]], 1),
        # Nothing to relate to, by now or by then.
        ([HALF, HALF, [(12, 50), (36, 0)]], 1),
        ([HALF, HALF, HALF, [(12, 50), (36, 0)]], 0.5),
        ([HALF, HALF, [(12, 0), (36, 100)]], 1),
        ([[(12, 0), (36, 100)]] * 3, 1),
    ],
)
def test_the_share_is_the_largest_that_past_days_showed_at_that_age(
    days: Sequence[PastDay], share: float
) -> None:
    assert share_of(past(*days)) == share


def test_evaluations_at_another_hour_tell_nothing_of_this_one() -> None:
    # Each day was looked at once at nine, when it showed a third, and the next day at nine.
    rows = past(*[((9, 33), (33, 100))] * 14)

    told = {
        hour: arrived(rows, JUST_TODAY, midnight(TODAY) + timedelta(hours=hour), is_sampled=True)
        for hour in (7.9, 8, 9, 10, 10.1, 22)
    }

    # An hour earlier the looks of nine are not yet too late, an hour later not yet too early.
    assert told == {7.9: (1,), 8: (0.33,), 9: (0.33,), 10: (0.33,), 10.1: (1,), 22: (1,)}


def test_a_ledger_of_arrivals_knows_each_hour_between_them() -> None:
    rows = past(*[((9, 33), (33, 100))] * 14)

    assert share_of(rows, NOON + timedelta(hours=10)) == 0.33


def test_a_share_grows_with_the_age_of_the_day() -> None:
    rows = past(*[((6, 10), (12, 50), (30, 90), (50, 100))] * 5)
    yesterday_and_today = Period(TODAY - DAY, TODAY + DAY)

    # At noon, yesterday is 36 hours old; it is not complete, so it tells nothing of others.
    assert arrived(rows, yesterday_and_today, NOON) == (0.9, 0.5)
    assert arrived(rows, yesterday_and_today, NOON - timedelta(hours=6)) == (0.9, 0.1)


def test_without_an_incomplete_day_there_is_no_share() -> None:
    assert arrived(past(*[HALF] * 5), Period(TODAY, TODAY), NOON) == ()
    assert arrived(past(*[HALF] * 5), Period(TODAY, TODAY - DAY), NOON) == ()


def test_a_settled_bill_seen_for_the_first_time_is_held_against_its_whole_plan() -> None:
    settled = [seen(TODAY - ago * DAY, 100, at=NOON) for ago in range(60)]

    assert share_of(settled) == 1


def test_a_day_with_everything_in_that_usually_is_has_no_excess() -> None:
    plan = learned_plan(usage_history([100.0] * 56), SEPTEMBER)
    shares = arrived(past(*[MORE] * 14), JUST_TODAY, NOON)

    usual, twice = (
        excess_over(plan, [100.0, used], TODAY - DAY, data_through=TODAY, arrived=shares)
        for used in (60.0, 120.0)
    )

    assert usual.amounts == pytest.approx((0, 0))
    assert twice.amounts == pytest.approx((0, 60))
    assert usual.planned == pytest.approx((100, 60))


AGES = st.integers(1, 60)
AMOUNTS = st.decimals(min_value=-50, max_value=1000, places=2)
PAST = st.lists(
    st.dictionaries(AGES, AMOUNTS, min_size=1, max_size=4).map(lambda day: sorted(day.items())),
    max_size=16,
).map(lambda days: past(*days))


@given(PAST)
def test_a_share_is_above_nothing_and_no_more_than_all(rows: list[Observation]) -> None:
    (sampled,) = arrived(rows, JUST_TODAY, NOON, is_sampled=True)

    assert 0 < share_of(rows) <= 1
    assert sampled == 1 or sampled <= share_of(rows)


@given(PAST, st.randoms(use_true_random=False))
def test_the_order_of_observations_makes_no_difference(
    rows: list[Observation], random: Random
) -> None:
    shuffled = random.sample(rows, len(rows))

    assert share_of(shuffled) == share_of(rows)


@given(PAST, st.sampled_from([Decimal("0.25"), Decimal(8), Decimal(1024)]))
def test_counting_in_other_money_changes_no_share(rows: list[Observation], scale: Decimal) -> None:
    scaled = [
        seen(row.day, row.usage * scale, at=row.observed_at, revision=row.revision) for row in rows
    ]

    assert share_of(scaled) == share_of(rows)
