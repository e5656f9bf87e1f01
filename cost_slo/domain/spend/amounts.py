# SPDX-License-Identifier: Apache-2.0
"""What was charged, in three parts: usage, lumps and credits.

A *lump* is a charge that does not accrue with usage: FOCUS `ChargeCategory` other than Usage,
or `ChargeFrequency` other than Usage-Based. Positive lumps and negative ones (credits, refunds)
are kept apart; both count toward spend, neither toward burn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from cost_slo.domain.exact import EXACT, total
from cost_slo.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class Amounts:
    """Usage, lumps (never negative) and credits (never positive)."""

    usage: Decimal = ZERO
    lumps: Decimal = ZERO
    credits: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return total((self.usage, self.lumps, self.credits))

    @property
    def has_money(self) -> bool:
        return any((self.usage, self.lumps, self.credits))


def summed(parts: Iterable[Amounts]) -> Amounts:
    """The sum, to the last digit."""
    usage = lumps = credit = ZERO
    with localcontext(EXACT):
        for each in parts:
            usage += each.usage
            lumps += each.lumps
            credit += each.credits
    return Amounts(usage, lumps, credit)
