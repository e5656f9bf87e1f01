# SPDX-License-Identifier: Apache-2.0
"""What is known of an SLO's days at one instant?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from cost_slo.domain.ledger import DayAmounts, as_known_at, latest, revise
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Month, Period, complete_through
from cost_slo.domain.spec import Slo
from cost_slo.domain.spend import CostReading, Observation, UnitReading, by_day


@dataclass(frozen=True, slots=True)
class SpendSeries:
    """The newest observation of each day, and how far the source reaches.

    `charged_through` is the exclusive end of the last day with charges in the source,
    `data_through` the exclusive end of the last complete one. A day without an observation
    before `charged_through` had no charge in scope.
    """

    days: Mapping[date, Observation]
    charged_through: date
    data_through: date

    @property
    def window(self) -> Month:
        """The month being judged: that of the last complete day."""
        return Month.of_last_day_before(self.data_through)

    def observed(self, period: Period) -> list[Observation]:
        """Observations inside the period, in order of days."""
        return [seen for day, seen in sorted(self.days.items()) if day in period]

    def total(self, period: Period) -> Decimal:
        """Everything charged in the period, lumps and credits included."""
        return sum((seen.total for seen in self.observed(period)), ZERO)

    def usage(self, period: Period) -> Decimal:
        """What accrued with usage in the period."""
        return sum((seen.usage for seen in self.observed(period)), ZERO)


def observe(
    slo: Slo,
    reading: CostReading,
    units: UnitReading | None,
    *,
    ledger: Sequence[Observation],
    as_of: datetime,
) -> tuple[SpendSeries | None, tuple[Observation, ...]]:
    """The series as known at `as_of`, and the observations the reading adds to the ledger.

    None where neither the reading nor the ledger has a charge in scope.
    """
    days = _amounts(by_day(reading.spend[slo.name]), units.units if units else {})
    charged = [day + DAY for day, amounts in days.items() if amounts.has_money]
    known = as_known_at(ledger, as_of)
    ends = [*charged, *(seen.day + DAY for seen in known)]
    if not ends:
        return None, ()
    charged_through = max([*ends, *filter(None, [reading.charged_through])])
    data_through = complete_through(charged_through, as_of)
    added = revise(
        slo.series,
        known,
        days,
        observed_at=as_of,
        complete_through=data_through,
        charged_through=max([*charged, *filter(None, [reading.charged_through])], default=None),
    )
    return SpendSeries(latest((*known, *added)), charged_through, data_through), added


def _amounts(
    money: Mapping[date, tuple[Decimal, Decimal, Decimal]], units: Mapping[date, Decimal]
) -> dict[date, DayAmounts]:
    nothing = (ZERO, ZERO, ZERO)
    return {
        day: DayAmounts(*money.get(day, nothing), units=units.get(day))
        for day in sorted({*money, *units})
    }
