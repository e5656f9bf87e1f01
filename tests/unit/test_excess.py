# SPDX-License-Identifier: Apache-2.0
"""How far above its plan each recent day is, and what has become the level."""

from __future__ import annotations

from datetime import date

import pytest

from cost_slo.domain.excess import Excess, excess_over
from cost_slo.domain.plan import Plan
from tests.days import SEPTEMBER, excess

NINTH = date(2026, 9, 9)
TENTH = date(2026, 9, 10)
PLAN = Plan("learned", SEPTEMBER, (100.0,) * 7)


def test_a_complete_day_is_held_against_its_whole_plan() -> None:
    found = excess_over(PLAN, [130.0, 80.0], NINTH, data_through=date(2026, 9, 11))

    assert found == Excess(NINTH, (30.0, -20.0), (100.0, 100.0), 2)
    assert found.end == date(2026, 9, 11)


def test_a_day_still_arriving_is_held_against_its_whole_plan_lumps_included() -> None:
    plan = Plan("learned", SEPTEMBER, (100.0,) * 7, extra={TENTH: 500.0})

    found = excess_over(plan, [100.0, 660.0], NINTH, data_through=TENTH)

    assert found == Excess(NINTH, (0.0, 60.0), (100.0, 600.0), 1)


@pytest.mark.parametrize(
    ("data_through", "complete"),
    [(date(2026, 9, 1), 0), (NINTH, 0), (TENTH, 1), (date(2026, 9, 30), 2)],
)
def test_complete_days_are_those_before_the_end_of_the_data(
    data_through: date, complete: int
) -> None:
    found = excess_over(PLAN, [1.0, 1.0], NINTH, data_through=data_through)

    assert found.complete == complete


@pytest.mark.parametrize(
    ("days", "end", "total"),
    [(1, 3, 30), (2, 3, 50), (3, 3, 60), (2, 2, 30), (5, 3, 60), (1, 0, 0)],
)
def test_a_total_is_over_the_days_that_end_there(days: int, end: int, total: float) -> None:
    assert excess(10, 20, 30).total(days, end) == total


def test_half_of_an_excess_that_lasted_fourteen_days_is_normal() -> None:
    # 14 days 10 above a plan of 100: the level is 5 %, so 5 of the next day's 10 surprise.
    found = excess(*[10.0] * 15)

    assert found.surprising(1, 15) == pytest.approx([5])
    assert found.total(1, 15) == 10


def test_thirteen_days_are_too_few_to_be_a_level() -> None:
    found = excess(*[10.0] * 14)

    assert list(found.surprising(1, 14)) == [10]


def test_the_level_is_of_the_fourteen_days_before_those_looked_at() -> None:
    # Six days at 0 and eight at 20 before the last two: median 20, level 10 %.
    found = excess(40, *[0.0] * 6, *[20.0] * 8, 50, 60)

    assert found.surprising(2, 17) == pytest.approx([40, 50])


def test_a_level_below_plan_excuses_nothing_and_hides_nothing() -> None:
    found = excess(*[-10.0] * 14, 10)

    assert list(found.surprising(1, 15)) == [10]


def test_days_without_a_plan_say_nothing_of_the_level() -> None:
    mixed = Excess(NINTH, (10.0,) * 15, (0.0,) * 13 + (100.0, 100.0), 15)

    assert list(excess(*[10.0] * 15, planned=0).surprising(1, 15)) == [10]
    assert list(mixed.surprising(1, 15)) == pytest.approx([5])


def test_days_still_arriving_are_no_part_of_the_level() -> None:
    # The last two are still arriving; the level of the newest is that of the complete days.
    found = excess(*[10.0] * 14, 500, 500, complete=14)

    assert found.surprising(1, 16) == pytest.approx([495])


def test_a_look_back_longer_than_the_days_known_takes_what_is_known() -> None:
    assert list(excess(10, 20).surprising(5, 2)) == [10, 20]
