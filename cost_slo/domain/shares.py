# SPDX-License-Identifier: Apache-2.0
"""How are parts rounded so that they still add up?

Largest remainder (Hamilton's method of apportionment): each part is rounded to the nearest step,
and the steps then missing go to the parts that lost most by it.

>>> [str(part) for part in apportioned([Fraction(1, 3)] * 3, Decimal(1), Decimal("0.01"))]
['0.34', '0.33', '0.33']
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from cost_slo.domain.exact import multiple


def apportioned(
    parts: Sequence[Decimal | Fraction], total: Decimal, step: Decimal
) -> tuple[Decimal, ...]:
    """Multiples of `step` that sum to `total`, each less than a step from its part.

    `step` is a power of ten, `total` the sum of the parts, rounded to a multiple of the step. Equal
    remainders are served in order, and a part that is a multiple of the step already stays what it
    is.
    """
    one = Fraction(step)
    steps = [Fraction(part) / one for part in parts]
    kept = [round(part) for part in steps]
    missing = int(Fraction(total) / one) - sum(kept)
    sign = 1 if missing > 0 else -1
    lost = [sign * (part - whole) for part, whole in zip(steps, kept, strict=True)]
    served = sorted(range(len(parts)), key=lambda at: (-lost[at], at))[: abs(missing)]
    for at in served:
        kept[at] += sign
    return tuple(multiple(whole, step) for whole in kept)
