# SPDX-License-Identifier: Apache-2.0
"""Amounts are exact decimals: zero, and their text for machines."""

from __future__ import annotations

from decimal import Decimal

ZERO = Decimal(0)


def plain(amount: Decimal) -> str:
    """Text of an amount with all its digits, no exponent and no trailing zeros.

    >>> plain(Decimal("20.520000")), plain(Decimal("1E+3")), plain(Decimal("-0.00"))
    ('20.52', '1000', '0')
    """
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
