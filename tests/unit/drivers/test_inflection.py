# SPDX-License-Identifier: Apache-2.0
"""Since when a series changed, and how: series made by hand."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cost_slo.domain.drivers.inflection import ChangeShape, Inflection, inflection

# A Monday.
START = date(2026, 10, 5)
WEEK = [100.0, 104.0, 98.0, 101.0, 97.0, 40.0, 38.0]
GAP = math.nan


def weeks(number: float) -> list[float]:
    """Whole and part weeks with quiet weekends."""
    return [WEEK[day % 7] for day in range(round(7 * number))]


def times(series: list[float], factors: list[float]) -> list[float]:
    """The last days of a series multiplied."""
    first = len(series) - len(factors)
    return [
        *series[:first],
        *(day * factor for day, factor in zip(series[first:], factors, strict=True)),
    ]


def plus(series: list[float], amounts: list[float]) -> list[float]:
    """Amounts added to the last days of a series."""
    first = len(series) - len(amounts)
    return [*series[:first], *(a + b for a, b in zip(series[first:], amounts, strict=True))]


def replaced(series: list[float], days: dict[int, float]) -> list[float]:
    return [days.get(day, amount) for day, amount in enumerate(series)]


CHANGED = {
    "a step by a half": (times(weeks(5), [1.5] * 9), 26, ChangeShape.STEP),
    "a step down": (times(weeks(5), [0.4] * 9), 26, ChangeShape.STEP),
    "a step on a Saturday": (times(weeks(5), [1.5] * 9 + [1.5] * 7), 19, ChangeShape.STEP),
    "a step at noon": (times(weeks(5), [1.4, *[1.8] * 8]), 26, ChangeShape.STEP),
    "a step on the last day but two": (times(weeks(4), [2.0] * 3), 25, ChangeShape.STEP),
    "a step in two weeks of days": (times(weeks(2), [2.0] * 5), 9, ChangeShape.STEP),
    "a step that ended": (times(weeks(6), [2.0] * 6 + [1.0] * 8), 28, ChangeShape.STEP),
    "a new resource": ([0.0] * 24 + [55.0] * 8, 24, ChangeShape.STEP),
    "a resource that is gone": ([55.0] * 24 + [0.0] * 8, 24, ChangeShape.STEP),
    "a constant on top of weekdays": (plus(weeks(5), [60.0] * 9), 26, ChangeShape.STEP),
    "a step over a month's end": (times(weeks(7), [1.6] * 22), 27, ChangeShape.STEP),
    "a step after days that are unknown": (
        replaced(times(weeks(5), [1.5] * 9), {24: GAP, 25: GAP, 30: GAP}),
        26,
        ChangeShape.STEP,
    ),
    "a step in place of which nothing is known": (
        replaced(times(weeks(5), [1.5] * 9), {26: GAP, 27: GAP}),
        28,
        ChangeShape.STEP,
    ),
    "a step with a refund before it": (
        replaced(times(weeks(5), [2.0] * 9), {16: -250.0}),
        26,
        ChangeShape.STEP,
    ),
    "a step with a refund after it": (
        replaced(times(weeks(5), [2.0] * 9), {30: -250.0}),
        26,
        ChangeShape.STEP,
    ),
    "a step after a month-end batch": (
        replaced(times(weeks(7), [1.6] * 14), {25: 450.0, 26: 300.0}),
        35,
        ChangeShape.STEP,
    ),
    "a batch larger than the step after it": (
        replaced(times(weeks(6), [1.3] * 4), {25: 900.0, 26: 900.0}),
        25,
        ChangeShape.SPIKE,
    ),
    "a ramp to double": (
        times(weeks(5), [1 + day / 10 for day in range(1, 11)]),
        25,
        ChangeShape.RAMP,
    ),
    "a ramp that stays up": (
        times(weeks(5), [*(1 + day / 7 for day in range(1, 8)), *[2.0] * 5]),
        23,
        ChangeShape.RAMP,
    ),
    "a ramp down": (times(weeks(5), [1 - day / 12 for day in range(1, 11)]), 25, ChangeShape.RAMP),
    "a spike of a day": (times(weeks(5), [3.0, *[1.0] * 8]), 26, ChangeShape.SPIKE),
    "a spike of a weekend": (times(weeks(5), [4.0, 4.0, *[1.0] * 7]), 26, ChangeShape.SPIKE),
    "a day of nothing": (times(weeks(5), [0.0, *[1.0] * 8]), 26, ChangeShape.SPIKE),
    "a refund": (replaced(weeks(5), {25: -400.0}), 25, ChangeShape.SPIKE),
    "a runaway that doubles each day": (
        plus(weeks(5), [10 * 2.0**day for day in range(7)]),
        28,
        ChangeShape.RUNAWAY,
    ),
    "a runaway that doubles in two days": (
        plus(weeks(5), [10 * 2 ** (day / 2) for day in range(12)]),
        23,
        ChangeShape.RUNAWAY,
    ),
    "a runaway of credits is a ramp at most": (
        plus(weeks(5), [-4 * 2.0**day for day in range(5)]),
        None,
        None,
    ),
}


@pytest.mark.parametrize("case", CHANGED)
def test_the_first_day_and_the_shape_of_a_change_are_found(case: str) -> None:
    series, first, shape = CHANGED[case]

    found = inflection(series, START)

    assert found is not None
    if first is None:
        assert found.shape is not ChangeShape.RUNAWAY
    else:
        assert (found.day - START).days == first
        assert found.shape is shape
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize(
    "series",
    [
        weeks(6),
        [100.0] * 30,
        [0.0] * 30,
        [-20.0] * 30,
        times(weeks(5), [1.03] * 9),
        weeks(2)[:13],
        [GAP] * 30,
        replaced(times(weeks(3), [2.0] * 6), dict.fromkeys(range(8), GAP)),
        [],
    ],
    ids=[
        "only weekdays",
        "always the same",
        "never a charge",
        "only credits",
        "less than five percent",
        "thirteen days",
        "nothing is known",
        "thirteen days are known",
        "no days",
    ],
)
def test_there_is_no_day_where_nothing_can_be_said_to_have_changed(series: list[float]) -> None:
    assert inflection(series, START) is None


def test_noise_alone_is_no_change() -> None:
    random = Random(3)
    noisy = [amount * random.uniform(0.8, 1.2) for amount in weeks(6)]

    assert inflection(noisy, START) is None


def test_a_step_in_noise_is_less_certain_than_one_without() -> None:
    random = Random(7)
    clean = times(weeks(6), [1.4] * 9)
    noisy = [amount * random.uniform(0.8, 1.2) for amount in clean]

    plain, blurred = inflection(clean, START), inflection(noisy, START)

    assert plain is not None
    assert blurred is not None
    assert blurred.confidence < plain.confidence


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 1000), st.integers(0, 3000))
def test_the_unit_of_the_amounts_and_the_first_day_do_not_matter(
    seed: int, scale: float, later: int
) -> None:
    random = Random(seed)
    series = times([amount * random.uniform(0.9, 1.1) for amount in weeks(4)], [2.0] * 8)
    shift = timedelta(days=later)

    found = inflection(series, START)
    moved = inflection([scale * amount for amount in series], START + shift)

    assert found is not None
    assert moved is not None
    assert (moved.day - shift, moved.shape) == (found.day, found.shape)
    assert moved.confidence == pytest.approx(found.confidence)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), max_size=40))
def test_any_series_has_an_answer_within_it_or_none(series: list[float]) -> None:
    found = inflection(series, START)

    if found is not None:
        assert isinstance(found, Inflection)
        assert 7 <= (found.day - START).days < len(series)
        assert 0 < found.confidence <= 1
