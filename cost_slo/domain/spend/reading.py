# SPDX-License-Identifier: Apache-2.0
"""What was charged, day by day, in the scope of an SLO?

A *lump* is a charge that does not accrue with usage: FOCUS `ChargeCategory` other than Usage,
or `ChargeFrequency` other than Usage-Based. Positive lumps and negative ones (credits, refunds)
are kept apart; both count toward spend, neither toward burn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, localcontext

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.exact import EXACT, total
from cost_slo.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class DailySpend:
    """What one service charged in one SLO's scope on one UTC day (by start of the charge)."""

    day: date
    service: str
    usage: Decimal = ZERO
    lumps: Decimal = ZERO
    credits: Decimal = ZERO
    rows: int = 0

    @property
    def total(self) -> Decimal:
        """Everything charged; credits are negative."""
        return total((self.usage, self.lumps, self.credits))


@dataclass(frozen=True, slots=True)
class ScopeCount:
    """Where the rows of a bill went, for one SLO; the four figures add up to the rows read."""

    in_scope: int
    outside_scope: int
    other_category: int
    after_as_of: int


@dataclass(frozen=True, slots=True)
class ChargeCount:
    """Every row read, whatever its date or scope. `cost_total` is BilledCost by currency."""

    rows: int
    cost_total: Mapping[str, Decimal]
    in_some_scope: int
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class CostReading:
    """One reading of a bill, aggregated to days in each SLO's scope.

    `spend` and `scopes` are keyed by SLO name. `charged_through` is the exclusive end of the
    last day before `as_of` with any charge in the source, None without one. `estimated_from` is
    the first day the source itself calls estimated. `notes` are sentences a reader must see
    (superseded export versions, unreadable rows). `requests` are paid requests made. `covers_from`
    is the first day the reading tells about, by SLO name, where it left settled days out; `scopes`
    is empty where a source counts no rows. Where it is not told `by_service`, `service` is "".
    `monthly` are the SLOs whose usage comes as one amount a month, and the exclusive end of the
    newest charge period of each.
    `failures` are the SLOs that could not be read, which are not in `spend`. `requests_month` is
    how many paid requests the month of `as_of` has had, `requests_cap` how many it may have.
    `scope_notes` are, by SLO name, sentences without a stop about what its scope does not find.
    """

    charges: ChargeCount
    spend: Mapping[str, tuple[DailySpend, ...]]
    scopes: Mapping[str, ScopeCount]
    charged_through: date | None
    description: str
    estimated_from: date | None = None
    notes: tuple[str, ...] = ()
    requests: int = 0
    request_cost: Decimal = ZERO
    covers_from: Mapping[str, date] = field(default_factory=dict)
    by_service: bool = True
    failures: Mapping[str, CostSloError] = field(default_factory=dict)
    requests_month: int | None = None
    requests_cap: int | None = None
    scope_notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    monthly: Mapping[str, date] = field(default_factory=dict)

    def complete(self) -> CostReading:
        """Itself where every SLO could be read; raises the first error where one could not."""
        for error in self.failures.values():
            raise error
        return self


@dataclass(frozen=True, slots=True)
class UnitReading:
    """Units by UTC day; a day that is absent is unknown, not zero."""

    units: Mapping[date, Decimal]
    description: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What a day of a series amounted to, as seen at one instant; a ledger row, never edited.

    `units` is None when they were not known. `revision` counts from 1 for each series and day.
    """

    series: str
    day: date
    usage: Decimal
    lumps: Decimal
    credits: Decimal
    units: Decimal | None
    estimated: bool
    observed_at: datetime
    revision: int

    @property
    def total(self) -> Decimal:
        """Everything charged; credits are negative."""
        return total((self.usage, self.lumps, self.credits))


@dataclass(frozen=True, slots=True)
class Charged:
    """What several days amount to; `lumps` are the positive ones, credits are negative."""

    usage: Decimal
    lumps: Decimal
    credits: Decimal

    @property
    def total(self) -> Decimal:
        """Everything charged."""
        return total((self.usage, self.lumps, self.credits))


def charged(days: Sequence[Observation]) -> Charged:
    """The sum of observations."""
    return Charged(
        total(seen.usage for seen in days),
        total(seen.lumps for seen in days),
        total(seen.credits for seen in days),
    )


def by_day(spend: Iterable[DailySpend]) -> dict[date, tuple[Decimal, Decimal, Decimal]]:
    """Usage, lumps and credits of each day with a charge, ordered by day."""
    days: defaultdict[date, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    with localcontext(EXACT):
        for row in spend:
            sums = days[row.day]
            sums[0] += row.usage
            sums[1] += row.lumps
            sums[2] += row.credits
    return {day: (sums[0], sums[1], sums[2]) for day, sums in sorted(days.items())}
