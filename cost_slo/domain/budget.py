# SPDX-License-Identifier: Apache-2.0
"""How much overspend can the window still take?

Without a plan the error budget is the objective itself and everything charged uses it.
`remaining` may be negative.

>>> budget = ErrorBudget(size=Decimal(4500), used=Decimal(3600))
>>> budget.remaining, budget.remaining_ratio
(Decimal('900'), 0.2)
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """Amounts in the spec's currency; `size` is positive."""

    size: Decimal
    used: Decimal

    @property
    def remaining(self) -> Decimal:
        """What is left; negative once overspent."""
        return self.size - self.used

    @property
    def remaining_ratio(self) -> float:
        """What is left as a share of the size, 1 when untouched, negative once overspent."""
        return float(self.remaining / self.size)
