# SPDX-License-Identifier: Apache-2.0
"""How far spend strays from its plan, and the most it ever did without an incident."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cost_slo.domain.burn.excess import ExcessShape
from cost_slo.domain.burn.noise_gate import (
    LONGEST_RUN_DAYS,
    SILENT,
    Noise,
    noise_of,
    noise_of_residuals,
)
from cost_slo.domain.plan.plan import learned_plan, no_plan
from tests.builders.days import SEPTEMBER, usage_history


def plan_with(days: int, **odd: float) -> list[float]:
    """`plan_with(28, d14=50)`: 100 a day for 28 days, and 50 more on the day at index 14."""
    usage = [100.0] * days
    for index, more in odd.items():
        usage[int(index[1:])] += more
    return usage


def up_to_a_week(noise: Noise, shape: ExcessShape) -> list[float]:
    """The precedents of one to seven days."""
    return [noise.largest(days, shape) for days in range(1, LONGEST_RUN_DAYS + 1)]


def test_no_residuals_are_silence() -> None:
    assert noise_of_residuals([]) == SILENT


def test_precedents_are_the_largest_excesses_of_a_shape() -> None:
    noise = noise_of_residuals([3.0, -1.0, 2.0])

    # One day: 3. Two: max(3 - 1, -1 + 2). Three: 4. More days than there are have none.
    assert up_to_a_week(noise, "total") == [3, 2, 4, 0, 0, 0, 0]
    # One day: 3. Two: twice the smaller, -1, is no excess. Three: (2 - 1) x 3 / 2.
    assert up_to_a_week(noise, "trimmed") == [3, 0, 1.5, 0, 0, 0, 0]
    # One day: 3. Two or three: the smallest is -1, below plan, and no excess.
    assert up_to_a_week(noise, "sustained") == [3, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("shape", ["total", "trimmed", "sustained"])
def test_where_every_day_is_alike_each_shape_is_the_sum(shape: ExcessShape) -> None:
    noise = noise_of_residuals([10.0] * 8)

    assert up_to_a_week(noise, shape) == [10, 20, 30, 40, 50, 60, 70]


@pytest.mark.parametrize(("least", "spread"), [(0, 1.4826), (1, 1.4826), (9, 9)])
def test_the_spread_is_at_least_the_one_given(least: float, spread: float) -> None:
    # Median 0, distances 1, 0, 1.
    assert noise_of_residuals([-1.0, 0.0, 1.0], least).spread == spread


def test_steady_usage_has_no_noise() -> None:
    noise = noise_of(learned_plan(usage_history(plan_with(56)), SEPTEMBER))

    assert noise.spread == 0
    assert up_to_a_week(noise, "total") == up_to_a_week(noise, "sustained") == [0] * 7


def test_one_odd_day_is_a_precedent_for_a_sum_and_not_for_a_run() -> None:
    noise = noise_of(learned_plan(usage_history(plan_with(56, d30=50)), SEPTEMBER))

    assert up_to_a_week(noise, "total") == pytest.approx([50] * 7)
    assert up_to_a_week(noise, "trimmed") == pytest.approx([50, 0, 0, 0, 0, 0, 0])
    assert up_to_a_week(noise, "sustained") == pytest.approx([50, 0, 0, 0, 0, 0, 0])


def test_a_step_surprises_until_half_of_14_days_know_it() -> None:
    # 28 days at 100, then 200. On the first seven days at 200 the level before is still 100; on
    # the eighth it is between: residuals of seven times 100, then 50, then none.
    plan = learned_plan(usage_history([100.0] * 28 + [200.0] * 28), SEPTEMBER)

    noise = noise_of(plan)

    assert up_to_a_week(noise, "total") == pytest.approx([100, 200, 300, 400, 500, 600, 700])
    assert up_to_a_week(noise, "sustained") == pytest.approx([100, 200, 300, 400, 500, 600, 700])
    assert noise.spread == pytest.approx(0)


def test_a_slow_rise_is_noise_of_the_plan_that_was_frozen() -> None:
    # A step ahead a rise of 1 a day is always 7.5 to 8 above the level, so hardly spread; against
    # the frozen plan its residuals are a line, whose median distance is a quarter of its length.
    usage = [100.0 + day for day in range(56)]

    noise = noise_of(learned_plan(usage_history(usage), SEPTEMBER))

    assert noise.spread == pytest.approx(1.4826 * 42 / 4, rel=0.15)


@pytest.mark.parametrize(("index", "is_remembered"), [(29, False), (30, True), (99, True)])
def test_seventy_days_are_remembered(index: int, *, is_remembered: bool) -> None:
    usage = plan_with(100, **{f"d{index}": 50})

    noise = noise_of(learned_plan(usage_history(usage), SEPTEMBER))

    assert noise.largest(1, "total") == pytest.approx(50 if is_remembered else 0)


@pytest.mark.parametrize(("index", "is_judged"), [(13, False), (14, True)])
def test_a_day_is_judged_once_fourteen_are_before_it(index: int, *, is_judged: bool) -> None:
    usage = plan_with(28, **{f"d{index}": 50})

    noise = noise_of(learned_plan(usage_history(usage), SEPTEMBER))

    assert noise.largest(1, "total") == pytest.approx(50 if is_judged else 0)


def test_noise_is_measured_at_the_level_before_the_trend() -> None:
    plan = learned_plan(usage_history(plan_with(56, d30=50)), SEPTEMBER)
    risen = replace(plan, week=tuple(1.05 * usual for usual in plan.week), before=1 / 1.05)

    assert noise_of(risen).residuals == pytest.approx(noise_of(plan).residuals)


def test_without_a_plan_or_without_a_weekly_shape_the_noise_is_not_known() -> None:
    stopped = learned_plan(usage_history([100.0] * 42 + [0.0] * 14), SEPTEMBER)

    assert noise_of(no_plan(SEPTEMBER)) == SILENT
    assert noise_of(stopped) == SILENT
