# SPDX-License-Identifier: Apache-2.0
"""What does the provider forecast, and what does it say has changed?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Month, Period
from cost_slo.domain.spend.cube import Where
from cost_slo.domain.wording import day, money


@dataclass(frozen=True, slots=True)
class RestOfMonth:
    """What the days of `period`, the rest of a month, are expected to cost.

    `low` and `high` hold the truth four times in five. What was spent before `period` is not in it.
    `requests` were paid for it.
    """

    period: Period
    mean: Decimal
    low: Decimal
    high: Decimal
    currency: str
    requests: int = 0
    request_cost: Decimal = ZERO

    def said(self, spent: Decimal, ours: Decimal | None) -> str:
        """The forecast of the whole month, beside ours; `spent` is what it has cost before."""
        whole, low, high = (
            money(spent + part, self.currency) for part in (self.mean, self.low, self.high)
        )
        beside = f"; we estimate {money(ours, self.currency)}" if ours is not None else ""
        arrived = f"with what has arrived of the days before {day(self.period.start)}"
        return f"AWS expects the month to end at {whole} ({low} to {high}), {arrived}{beside}"


@dataclass(frozen=True, slots=True)
class NoOpinion:
    """Why there is no forecast."""

    reason: str

    def said(self, spent: Decimal, ours: Decimal | None) -> str:
        del spent, ours
        return f"AWS gives no forecast: {self.reason}"


@dataclass(frozen=True, slots=True)
class MonthChange:
    """What a part of the spend cost in two months; dimensions are named as in a `Cube`.

    `kind` and `name` are the nature of the change, if the source reports it.
    """

    where: Where
    before: Decimal
    after: Decimal
    kind: str = ""
    name: str = ""

    @property
    def difference(self) -> Decimal:
        """The later month's cost less the earlier month's."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class MonthsCompared:
    """Two calendar months: the total, its parts and their drivers, in the source's order."""

    before: Month
    after: Month
    currency: str
    parts: tuple[MonthChange, ...]
    drivers: tuple[MonthChange, ...]

    @property
    def difference(self) -> Decimal:
        return sum((part.difference for part in self.parts), ZERO)
