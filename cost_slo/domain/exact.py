# SPDX-License-Identifier: Apache-2.0
"""How are amounts added, subtracted and rounded without losing a digit?

Python rounds decimals to 28 digits by default, and a bill may have more. Sums and
differences made here keep every digit of amounts between 1E-900 and 1E+900. A quotient need not
end, so it is a `Fraction` until `rounded` makes a decimal of it.

>>> total([Decimal("1E+15"), Decimal("1E-30")])
Decimal('1000000000000000.000000000000000000000000000001')
>>> rounded(Fraction(2, 3), Decimal("0.01")), rounded(Decimal("0.125"), Decimal("0.01"))
(Decimal('0.67'), Decimal('0.12'))
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, localcontext
from fractions import Fraction

from cost_slo.domain.money import ZERO

# Never divide in this context: a quotient would get all of these digits.
EXACT = Context(prec=2_000, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, to the last digit; zero of no amounts."""
    with localcontext(EXACT):
        return sum(amounts, ZERO)


def difference(amount: Decimal, other: Decimal) -> Decimal:
    """`amount - other`, to the last digit."""
    return EXACT.subtract(amount, other)


def rounded(amount: Decimal | Fraction, step: Decimal) -> Decimal:
    """The multiple of `step`, a power of ten, that is nearest; the even one of two.

    It never fails for want of digits, as `Decimal.quantize` does.
    """
    if isinstance(amount, Decimal):
        return EXACT.quantize(amount, step)
    return multiple(round(amount / Fraction(step)), step)


def multiple(count: int, step: Decimal) -> Decimal:
    """`count` steps, with the decimals of the step."""
    return EXACT.multiply(Decimal(count), step)


def places(amount: Decimal) -> int:
    """How many decimals an amount needs.

    >>> places(Decimal("1.2300")), places(Decimal("1E+3"))
    (2, 0)
    """
    exponent = EXACT.normalize(amount).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
