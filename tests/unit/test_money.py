# SPDX-License-Identifier: Apache-2.0
"""Money is exact, and never mixes currencies."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain import money
from cost_slo.domain.money import Money, plain

cents = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(money).failed == 0


def test_a_tenth_and_two_tenths_are_exactly_three() -> None:
    total = Money.of("0.1", "USD") + Money.of("0.2", "USD")

    assert total == Money.of("0.3", "USD")


def test_money_is_built_from_whole_numbers_and_decimals_too() -> None:
    assert Money.of(30, "USD") == Money.of(Decimal(30), "USD") == Money.of("30.00", "USD")


def test_money_is_never_built_from_a_float() -> None:
    with pytest.raises(TypeError, match=r"0\.1 is a float, which is not exact; give text"):
        Money.of(0.1, "USD")  # type: ignore[arg-type]


def test_two_currencies_are_neither_added_nor_subtracted() -> None:
    dollars, euros = Money.of("1", "USD"), Money.of("1", "EUR")

    with pytest.raises(ValueError, match="USD and EUR do not add up without a rate"):
        dollars + euros
    with pytest.raises(ValueError, match="EUR and USD do not add up without a rate"):
        euros - dollars


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0"),
        ("0.00", "0"),
        ("-0", "0"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
        ("4500.10", "4500.1"),
        ("-3.10", "-3.1"),
    ],
)
def test_plain_text_has_all_digits_and_nothing_else(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text


@given(cents, cents)
def test_what_is_added_can_be_taken_away_again(first: Decimal, second: Decimal) -> None:
    start, more = Money(first, "USD"), Money(second, "USD")

    assert (start + more) - more == start


@given(st.lists(cents, min_size=1), st.randoms(use_true_random=False))
def test_the_order_of_amounts_never_changes_their_sum(
    amounts: list[Decimal], shuffle: object
) -> None:
    shuffled = sorted(amounts, key=lambda _: shuffle.random())  # type: ignore[attr-defined]

    assert sum(map(_dollars, amounts), _dollars(0)) == sum(map(_dollars, shuffled), _dollars(0))


@given(cents)
def test_plain_text_reads_back_as_the_same_amount(amount: Decimal) -> None:
    assert Decimal(plain(amount)) == amount


def _dollars(amount: Decimal | int) -> Money:
    return Money.of(amount, "USD")
