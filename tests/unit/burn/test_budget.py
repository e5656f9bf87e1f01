# SPDX-License-Identifier: Apache-2.0
"""How much overspend the window can still take."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cost_slo.domain.burn.budget import BudgetState, ErrorBudget, error_budget

OBJECTIVE = Decimal(1000)


def budget(headroom: str, excess: str = "0", *, is_tight: bool = False) -> ErrorBudget:
    return error_budget(OBJECTIVE, Decimal(headroom), excess=Decimal(excess), is_tight=is_tight)


def test_the_size_is_what_lumps_and_plan_leave() -> None:
    assert budget("120").size == Decimal(120)


@pytest.mark.parametrize(
    ("headroom", "size"),
    [("30.01", "30.01"), ("30", "30"), ("29.99", "30"), ("0", "30"), ("-500", "30")],
)
def test_the_size_is_at_least_3_percent_of_the_objective(headroom: str, size: str) -> None:
    assert budget(headroom).size == Decimal(size)


@pytest.mark.parametrize(("excess", "used"), [("45", "45"), ("0", "0"), ("-45", "0")])
def test_only_usage_above_plan_uses_the_budget(excess: str, used: str) -> None:
    assert budget("120", excess).used == Decimal(used)


@pytest.mark.parametrize(
    ("headroom", "is_tight", "state"),
    [
        ("120", False, BudgetState.OK),
        ("0.01", False, BudgetState.OK),
        ("120", True, BudgetState.TIGHT),
        ("0.01", True, BudgetState.TIGHT),
        ("0", False, BudgetState.INFEASIBLE),
        ("0", True, BudgetState.INFEASIBLE),
        ("-1", True, BudgetState.INFEASIBLE),
    ],
)
def test_a_plan_that_reaches_the_objective_is_infeasible_before_it_is_tight(
    headroom: str, *, is_tight: bool, state: BudgetState
) -> None:
    assert budget(headroom, is_tight=is_tight).state is state


def test_a_document_says_in_a_word_what_a_budget_can_tell() -> None:
    assert list(BudgetState) == ["ok", "tight", "infeasible"]


@pytest.mark.parametrize(
    ("used", "remaining", "ratio"),
    [("0", "900", 1.0), ("720", "180", 0.2), ("900", "0", 0.0), ("1350", "-450", -0.5)],
)
def test_what_remains_is_negative_once_overspent(used: str, remaining: str, ratio: float) -> None:
    found = ErrorBudget(size=Decimal(900), used=Decimal(used))

    assert found.remaining == Decimal(remaining)
    assert found.remaining_ratio == ratio
    assert found.state is BudgetState.OK
