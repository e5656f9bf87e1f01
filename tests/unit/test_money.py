# SPDX-License-Identifier: Apache-2.0
"""The text of an amount loses nothing."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain import money
from cost_slo.domain.money import plain

cents = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(money).failed == 0


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


@given(cents)
def test_plain_text_reads_back_as_the_same_amount(amount: Decimal) -> None:
    assert Decimal(plain(amount)) == amount
