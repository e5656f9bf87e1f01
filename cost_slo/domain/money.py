# SPDX-License-Identifier: Apache-2.0
"""How much, in which currency?

Amounts are exact decimals; a `Money` is never a bare number and never mixes currencies.

>>> Money.of("30", "USD") - Money.of("24", "USD")
Money(amount=Decimal('6'), currency='USD')
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Build from exact text or a whole number; TypeError for a float, which is not exact."""
        if isinstance(amount, float):
            message = f"{amount!r} is a float, which is not exact; give text, an int or a Decimal"
            raise TypeError(message)
        return cls(Decimal(amount), currency)

    def __add__(self, other: Money) -> Money:
        """Sum; ValueError when the currencies differ."""
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Difference; ValueError when the currencies differ."""
        return Money(self.amount - self._same(other), self.currency)

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            message = f"{self.currency} and {other.currency} do not add up without a rate"
            raise ValueError(message)
        return other.amount


def plain(amount: Decimal) -> str:
    """Text of an amount with all its digits, no exponent and no trailing zeros.

    >>> plain(Decimal("20.520000")), plain(Decimal("1E+3")), plain(Decimal("-0.00"))
    ('20.52', '1000', '0')
    """
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
