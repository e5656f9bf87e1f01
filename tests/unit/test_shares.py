# SPDX-License-Identifier: Apache-2.0
"""Rounded parts that still add up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.exact import total
from cost_slo.domain.shares import apportioned

CENT = Decimal("0.01")
amounts = st.decimals(-10_000, 10_000, places=6)


@given(st.lists(amounts, min_size=1, max_size=8))
def test_rounded_parts_sum_to_the_rounded_total_each_within_a_step(parts: list[Decimal]) -> None:
    total = sum(parts, Decimal(0)).quantize(CENT)

    rounded = apportioned(parts, total, CENT)

    assert sum(rounded) == total
    assert all(abs(a - b) < CENT for a, b in zip(parts, rounded, strict=True))


@given(st.lists(amounts, min_size=1, max_size=8))
def test_parts_of_the_other_sign_round_to_the_other_sign(parts: list[Decimal]) -> None:
    total = sum(parts, Decimal(0)).quantize(CENT)

    rounded = apportioned(parts, total, CENT)

    negated = apportioned([-part for part in parts], -total, CENT)
    assert negated == tuple(-part for part in rounded)


def test_the_step_that_is_missing_goes_to_the_part_that_lost_most() -> None:
    parts = [Decimal("1.003"), Decimal("1.004"), Decimal("1.003")]

    # 1.00 + 1.00 + 1.00 = 3.00, but the parts sum to 3.01.
    assert list(apportioned(parts, Decimal("3.01"), CENT)) == [1, Decimal("1.01"), 1]


def test_a_part_that_needs_no_rounding_keeps_its_value() -> None:
    parts = [Decimal("0.005"), Decimal("5.00"), Decimal("0.005")]

    assert list(apportioned(parts, Decimal("5.01"), CENT)) == [Decimal("0.01"), 5, 0]


def test_equal_remainders_are_served_in_order() -> None:
    rounded = apportioned([Fraction(1, 3)] * 3, Decimal(1), CENT)

    assert rounded == (Decimal("0.34"), Decimal("0.33"), Decimal("0.33"))


def test_parts_far_larger_than_their_sum_need_no_precision() -> None:
    parts = [Fraction(10**60) / 7, -Fraction(10**60) / 7, Fraction(1, 3), Fraction(2, 3)]

    rounded = apportioned(parts, Decimal(1), Decimal("1E-40"))

    assert total(rounded) == 1
    assert total(rounded[:2]) == 0
