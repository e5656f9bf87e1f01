# SPDX-License-Identifier: Apache-2.0
"""The change of a product, shared among its factors."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import permutations
from math import factorial, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.shapley import Factor, shapley

small = st.integers(-9, 9).map(Decimal)
products = st.lists(st.tuples(small, small), min_size=1, max_size=4)


def by_definition(factors: list[Factor]) -> list[Fraction]:
    """Average what each move adds, over all orders of moving."""
    effects = [Fraction(0)] * len(factors)
    for order in permutations(range(len(factors))):
        at = [Fraction(before) for before, _ in factors]
        for moved in order:
            then = prod(at)
            at[moved] = Fraction(factors[moved][1])
            effects[moved] += prod(at) - then
    return [effect / factorial(len(factors)) for effect in effects]


@given(products)
def test_the_closed_form_is_the_average_over_all_orders(factors: list[Factor]) -> None:
    with localcontext(prec=80):
        closed = shapley(factors)

    assert [float(effect) for effect in closed] == pytest.approx(
        [float(effect) for effect in by_definition(factors)], abs=1e-12
    )


@given(products)
def test_effects_change_sign_when_before_and_after_are_swapped(factors: list[Factor]) -> None:
    swapped = shapley([(after, before) for before, after in factors])

    assert all(
        abs(one + other) < Decimal("1E-15")
        for one, other in zip(shapley(factors), swapped, strict=True)
    )


def test_a_factor_that_did_not_move_leaves_the_others_what_they_are_without_it() -> None:
    two = [(Decimal(10), Decimal(12)), (Decimal(3), Decimal(5))]
    constant = (Decimal(2), Decimal(2))

    # Midpoint formula: (12 - 10) x (3 + 5) / 2 = 8 and (5 - 3) x (10 + 12) / 2 = 22.
    assert list(shapley(two)) == [8, 22]
    assert list(shapley([two[0], constant, two[1]])) == [16, 0, 44]


def test_zeros_are_values_like_any_other() -> None:
    # Both orders: a first adds 0 then b adds 12, b first adds 0 then a adds 12.
    assert list(shapley([(Decimal(0), Decimal(3)), (Decimal(0), Decimal(4))])) == [6, 6]
