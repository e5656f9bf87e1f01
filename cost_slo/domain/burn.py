# SPDX-License-Identifier: Apache-2.0
"""How fast is the error budget being used?

A burn rate of 1 uses exactly the window's error budget over the window; 2 exhausts it in half.
Without a plan, from the 1st, it is the pace: spend / (objective x elapsed share).

>>> pace(Decimal(300), Decimal(600), elapsed_days=10, window_days=30)
1.5
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Burn:
    """A burn rate over a named look-back."""

    window: str
    rate: float


def pace(spend: Decimal, objective: Decimal, *, elapsed_days: int, window_days: int) -> float:
    """Spend over `elapsed_days` (at least 1) relative to an even use of the objective."""
    return float(spend * window_days / (objective * elapsed_days))
