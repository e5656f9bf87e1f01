# SPDX-License-Identifier: Apache-2.0
"""How much overspend can the window still take?

    error budget = objective - lumps - planned usage, at least 3 % of the objective

Lumps are the larger of those expected (as much as the month before) and those posted so far. What
uses the budget is usage above plan. Without a plan the error budget is the whole objective and all
that is charged uses it. `remaining` may be negative.

>>> budget = ErrorBudget(size=Decimal(4500), used=Decimal(3600))
>>> budget.remaining, budget.remaining_ratio
(Decimal('900'), 0.2)
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cost_slo.domain.money import ZERO

# The least error budget, as a share of the objective (burn-rate definitions, phi).
LEAST_BUDGET_SHARE = Decimal("0.03")


class BudgetState(StrEnum):
    """What a budget of this size can tell."""

    OK = "ok"
    TIGHT = "tight"
    """Smaller than the noise of a month: burn rates need stronger evidence."""
    INFEASIBLE = "infeasible"
    """The plan alone reaches the objective: it cannot hold unless usage falls."""


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """Amounts in the spec's currency; `size` is positive."""

    size: Decimal
    used: Decimal
    state: BudgetState = BudgetState.OK

    @property
    def remaining(self) -> Decimal:
        """What is left; negative once overspent."""
        return self.size - self.used

    @property
    def remaining_ratio(self) -> float:
        """What is left as a share of the size, 1 when untouched, negative once overspent."""
        return float(self.remaining / self.size)


def error_budget(
    objective: Decimal, headroom: Decimal, *, excess: Decimal, is_tight: bool
) -> ErrorBudget:
    """The budget that `headroom` (objective - lumps - plan) leaves; `excess` so far uses it."""
    state = BudgetState.TIGHT if is_tight else BudgetState.OK
    return ErrorBudget(
        size=max(headroom, LEAST_BUDGET_SHARE * objective),
        used=max(excess, ZERO),
        state=BudgetState.INFEASIBLE if headroom <= 0 else state,
    )
