# SPDX-License-Identifier: Apache-2.0
"""How are parts rounded so that they still add up?

Largest remainder (Hamilton's method of apportionment): each part is rounded to the nearest step,
and the steps then missing go to the parts that lost most by it.

>>> thirds = [Decimal(1) / 3] * 3
>>> [str(part) for part in apportioned(thirds, Decimal(1), Decimal("0.01"))]
['0.34', '0.33', '0.33']
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cost_slo.domain.money import ZERO

EXACT_DIGITS = 80
"""Precision of exact sums: amounts below 1E+40 with up to 40 decimals."""
ALIKE = 9
"""Remainders are compared to so many decimals of a step: what division leaves decides nothing."""


def apportioned(parts: Sequence[Decimal], total: Decimal, step: Decimal) -> tuple[Decimal, ...]:
    """Multiples of `step` that sum to `total`, each less than a step from its part.

    `total` is the sum of the parts, rounded to a multiple of the step. Equal remainders are served
    in order, and a part that is a multiple of the step already stays what it is.
    """
    rounded = [part.quantize(step) for part in parts]
    missing = int((total - sum(rounded, ZERO)) / step)
    one = step.copy_sign(missing)
    lost = [round((part - kept) / one, ALIKE) for part, kept in zip(parts, rounded, strict=True)]
    served = sorted(range(len(parts)), key=lambda at: (-lost[at], at))[: abs(missing)]
    return tuple(kept + one if at in served else kept for at, kept in enumerate(rounded))
