# SPDX-License-Identifier: Apache-2.0
"""Burn ladders: the arithmetic of their factors, and the rules that are refused."""

from __future__ import annotations

from typing import Any

import pytest

from cost_slo.domain.burn.policy import Policy, Rule, factor_of_share
from cost_slo.domain.incidents.incident import Severity
from tests.builders.days import rule

PAGE = Severity.PAGE


@pytest.mark.parametrize(
    ("share", "days", "factor"),
    # share x 30 days / window: the SRE workbook's table.
    [(0.02, 1 / 24, 14.4), (0.05, 6 / 24, 6), (0.1, 1, 3), (0.1, 3, 1)],
)
def test_a_factor_is_the_share_of_the_budget_over_the_share_of_the_time(
    share: float, days: float, factor: float
) -> None:
    assert factor_of_share(share, days, 30) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("factor", "days", "month", "share"),
    [
        (14, 1, 30, 0.467),
        (5, 1, 30, 0.167),
        (2, 1, 30, 0.067),
        (5, 2, 30, 0.333),
        (14, 1, 28, 0.5),
        (1, 5, 31, 0.161),
    ],
)
def test_a_rule_says_the_share_of_the_budget_it_fires_at(
    factor: float, days: int, month: int, share: float
) -> None:
    fires_at = rule(PAGE, factor, days).budget_share(month)

    assert round(fires_at, 3) == share
    assert factor_of_share(fires_at, days, month) == pytest.approx(factor)


@pytest.mark.parametrize(("factor", "days"), [(1, 30), (2, 15), (5, 6), (14, 30 / 14)])
def test_a_rule_says_how_long_a_budget_lasts_at_its_factor(factor: float, days: float) -> None:
    assert rule(PAGE, factor, 1).days_to_exhaustion(30) == pytest.approx(days)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"severity": Severity.NONE}, "needs a severity: investigate, page or emergency"),
        ({"factor": 0}, "factor 0 is not positive"),
        ({"factor": -2.5}, "factor -2.5 is not positive"),
        ({"factor": float("nan")}, "factor nan is not positive and finite"),
        ({"factor": float("inf")}, "factor inf is not positive and finite"),
        ({"noise": -0.1}, "noise -0.1 is negative"),
        ({"precedent": -1}, "precedent -1 is negative"),
        ({"precedent": float("inf")}, "precedent inf is negative or not finite"),
        ({"allowance": float("nan")}, "allowance nan is negative or not finite"),
        ({"tight": 0.9}, "tight 0.9 is not 1 or more"),
        ({"tight": float("inf")}, "tight inf is not 1 or more"),
        ({"days": 0}, "a window of 0 days cannot be judged"),
        ({"days": 8}, "a window of 8 days cannot be judged.* 1 to 7 whole days"),
        ({"shape": "mean"}, "shape 'mean' is none of total, trimmed, sustained"),
    ],
)
def test_a_rule_that_can_never_fire_or_always_does_is_refused(
    wrong: dict[str, Any], reason: str
) -> None:
    right: dict[str, Any] = {"severity": PAGE, "factor": 5, "days": 1}

    with pytest.raises(ValueError, match=reason):
        Rule(**(right | wrong))


@pytest.mark.parametrize("days", [1, 7])
@pytest.mark.parametrize("shape", ["total", "trimmed", "sustained"])
def test_one_to_seven_days_of_any_shape_are_a_rule(days: int, shape: Any) -> None:
    found = Rule(PAGE, 0.5, days, shape)

    assert (found.days, found.shape) == (days, shape)


def test_a_rule_asks_for_no_gate_it_does_not_name() -> None:
    found = Rule(PAGE, 5, 1)

    assert found.shape == "total"
    assert (found.noise, found.precedent, found.allowance, found.tight) == (0, 0, 0, 1)


def test_two_rules_of_one_severity_window_and_shape_overlap() -> None:
    with pytest.raises(ValueError, match="two rules overlap: page, 2 days, total"):
        Policy("mine", (rule(PAGE, 5, 2), rule(PAGE, 7, 2)), {})


def test_rules_that_differ_in_severity_window_or_shape_stand_side_by_side() -> None:
    rules = (
        rule(PAGE, 5, 2),
        rule(PAGE, 5, 3),
        rule(PAGE, 5, 2, shape="sustained"),
        rule(Severity.INVESTIGATE, 2, 2),
    )

    assert Policy("mine", rules, {}).rules == rules
    assert Policy("mine", rules, {}).stale_after_hours == 48


def test_a_stricter_rule_asks_for_more_evidence_at_the_same_factor() -> None:
    lenient = rule(PAGE, 5, 2, noise=4, precedent=1.5, allowance=0.5, tight=1.5)

    stricter = lenient.stricter(1.5)

    assert (stricter.severity, stricter.factor, stricter.days, stricter.shape) == (
        (PAGE, 5, 2, "total")
    )
    assert stricter.gates == {"noise": 6, "precedent": 2.25, "allowance": 0.75}
    assert stricter.tight == 1.5


def test_a_stricter_policy_spares_what_only_asks_to_investigate() -> None:
    page, emergency = rule(PAGE, 5, 1, noise=4), rule(Severity.EMERGENCY, 14, 1, noise=5)
    investigate = rule(Severity.INVESTIGATE, 2, 1, noise=3)

    stricter = Policy("mine", (page, emergency, investigate), {}).stricter(2, "it rang too often")

    assert [found.noise for found in stricter.rules] == [8, 10, 3]
    assert (stricter.strictness, stricter.because) == (2, "it rang too often")
