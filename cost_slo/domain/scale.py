# SPDX-License-Identifier: Apache-2.0
"""What do amounts come to when they are scaled, so that they still add up?

>>> [str(part) for part in scaled([Decimal(1), Decimal(1), Decimal(1)], 9, 31)]
['0.290322580645', '0.290322580645', '0.290322580645']
>>> [str(part) for part in scaled([Decimal("0.1"), Decimal("0.3")], 1, 4)]
['0.025', '0.075']
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd

from cost_slo.domain.exact import EXACT, places, rounded, total
from cost_slo.domain.shares import apportioned

LEAST_PLACES = 12


def scaled(amounts: Sequence[Decimal], times: int, by: int) -> tuple[Decimal, ...]:
    """Each amount times `times / by`, `by` above zero; together they are the total scaled once.

    Results that have an end keep every digit. The others are rounded to one step for all of them:
    twelve decimals, or as many as the finest amount needs. So a part is less than a step from its
    own quotient, and the total is the nearest step to the quotient of the total.
    """
    shared = gcd(times, by)
    times, by = times // shared, by // shared
    if times == by:
        return tuple(amounts)
    finest = max(map(places, amounts), default=0) + _more_places(by)
    step = Decimal(1).scaleb(-max(LEAST_PLACES, finest))
    factor = Fraction(times, by)
    parts = [Fraction(amount) * factor for amount in amounts]
    whole = rounded(Fraction(total(amounts)) * factor, step)
    return tuple(EXACT.normalize(part) for part in apportioned(parts, whole, step))


def _more_places(by: int) -> int:
    """How many more decimals a quotient by this number has if it ends at all.

    >>> _more_places(28), _more_places(30), _more_places(31)
    (2, 1, 0)
    """
    halvings = (by & -by).bit_length() - 1
    fifths = 0
    while by % 5 == 0:
        by, fifths = by // 5, fifths + 1
    return max(halvings, fifths)
