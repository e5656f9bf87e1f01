# SPDX-License-Identifier: Apache-2.0
"""How much of a change of a product is due to each of its factors?

The Shapley value (Shapley 1953; for cost decomposition Sun 1998, Ang 2004 "Shapley/Sun method"):
the average, over all orders in which the factors could have moved, of what a factor's move adds.
In closed form, for n factors x with the values x0 before and x1 after,

    effect_k = (x1_k - x0_k) * sum over m of  m! (n-1-m)! / n!  *  P_m

where P_m sums, over all ways to take m of the other factors after and the rest before, the product
of the others. It is a polynomial, so zeros and negatives are as good as any other value, and the
effects add up to the change. Two factors give the schoolbook midpoint formula, and a factor that
did not move has no effect and leaves the others what they would be without it.

>>> [str(effect) for effect in shapley([(Fraction(10), Fraction(12)), (Fraction(3), Fraction(5))])]
['8', '22']
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import factorial, lcm, prod

NONE, ONE = Fraction(0), Fraction(1)

# Its value before and after.
Factor = tuple[Fraction, Fraction]


def shapley(factors: Sequence[Factor]) -> tuple[Fraction, ...]:
    """The effect of each factor on their product; they sum exactly to its change."""
    moved = [factor for factor in factors if factor[0] != factor[1]]
    scale = prod((before for before, after in factors if before == after), start=ONE)
    # Whole numbers over one denominator: fractions would be reduced at each step.
    below = [lcm(before.denominator, after.denominator) for before, after in moved]
    whole = [
        (int(before * by), int(after * by))
        for (before, after), by in zip(moved, below, strict=True)
    ]
    divisor = scale.denominator * factorial(len(moved)) * prod(below)
    effects = (Fraction(scale.numerator * _effect(whole, at), divisor) for at in range(len(moved)))
    return tuple(NONE if before == after else next(effects) for before, after in factors)


def _effect(factors: Sequence[tuple[int, int]], moved: int) -> int:
    """The effect of one factor times n!."""
    before, after = factors[moved]
    sums = _sums_by_moved([*factors[:moved], *factors[moved + 1 :]])
    weighted = (value * weight for value, weight in zip(sums, _weights(len(factors)), strict=True))
    return (after - before) * sum(weighted)


@cache
def _weights(factors: int) -> tuple[int, ...]:
    """M! (n-1-m)! for m = 0 to n-1."""
    others = factors - 1
    return tuple(factorial(count) * factorial(others - count) for count in range(factors))


def _sums_by_moved(factors: Sequence[tuple[int, int]]) -> list[int]:
    """P_0, P_1, ...: the coefficients of the product of (before + after * z)."""
    sums = [1]
    for before, after in factors:
        stayed = [*(value * before for value in sums), 0]
        went = [0, *(value * after for value in sums)]
        sums = [one + other for one, other in zip(stayed, went, strict=True)]
    return sums
