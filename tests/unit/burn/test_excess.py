# SPDX-License-Identifier: Apache-2.0
"""How far above its plan each recent day is, and what has become the level."""

from __future__ import annotations

from datetime import date

import pytest

from cost_slo.domain.burn.excess import Excess, ExcessShape, excess_over, shaped
from cost_slo.domain.plan.plan import Plan
from tests.builders.days import SEPTEMBER, excess

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


def test_a_day_still_arriving_is_held_against_the_share_that_can_be_there_and_its_lump() -> None:
    plan = Plan("learned", SEPTEMBER, (100.0,) * 7, extra={TENTH: 500.0})

    found = excess_over(plan, [100.0, 560.0, 30.0], NINTH, data_through=TENTH, arrived=(0.6, 0.25))

    # 0.6 x 100 + 500 of the first, 0.25 x 100 of the second.
    assert found == Excess(NINTH, (0.0, 0.0, 5.0), (100.0, 560.0, 25.0), 1)


def test_a_day_whose_share_is_not_known_is_held_against_its_whole_plan() -> None:
    found = excess_over(PLAN, [100.0, 60.0, 30.0], NINTH, data_through=TENTH, arrived=(0.6,))

    assert found.planned == (100.0, 60.0, 100.0)


def test_the_share_of_days_before_those_looked_at_is_nobody_s() -> None:
    # Nothing is complete: the first share is that of the first day looked at.
    found = excess_over(PLAN, [100.0], NINTH, data_through=NINTH, arrived=(0.5, 0.2))

    assert found.planned == (50.0,)


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


def test_each_shape_of_one_day_is_the_day() -> None:
    shapes: tuple[ExcessShape, ...] = ("total", "trimmed", "sustained")

    assert [shaped([7.0], shape) for shape in shapes] == [7, 7, 7]


def test_a_trimmed_run_is_the_mean_of_all_days_but_the_largest() -> None:
    # One day of 500 among four of 10: five times the mean of the others.
    assert shaped([10.0, 10.0, 500.0, 10.0, 10.0], "trimmed") == 50
    # Two odd days are no one day.
    assert shaped([10.0, 500.0, 500.0, 10.0, 10.0], "trimmed") == 5 * (500 + 30) / 4


def test_a_look_back_longer_than_the_days_known_takes_what_is_known() -> None:
    assert list(excess(10, 20).surprising(5, 2)) == [10, 20]
