# SPDX-License-Identifier: Apache-2.0
"""The change of a product, shared among its factors."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import factorial, prod

from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.drivers.effects.shapley import Factor, shapley

small = st.integers(-9, 9).map(Fraction)
products = st.lists(st.tuples(small, small), min_size=1, max_size=4)


def by_definition(factors: list[Factor]) -> list[Fraction]:
    """Average what each move adds, over all orders of moving."""
    effects = [Fraction(0)] * len(factors)
    for order in permutations(range(len(factors))):
        at = [before for before, _ in factors]
        for moved in order:
            then = prod(at)
            at[moved] = factors[moved][1]
            effects[moved] += prod(at) - then
    return [effect / factorial(len(factors)) for effect in effects]


@given(products)
def test_the_closed_form_is_the_average_over_all_orders(factors: list[Factor]) -> None:
    assert list(shapley(factors)) == by_definition(factors)


@given(products)
def test_effects_change_sign_when_before_and_after_are_swapped(factors: list[Factor]) -> None:
    swapped = shapley([(after, before) for before, after in factors])

    assert swapped == tuple(-effect for effect in shapley(factors))


def test_a_factor_that_did_not_move_leaves_the_others_what_they_are_without_it() -> None:
    two = [(Fraction(10), Fraction(12)), (Fraction(3), Fraction(5))]
    constant = (Fraction(2), Fraction(2))

    # Midpoint formula: (12 - 10) x (3 + 5) / 2 = 8 and (5 - 3) x (10 + 12) / 2 = 22.
    assert list(shapley(two)) == [8, 22]
    assert list(shapley([two[0], constant, two[1]])) == [16, 0, 44]


def test_zeros_are_values_like_any_other() -> None:
    # Both orders: a first adds 0 then b adds 12, b first adds 0 then a adds 12.
    assert list(shapley([(Fraction(0), Fraction(3)), (Fraction(0), Fraction(4))])) == [6, 6]
