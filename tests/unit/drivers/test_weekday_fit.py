# SPDX-License-Identifier: Apache-2.0
"""How well a course of change explains a series beyond its weekdays."""

from __future__ import annotations

import math

import pytest

from cost_slo.domain.drivers.weekday_fit import WeekdayFit

WEEK = [100.0, 100.0, 100.0, 100.0, 100.0, 40.0, 40.0]


def fit_of(series: list[float]) -> WeekdayFit:
    fit = WeekdayFit.of(dict(enumerate(series)))
    assert fit is not None
    return fit


def test_the_size_of_a_step_is_found_beside_the_weekdays() -> None:
    fit = fit_of([*WEEK * 2, *(amount + 30 for amount in WEEK * 2)])

    size, score = fit.fitted(dict.fromkeys(range(14, 28), 1.0))

    assert size == pytest.approx(30)
    assert score > 20


def test_the_score_is_half_the_freedom_times_the_log_of_what_is_left() -> None:
    # Two weeks of 100, two of 130: levels 100 and 130, and the change falls on the 15th day.
    fit = fit_of([100.0] * 14 + [130.0] * 14)
    floor = 28 * 0.01**2
    # Weighted mean of each weekday: (2 x 100/100^2 + 2 x 130/130^2) / (2/100^2 + 2/130^2).
    mean = (1 / 100 + 1 / 130) / (1 / 100**2 + 1 / 130**2)
    unexplained = 14 * ((100 - mean) / 100) ** 2 + 14 * ((130 - mean) / 130) ** 2

    _, score = fit.fitted(dict.fromkeys(range(14, 28), 1.0))

    assert score == pytest.approx((28 - 8) / 2 * math.log((unexplained + floor) / floor))


def test_a_course_that_only_covers_unknown_days_explains_nothing() -> None:
    fit = fit_of([*WEEK * 3]).without([15])

    assert fit.fitted({15: 1.0}) == (0, 0)


def test_a_weekday_that_was_never_seen_has_a_plain_index() -> None:
    fit = fit_of([*WEEK * 3]).without([5, 12, 19])

    assert fit.weekday_index == [1, 1, 1, 1, 1, 1, 0.4]
    assert fit.fitted(dict.fromkeys(range(14, 21), 1.0))[0] == pytest.approx(0)


def test_a_series_without_any_charge_has_nothing_to_fit() -> None:
    assert WeekdayFit.of(dict.fromkeys(range(20), 0.0)) is None


def test_days_before_the_first_charge_count_as_a_twentieth_of_a_usual_day() -> None:
    fit = fit_of([0.0] * 14 + [100.0] * 14)

    assert (fit.levels[0], fit.levels[27]) == (5, 100)


def test_a_usual_day_is_the_median_of_the_weeks_around_the_known_days() -> None:
    fit = fit_of([10.0] * 14 + [100.0] * 7)

    assert fit.level == 10
