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

>>> [str(effect) for effect in shapley([(Decimal(10), Decimal(12)), (Decimal(3), Decimal(5))])]
['8.0', '22.0']
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from math import factorial, prod

from cost_slo.domain.money import ZERO

ONE = Decimal(1)

Factor = tuple[Decimal, Decimal]
"""Its value before and after."""


def shapley(factors: Sequence[Factor]) -> tuple[Decimal, ...]:
    """The effect of each factor on their product; they sum to its change, but for division.

    Computed in the precision of the caller's decimal context.
    """
    moved = [factor for factor in factors if factor[0] != factor[1]]
    scale = prod((before for before, after in factors if before == after), start=ONE) / factorial(
        len(moved)
    )
    effects = (scale * _effect(moved, at) for at in range(len(moved)))
    return tuple(ZERO if before == after else next(effects) for before, after in factors)


def _effect(factors: Sequence[Factor], moved: int) -> Decimal:
    """The effect of one factor times n!."""
    before, after = factors[moved]
    sums = _sums_by_moved([*factors[:moved], *factors[moved + 1 :]])
    weighted = (value * weight for value, weight in zip(sums, _weights(len(factors)), strict=True))
    return (after - before) * sum(weighted, ZERO)


@cache
def _weights(factors: int) -> tuple[int, ...]:
    """M! (n-1-m)! for m = 0 to n-1."""
    others = factors - 1
    return tuple(factorial(count) * factorial(others - count) for count in range(factors))


def _sums_by_moved(factors: Sequence[Factor]) -> list[Decimal]:
    """P_0, P_1, ...: the coefficients of the product of (before + after * z)."""
    sums = [ONE]
    for before, after in factors:
        stayed = [*(value * before for value in sums), ZERO]
        went = [ZERO, *(value * after for value in sums)]
        sums = [one + other for one, other in zip(stayed, went, strict=True)]
    return sums
