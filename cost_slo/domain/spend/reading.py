# SPDX-License-Identifier: Apache-2.0
"""What was charged, day by day, in the scope of an SLO?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.money import ZERO
from cost_slo.domain.spend.amounts import Amounts, summed


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySpend(Amounts):
    """What one service charged in one SLO's scope on one UTC day (by start of the charge)."""

    day: date
    service: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class ScopeCount:
    """How many rows one SLO counts, and why not the others; together they are the rows read."""

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
    is the first day of the reading, by SLO name, if it left settled days out; `scopes`
    is empty if a source counts no rows. Unless spend is `by_service`, `service` is "".
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
        """The reading itself. Raises the first error if an SLO could not be read."""
        for error in self.failures.values():
            raise error
        return self


@dataclass(frozen=True, slots=True)
class UnitReading:
    """Units by UTC day; a day that is absent is unknown, not zero."""

    units: Mapping[date, Decimal]
    description: str


@dataclass(frozen=True, slots=True)
class DayAmounts(Amounts):
    """The amounts of one day in a reading; `units` is None if they are not known."""

    units: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(DayAmounts):
    """What a day of a series amounted to, as seen at one instant; a ledger row, never edited.

    `revision` counts from 1 for each series and day.
    """

    series: str
    day: date
    estimated: bool
    observed_at: datetime
    revision: int


def by_day(spend: Iterable[DailySpend]) -> dict[date, Amounts]:
    """The amounts of each day with a charge, ordered by day."""
    days: defaultdict[date, list[DailySpend]] = defaultdict(list)
    for row in spend:
        days[row.day].append(row)
    return {day: summed(rows) for day, rows in sorted(days.items())}
