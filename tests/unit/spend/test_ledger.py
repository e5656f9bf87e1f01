# SPDX-License-Identifier: Apache-2.0
"""The ledger grows by revisions, never forgets and never rolls back."""

from __future__ import annotations

import doctest
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY
from cost_slo.domain.spend import ledger
from cost_slo.domain.spend.ledger import Reach, as_known_at, latest, revise
from cost_slo.domain.spend.reading import DayAmounts, Observation

Days = Mapping[date, DayAmounts]
FIRST = datetime(2026, 9, 10, 6, tzinfo=UTC)


def september(day: int) -> date:
    return date(2026, 9, day)


def spent(**amounts: str) -> Days:
    """`spent(d1="24")`: usage on the 1st of September."""
    return {september(int(day[1:])): DayAmounts(Decimal(usage)) for day, usage in amounts.items()}


def read(
    known: Sequence[Observation],
    days: Days,
    *,
    at: datetime = FIRST,
    through: int | None = None,
    complete: int = 30,
    since: int | None = None,
) -> tuple[Observation, ...]:
    last = max(days, default=september(1)) + DAY
    end = last if through is None else september(through)
    return revise(
        "web/1f",
        known,
        days,
        Reach(september(complete), end, None if since is None else september(since)),
        observed_at=at,
    )


def revisions(rows: Sequence[Observation]) -> list[tuple[int, int, str]]:
    return [(row.day.day, row.revision, str(row.usage)) for row in rows]


def test_the_example_in_the_module_holds() -> None:
    assert doctest.testmod(ledger).failed == 0


def test_a_first_reading_observes_each_day_once() -> None:
    added = read([], spent(d1="24", d2="30"))

    assert revisions(added) == [(1, 1, "24"), (2, 1, "30")]
    assert {row.series for row in added} == {"web/1f"}
    assert {row.observed_at for row in added} == {FIRST}


def test_only_days_that_changed_get_a_revision() -> None:
    known = read([], spent(d1="24", d2="30"))

    added = read(known, spent(d1="24.00", d2="31", d3="5"), at=FIRST + DAY)

    assert revisions(added) == [(2, 2, "31"), (3, 1, "5")]


def test_revision_numbers_continue_from_the_newest() -> None:
    known: tuple[Observation, ...] = ()
    for number, usage in enumerate(["1", "2", "3"]):
        known += read(known, spent(d1=usage), at=FIRST + number * DAY)

    assert revisions(known) == [(1, 1, "1"), (1, 2, "2"), (1, 3, "3")]


@pytest.mark.parametrize("part", ["usage", "lumps", "credits", "units"])
def test_a_change_of_any_part_is_a_revision(part: str) -> None:
    known = read([], {september(1): DayAmounts(usage=Decimal(1))})
    changed = {"usage": Decimal(1)} | {part: Decimal(2)}

    added = read(known, {september(1): DayAmounts(**changed)})

    assert [row.revision for row in added] == [2]


def test_days_from_complete_through_on_are_estimated_until_they_settle() -> None:
    known = read([], spent(d1="24", d2="30"), complete=2)

    added = read(known, spent(d1="24", d2="30"), at=FIRST + DAY, complete=3)

    assert [row.estimated for row in known] == [False, True]
    assert [(row.day.day, row.estimated) for row in added] == [(2, False)]


def test_a_covered_day_without_a_charge_is_zero() -> None:
    added = read([], spent(d1="24", d3="30"), through=5)

    assert revisions(added) == [(1, 1, "24"), (2, 1, "0"), (3, 1, "30"), (4, 1, "0")]


def test_a_day_that_vanished_from_a_newer_reading_is_restated_to_zero() -> None:
    known = read([], spent(d1="24", d2="30", d3="28"))

    added = read(known, spent(d1="24", d3="28"), at=FIRST + DAY)

    assert revisions(added) == [(2, 2, "0")]


def test_a_reading_says_nothing_about_days_before_its_first_charge() -> None:
    known = read([], spent(d1="24", d2="30"))

    added = read(known, spent(d2="30", d3="28"), at=FIRST + DAY)

    assert revisions(added) == [(3, 1, "28")]


def test_units_outside_the_covered_days_neither_add_nor_restate_a_day() -> None:
    known = read([], spent(d1="24", d2="30"))
    units_only = DayAmounts(units=Decimal(500))
    newer = {september(1): units_only, september(4): units_only, **spent(d2="30", d3="28")}

    added = read(known, newer, at=FIRST + DAY, through=4)

    assert revisions(added) == [(3, 1, "28")]


def test_units_that_are_not_known_this_time_stay_as_they_were() -> None:
    with_units = {september(1): DayAmounts(Decimal(24), units=Decimal(500))}
    known = read([], with_units)

    unchanged = read(known, spent(d1="24"), at=FIRST + DAY)
    restated = read(known, spent(d1="25"), at=FIRST + DAY)

    assert unchanged == ()
    assert [row.units for row in restated] == [Decimal(500)]


def test_a_reading_that_ends_earlier_is_older_and_adds_nothing() -> None:
    known = read([], spent(d1="24", d2="30", d3="28"))

    assert read(known, spent(d1="99", d2="99"), at=FIRST + DAY) == ()


def test_a_reading_that_ends_before_uncharged_days_already_known_is_older_too() -> None:
    known = read([], spent(d1="24"), through=9)

    assert read(known, spent(d1="99"), at=FIRST + DAY, through=8) == ()


def test_a_reading_observed_earlier_adds_nothing() -> None:
    known = read([], spent(d1="24"))

    assert read(known, spent(d1="99", d2="99"), at=FIRST - timedelta(seconds=1)) == ()


