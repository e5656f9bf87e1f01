# SPDX-License-Identifier: Apache-2.0
"""What is known of an SLO's days at one instant?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate, islice, repeat
from operator import add, attrgetter

from cost_slo.domain.arrival import arrived
from cost_slo.domain.ledger import DayAmounts, as_known_at, in_order, revise
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Month, Period, complete_through, midnight
from cost_slo.domain.plan import LEAST_HISTORY, History
from cost_slo.domain.spec import Slo
from cost_slo.domain.spend import Charged, CostReading, Observation, UnitReading, by_day, charged


@dataclass(frozen=True, slots=True)
class SpendSeries:
    """The newest observation of each day, and how far the source reaches.

    `before` is what was known of each day when the window began. `charged_through` is the
    exclusive end of the last day with charges in the source, `data_through` the exclusive end of
    the last complete one. A day without an observation before `charged_through` had no charge in
    scope. `window` is the month being judged. `arrived` is the share that can have arrived of each
    day from `data_through` on.
    """

    days: Mapping[date, Observation]
    before: Mapping[date, Observation]
    charged_through: date
    data_through: date
    window: Period
    arrived: tuple[float, ...] = ()

    @property
    def elapsed(self) -> Period:
        """The complete days of the window."""
        return Period(self.window.start, max(self.data_through, self.window.start))

    @property
    def history(self) -> History:
        """Usage of the complete days before the window, as known when it began."""
        end = self.window.start - DAY
        start = min(self.before, default=end)
        return History(start, _usage(self.before, Period(start, max(start, end))))

    def usage_by_day(self, period: Period) -> tuple[float, ...]:
        """Usage of each day, as floats for rates; a day without a charge used nothing."""
        return _usage(self.days, period)

    def charged(self, period: Period) -> Charged:
        """What the days of the period amount to."""
        return charged(self.observed(period))

    def total(self, period: Period) -> Decimal:
        """Everything charged in the period, lumps and credits included."""
        return self.charged(period).total

    def observed(self, period: Period) -> list[Observation]:
        """Observations inside the period, in order of days."""
        return list(filter(None, map(self.days.get, _dates(period))))


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
    series = series_of((*known, *added), charged_through, data_through)
    incomplete = Period(data_through, charged_through)
    shares = arrived((*known, *added), incomplete, as_of, is_sampled=True)
    return replace(series, arrived=shares), added


def series_of(
    observations: Sequence[Observation],
    charged_through: date,
    data_through: date,
    window: Period | None = None,
) -> SpendSeries:
    """The series that observations make; the window is the month of the last complete day.

    The history is frozen as it was known when the window began; where too little was known by
    then (a first run), it is what is known now.
    """
    window = window or Month.of_last_day_before(data_through)
    rows = in_order(observations)
    past = rows[: bisect_left(rows, window.start, key=attrgetter("day"))]
    frozen = _newest(as_known_at(past, midnight(window.start)))
    before = frozen if len(frozen) >= LEAST_HISTORY else _newest(past)
    return SpendSeries(_newest(rows), before, charged_through, data_through, window)


def _newest(ordered: Iterable[Observation]) -> dict[date, Observation]:
    return {seen.day: seen for seen in ordered}


def _usage(days: Mapping[date, Observation], period: Period) -> tuple[float, ...]:
    return tuple([float(seen.usage) if seen else 0.0 for seen in map(days.get, _dates(period))])


def _dates(period: Period) -> Iterator[date]:
    return islice(accumulate(repeat(DAY), add, initial=period.start), max(period.days, 0))


def _amounts(
    money: Mapping[date, tuple[Decimal, Decimal, Decimal]], units: Mapping[date, Decimal]
) -> dict[date, DayAmounts]:
    nothing = (ZERO, ZERO, ZERO)
    return {
        day: DayAmounts(*money.get(day, nothing), units=units.get(day))
        for day in sorted({*money, *units})
    }
