# SPDX-License-Identifier: Apache-2.0
"""Hourly burn rules: their arithmetic, and the ones that are refused."""

from __future__ import annotations

from typing import Any

import pytest

from cost_slo.domain.burn.hourly_rule import HourlyRule
from cost_slo.domain.burn.policy import Policy, factor_of_share
from cost_slo.domain.burn.sentences import hourly_rule_in_words
from cost_slo.domain.incidents.incident import Severity

PAGE = Severity.PAGE


@pytest.mark.parametrize(
    ("factor", "hours", "month", "share"),
    # factor x hours / (24 x days of the month)
    [
        (14, 6, 30, 0.117),
        (5, 24, 30, 0.167),
        (2, 24, 30, 0.067),
        (1, 72, 30, 0.1),
        (14.4, 1, 30, 0.02),
        (14, 6, 28, 0.125),
    ],
)
def test_a_rule_says_the_share_of_the_budget_it_fires_at(
    factor: float, hours: int, month: int, share: float
) -> None:
    fires_at = HourlyRule(PAGE, factor, hours, 1).budget_share(month)

    assert round(fires_at, 3) == share
    assert factor_of_share(fires_at, hours / 24, month) == pytest.approx(factor)


@pytest.mark.parametrize(("factor", "days"), [(1, 30), (2, 15), (5, 6), (14, 30 / 14)])
def test_a_rule_says_how_long_a_budget_lasts_at_its_factor(factor: float, days: float) -> None:
    assert HourlyRule(PAGE, factor, 6, 1).days_to_exhaustion(30) == pytest.approx(days)


@pytest.mark.parametrize(
    ("short", "span"),
    [(1, "6 hours and the last 1"), (6, "6 hours"), (4, "6 hours and the last 4")],
)
def test_a_rule_is_said_in_words(short: int, span: str) -> None:
    told = hourly_rule_in_words(HourlyRule(Severity.EMERGENCY, 14, 6, short), 30)

    assert told == (
        f"emergency at 14x over {span}: 11.7 % of the error budget is gone, "
        "a full one lasts 2.1 days"
    )


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"severity": Severity.NONE}, "needs a severity: investigate, page or emergency"),
        ({"factor": 0}, "factor 0 is not positive"),
        ({"factor": float("nan")}, "factor nan is not positive and finite"),
        ({"factor": float("inf")}, "factor inf is not positive and finite"),
        ({"noise": -0.1}, "noise -0.1 is negative"),
        ({"noise": float("inf")}, "noise inf is negative or not finite"),
        ({"short_hours": 0}, "windows of 6 and 0 hours cannot be judged"),
        ({"short_hours": 7}, "windows of 6 and 7 hours cannot be judged"),
        ({"hours": 169}, "expected 1 <= short_hours <= hours <= 168"),
    ],
)
def test_a_rule_that_can_never_fire_or_always_does_is_refused(
    wrong: dict[str, Any], reason: str
) -> None:
    right: dict[str, Any] = {"severity": PAGE, "factor": 5, "hours": 6, "short_hours": 1}

    with pytest.raises(ValueError, match=reason):
        HourlyRule(**(right | wrong))


@pytest.mark.parametrize(("hours", "short"), [(1, 1), (168, 168)])
def test_the_shortest_and_the_longest_window_are_judged(hours: int, short: int) -> None:
    assert HourlyRule(PAGE, 5, hours, short).hours == hours


def test_two_hourly_rules_of_the_same_severity_and_window_overlap() -> None:
    twice = (HourlyRule(PAGE, 5, 24, 4), HourlyRule(PAGE, 6, 24, 2))

    with pytest.raises(ValueError, match="two rules overlap: page, 24 hours"):
        Policy("mine", (), {}, hourly_rules=twice)


def test_hourly_rules_that_differ_in_severity_or_window_stand_side_by_side() -> None:
    several = (
        HourlyRule(PAGE, 5, 24, 4),
        HourlyRule(PAGE, 9, 6, 1),
        HourlyRule(Severity.INVESTIGATE, 2, 24, 6),
    )

    assert Policy("mine", (), {}, hourly_rules=several).hourly_rules == several
