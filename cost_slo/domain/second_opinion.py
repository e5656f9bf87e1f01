# SPDX-License-Identifier: Apache-2.0
"""What does somebody else expect, or say has changed, beside our own figures?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cost_slo.domain.cells import Where
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Month, Period


@dataclass(frozen=True, slots=True)
class RestOfMonth:
    """What the days of `period`, the rest of a month, are expected to cost.

    `low` and `high` hold the truth four times in five. What was spent before `period` is not in it.
    """

    period: Period
    mean: Decimal
    low: Decimal
    high: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class NoOpinion:
    """Why nothing is expected."""

    reason: str


@dataclass(frozen=True, slots=True)
class MonthChange:
    """What a part of the spend cost in two months; dimensions are named as in a `Cube`.

    `kind` and `name` say of which nature the change is, where the source tells.
    """

    where: Where
    before: Decimal
    after: Decimal
    kind: str = ""
    name: str = ""

    @property
    def difference(self) -> Decimal:
        """How much more the later month cost."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class MonthsCompared:
    """Two calendar months: the whole, its parts, and what drove them, in the source's order."""

    before: Month
    after: Month
    currency: str
    parts: tuple[MonthChange, ...]
    drivers: tuple[MonthChange, ...]

    @property
    def difference(self) -> Decimal:
        """The sum of the parts' differences."""
        return sum((part.difference for part in self.parts), ZERO)
