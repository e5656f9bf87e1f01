# SPDX-License-Identifier: Apache-2.0
"""Usage, lumps and credits are one value."""

from __future__ import annotations

from decimal import Decimal

from cost_slo.domain.spend.amounts import Amounts, summed


def test_the_total_is_usage_lumps_and_negative_credits() -> None:
    assert Amounts(Decimal(10), Decimal(5), Decimal(-3)).total == 12


def test_any_part_is_money_also_if_the_total_is_zero() -> None:
    assert Amounts(lumps=Decimal(5), credits=Decimal(-5)).has_money
    assert not Amounts().has_money


def test_amounts_are_summed_part_by_part_to_the_last_digit() -> None:
    large, small = Decimal("1E+15"), Decimal("1E-30")

    found = summed([Amounts(large, Decimal(1)), Amounts(small, credits=Decimal(-2))])

    assert found == Amounts(Decimal(f"1{'0' * 15}.{'0' * 29}1"), Decimal(1), Decimal(-2))
    assert summed([]) == Amounts()
