# SPDX-License-Identifier: Apache-2.0
"""How many decimals do amounts of a currency have?

ISO 4217:2015, list one (currency, fund and precious metal codes), column "Mnr unt", as published by
its maintenance agency, SIX: https://www.six-group.com/en/products-services/financial-information/data-standards.html
Currencies that are not listed here have two decimals, and so do virtual ones, such as credits
(FOCUS CurrencyFormat), whose decimals are not published.
"""

from __future__ import annotations

from decimal import Decimal

_USUAL = 2

_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS = {code: decimals for decimals, codes in _CODES.items() for code in codes.split()}


def decimals(currency: str) -> int:
    """How many decimals an amount has.

    >>> decimals("USD"), decimals("JPY"), decimals("KWD"), decimals("DBU")
    (2, 0, 3, 2)
    """
    return _DECIMALS.get(currency, _USUAL)


def smallest(currency: str) -> Decimal:
    """The smallest amount that can be paid: a cent, a yen.

    >>> smallest("USD"), smallest("JPY")
    (Decimal('0.01'), Decimal('1'))
    """
    return Decimal(1).scaleb(-decimals(currency))