def test_a_reading_without_charges_adds_nothing() -> None:
    known = read([], spent(d1="24"))

    nothing = revise("web/1f", known, {}, Reach(september(1), None), observed_at=FIRST + DAY)

    assert nothing == ()


@pytest.mark.parametrize("through", [None, september(2)])
def test_money_after_the_end_of_the_charges_is_refused(through: date | None) -> None:
    with pytest.raises(CostDataError, match="has charges on 2026-09-02 but says its charges end"):
        revise("web/1f", [], spent(d2="24"), Reach(september(1), through), observed_at=FIRST)


def test_the_newest_revision_of_each_day_is_the_latest_whatever_the_order() -> None:
    known = read([], spent(d1="24", d2="30"))
    known += read(known, spent(d1="25", d2="30"), at=FIRST + DAY)

    newest = latest(reversed(known))

    assert {day.day: str(row.usage) for day, row in newest.items()} == {1: "25", 2: "30"}
    assert list(newest) == [september(1), september(2)]


def test_what_was_known_at_an_instant_can_be_replayed() -> None:
    known = read([], spent(d1="24"))
    restated = known + read(known, spent(d1="99"), at=FIRST + DAY)

    assert as_known_at(restated, FIRST - timedelta(microseconds=1)) == ()
    assert as_known_at(restated, FIRST) == known
    assert as_known_at(restated, FIRST + DAY) == restated


amounts = st.decimals(min_value=-50, max_value=50, places=2)
readings = st.dictionaries(
    st.dates(september(1), september(8)),
    st.builds(DayAmounts, usage=amounts, lumps=amounts, credits=amounts, units=st.none() | amounts),
    min_size=1,
).filter(lambda days: any(amount.has_money for amount in days.values()))


def grown(history: Sequence[Days]) -> tuple[Observation, ...]:
    """A ledger after one reading a day."""
    known: tuple[Observation, ...] = ()
    for number, days in enumerate(history):
        known += read(known, days, at=FIRST + number * DAY, through=9 + number)
    return known


histories = st.lists(readings, min_size=1, max_size=3)


@given(histories)
def test_the_same_reading_twice_adds_nothing(history: list[Days]) -> None:
    known = grown(history)
    number = len(history) - 1

    again = read(known, history[-1], at=FIRST + number * DAY, through=9 + number)
    later = read(known, history[-1], at=FIRST + number * DAY + DAY, through=9 + number)

    assert again == later == ()


@given(histories, readings, st.integers(1, 9))
def test_an_older_reading_never_rolls_back(history: list[Days], older: Days, age: int) -> None:
    known = grown(history)
    newest = FIRST + (len(history) - 1) * DAY
    end = 8 + len(history)
    assume(max(older) < september(end - 1))

    shorter = read(known, older, at=newest + DAY, through=end - 1)
    earlier = read(known, older, at=newest - timedelta(hours=age), through=end + 1)

    assert shorter == earlier == ()


@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_known_rows_and_of_days_is_irrelevant(
    history: list[Days], shuffle: random.Random
) -> None:
    *before, last = history
    known = list(grown(before))
    shuffled = shuffle.sample(known, len(known))
    days = dict(shuffle.sample(list(last.items()), len(last)))

    assert read(shuffled, days, at=FIRST + 9 * DAY, through=29) == read(
        known, last, at=FIRST + 9 * DAY, through=29
    )


@given(histories)
def test_what_the_ledger_says_of_the_covered_days_is_what_was_read(history: list[Days]) -> None:
    last = history[-1]
    first_charge = min(day for day, amount in last.items() if amount.has_money)

    newest = latest(grown(history))

    in_ledger = [row.total for day, row in newest.items() if day >= first_charge]
    in_reading = [amount.usage + amount.lumps + amount.credits for amount in last.values()]
    assert sum(in_ledger, ZERO) == sum(in_reading, ZERO)


@given(histories)
def test_every_past_state_of_the_ledger_can_be_replayed(history: list[Days]) -> None:
    known = grown(history)

    for number in range(len(history)):
        assert as_known_at(known, FIRST + number * DAY) == grown(history[: number + 1])


def test_a_reading_of_the_open_days_alone_says_nothing_of_the_settled_ones() -> None:
    known = read((), spent(d1="24", d2="24", d3="24"))

    added = read(known, spent(d3="30", d4="24"), at=FIRST + DAY, since=2)

    assert revisions(added) == [(2, 2, "0"), (3, 2, "30"), (4, 1, "24")]


def test_an_open_day_that_lost_all_its_charges_is_nothing_now() -> None:
    known = read((), spent(d1="24", d2="24"))

    added = read(known, {}, at=FIRST + DAY, through=4, since=2)

    assert revisions(added) == [(2, 2, "0"), (3, 1, "0")]


def test_a_first_reading_begins_with_its_first_charge_wherever_it_was_asked_from() -> None:
    assert revisions(read((), spent(d3="24"), since=1)) == [(3, 1, "24")]


def test_a_reading_that_covers_nothing_yet_adds_nothing() -> None:
    known = read((), spent(d1="24"))

    assert read(known, {}, at=FIRST + DAY, through=2, since=2) == ()


def test_a_reading_that_covers_days_before_the_first_with_money_says_nothing_of_them() -> None:
    known = read([], spent(d3="24"))

    added = read(known, spent(d3="24", d4="30"), at=FIRST + DAY, since=1)

    assert revisions(added) == [(4, 1, "30")]


def test_money_found_before_the_first_known_day_is_taken_up() -> None:
    known = read([], spent(d3="24"))

    added = read(known, spent(d2="5", d3="24", d4="30"), at=FIRST + DAY, since=1)

    assert revisions(added) == [(2, 1, "5"), (4, 1, "30")]
