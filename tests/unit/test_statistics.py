# SPDX-License-Identifier: Apache-2.0
"""Medians, spreads and slopes that a few odd days do not move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.statistics import median, rolling_medians, spread, theil_sen

amounts = st.lists(st.integers(-10_000, 10_000).map(float), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("values", "middle"),
    [([7], 7), ([9, 1], 5), ([3, 1, 2], 2), ([4, 1, 3, 2], 2.5), ([1, 1, 1, 1000], 1)],
)
def test_the_median_is_the_middle_value_or_the_mean_of_the_two(
    values: list[float], middle: float
) -> None:
    assert median(values) == middle


def test_the_spread_is_1_4826_times_the_median_distance_from_the_median() -> None:
    # Median 3; distances 2, 1, 0, 1, 97; their median 1.
    assert spread([1, 2, 3, 4, 100]) == 1.4826


def test_the_spread_of_equal_values_is_zero() -> None:
    assert spread([5, 5, 5]) == 0


@pytest.mark.parametrize("values", [[], [5.0]])
def test_fewer_than_two_values_have_no_slope(values: list[float]) -> None:
    assert theil_sen(values) == 0


@pytest.mark.parametrize(
    ("values", "slope"),
    [
        ([1, 4], 3),
        ([4, 1], -3),
        ([0, 2, 4, 6], 2),
        # Slopes 10, 5, 10/3, 0, 0, 0: the middle two are 0 and 10/3.
        ([0, 10, 10, 10], 10 / 6),
    ],
)
def test_the_slope_is_the_median_over_all_pairs(values: list[float], slope: float) -> None:
    assert theil_sen(values) == pytest.approx(slope)


@given(amounts)
def test_half_of_the_values_lie_on_either_side_of_the_median(values: list[float]) -> None:
    middle = median(values)

    assert 2 * sum(value < middle for value in values) <= len(values)
    assert 2 * sum(value > middle for value in values) <= len(values)


@given(amounts, st.integers(-1000, 1000))
def test_moving_all_values_moves_the_median_and_not_the_spread(
    values: list[float], by: int
) -> None:
    moved = [value + by for value in values]

    assert median(moved) == median(values) + by
    assert spread(moved) == spread(values)
    assert theil_sen(moved) == theil_sen(values)


@given(st.integers(-50, 50), st.integers(2, 12))
def test_a_line_has_its_own_slope_whatever_one_odd_value_says(slope: int, count: int) -> None:
    line = [float(slope * place) for place in range(count + 4)]

    odd = [*line[:2], 10_000.0, *line[3:]]

    assert theil_sen(line) == slope
    assert abs(theil_sen(odd) - slope) <= abs(theil_sen(line)) + 10_000


@pytest.mark.parametrize(
    ("values", "width", "medians"),
    [([1, 2], 3, []), ([3, 1, 2], 3, [2]), ([5, 5, 1, 5], 2, [5, 3, 3]), ([4, 9], 1, [4, 9])],
)
def test_each_run_of_values_has_its_median(
    values: list[float], width: int, medians: list[float]
) -> None:
    assert rolling_medians(values, width) == medians


@given(amounts, st.integers(1, 8))
def test_a_rolling_median_is_the_median_of_each_run(values: list[float], width: int) -> None:
    runs = [values[first : first + width] for first in range(len(values) - width + 1)]

    assert rolling_medians(values, width) == [median(run) for run in runs]
