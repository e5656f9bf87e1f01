# SPDX-License-Identifier: Apache-2.0
"""What is known about an SLO's days at one instant?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter

from cost_slo.domain.month_rollover import charged_part, complete_part, judged_month
from cost_slo.domain.period import DAY, Month, Period, complete_through, midnight
from cost_slo.domain.plan.learning import EVERY_DAY_TEACHES, Learning, taught, teachers
from cost_slo.domain.plan.monthly import reaches
from cost_slo.domain.plan.plan import LEAST_HISTORY, WEEK_DAYS, History
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.amounts import Amounts, summed
from cost_slo.domain.spend.arrival import arrived
from cost_slo.domain.spend.ledger import Reach, as_known_at, in_order, revise
from cost_slo.domain.spend.reading import (
    CostReading,
    DailySpend,
    DayAmounts,
    Observation,
    UnitReading,
    by_day,
)

_DAY_OF = attrgetter("day")


@dataclass(frozen=True, slots=True)
class SpendSeries:
    """The newest observation of each day, and how far the source reaches.

    `before` is what was known of each day when the window began. Both are in order of days; see
    `in_order_of_days`. `charged_through` is the exclusive end of the last day with charges in the
    source, `data_through` the exclusive end of the last complete one. A day without an observation
    before `charged_through` had no charge in scope. `window` is the month being judged, `learning`
    which days before it teach. `arrived` is the share that can have arrived of each day from
    `data_through` on. A `monthly` series has one amount a month: nothing is learned from its days.
    """

    days: Mapping[date, Observation]
    before: Mapping[date, Observation]
    charged_through: date
    data_through: date
    window: Period
    learning: Learning = EVERY_DAY_TEACHES
    arrived: tuple[float, ...] = ()
    monthly: bool = False

    @property
    def elapsed(self) -> Period:
        """The complete days of the window."""
        return complete_part(self.window, self.data_through)

    @property
    def visible(self) -> Period:
        """The days of the window up to the last charge, complete or not."""
        return charged_part(self.window, self.charged_through)

    @property
    def history(self) -> History:
        """What the plan is learned from: the days before the window, as known when it began."""
        return taught(self.whole_history, self.learning.left_out)

    @property
    def teachers(self) -> Mapping[date, Observation]:
        """What a unit cost's plan is learned from: the same days, with their units."""
        return teachers(self.before, self.learning.left_out)

    @property
    def whole_history(self) -> History:
        """Usage of the complete days before the window that were known, days of incidents too."""
        end = self.window.start - DAY
        start, last = next(iter(self.before), end), max(self.before, default=end)
        return History(start, _usage(self.before, Period(start, max(start, min(end, last + DAY)))))

    def usage_by_day(self, period: Period) -> tuple[float, ...]:
        """Usage of each day, as floats for rates; a day without a charge used nothing."""
        return _usage(self.days, period)

    def charged(self, period: Period) -> Amounts:
        """The sum of the days of the period."""
        return summed(self.observed(period))

    def total(self, period: Period) -> Decimal:
        """Everything charged in the period, lumps and credits included."""
        return self.charged(period).total

    def observed(self, period: Period) -> list[Observation]:
        """Observations inside the period, in order of days."""
        return _within(self.days, period)


def observe(
    slo: Slo,
    reading: CostReading,
    units: UnitReading | None,
    *,
    ledger: Sequence[Observation],
    as_of: datetime,
) -> tuple[SpendSeries | None, tuple[Observation, ...]]:
    """The series as known at `as_of`, and the observations the reading adds to the ledger.

    None if neither the reading nor the ledger has a charge in scope.
    """
    period_end = reading.monthly.get(slo.name)
    if period_end is not None:
        return _observe_months(slo, reading, units, ledger, period_end, as_of)
    days = _amounts(reading.spend[slo.name], units)
    charged = [day + DAY for day, amounts in days.items() if amounts.has_money]
    known = as_known_at(ledger, as_of)
    ends = [*charged, *(seen.day + DAY for seen in known)]
    if not ends:
        return None, ()
    charged_through = max([*ends, *filter(None, [reading.charged_through])])
    data_through = complete_through(charged_through, as_of)
    reach = Reach(
        complete_through=data_through,
        charged_through=max([*charged, *filter(None, [reading.charged_through])], default=None),
        covers_from=reading.covers_from.get(slo.name),
    )
    added = revise(slo.series, known, days, reach, observed_at=as_of)
    return as_seen((*known, *added), charged_through, as_of), added


def _observe_months(
    slo: Slo,
    reading: CostReading,
    units: UnitReading | None,
    ledger: Sequence[Observation],
    period_end: date,
    as_of: datetime,
) -> tuple[SpendSeries, tuple[Observation, ...]]:
    """As `observe`, for one amount a month; the current month is estimated."""
    days = _amounts(reading.spend[slo.name], units)
    known = as_known_at(ledger, as_of)
    newest = max(day for day, amounts in days.items() if amounts.has_money)
    through = max([reaches(newest, period_end, as_of), *(seen.day + DAY for seen in known)])
    running = Month.containing(as_of.date()).start
    reach = Reach(complete_through=running, charged_through=through, by_month=True)
    added = revise(slo.series, known, days, reach, observed_at=as_of)
    return month_series((*known, *added), through), added


def month_series(observations: Sequence[Observation], charged_through: date) -> SpendSeries:
    """The series of one amount a month."""
    return replace(
        series_of(observations, charged_through, charged_through), before={}, monthly=True
    )


def as_seen(
    observations: Sequence[Observation], charged_through: date, as_of: datetime
) -> SpendSeries:
    """The series as seen at `as_of`, with the shares of days that have usually arrived by then."""
    data_through = complete_through(charged_through, as_of)
    series = series_of(observations, charged_through, data_through)
    incomplete = Period(data_through, charged_through)
    return replace(series, arrived=arrived(observations, incomplete, as_of, is_sampled=True))


def series_of(
    observations: Sequence[Observation],
    charged_through: date,
    data_through: date,
    window: Period | None = None,
) -> SpendSeries:
    """The series that observations make; the window is the month of the last complete day.

    The history is frozen as it was known when the window began; where too little was known by
    then (a first run), or nothing of its last week (no evaluation), it is what is known now.
    """
    window = window or judged_month(data_through)
    rows = in_order(observations)
    past = rows[: bisect_left(rows, window.start, key=_DAY_OF)]
    frozen = _newest(as_known_at(past, midnight(window.start)))
    before = frozen if _can_teach(frozen, window) else _newest(past)
    return SpendSeries(_newest(rows), before, charged_through, data_through, window)


def _can_teach(known: Mapping[date, Observation], window: Period) -> bool:
    recent = window.start - WEEK_DAYS * DAY
    return len(known) >= LEAST_HISTORY and max(known) >= recent


def _newest(ordered: Iterable[Observation]) -> dict[date, Observation]:
    return {seen.day: seen for seen in ordered}


def _usage(days: Mapping[date, Observation], period: Period) -> tuple[float, ...]:
    usage = [0.0] * period.days
    first = period.start.toordinal()
    for seen in _within(days, period):
        usage[seen.day.toordinal() - first] = float(seen.usage)
    return tuple(usage)


def in_order_of_days(days: Mapping[date, Observation]) -> dict[date, Observation]:
    return dict(sorted(days.items()))


def _within(days: Mapping[date, Observation], period: Period) -> list[Observation]:
    rows = list(days.values())
    first = bisect_left(rows, period.start, key=_DAY_OF)
    return rows[first : bisect_left(rows, period.end, first, key=_DAY_OF)]


def _amounts(spend: Sequence[DailySpend], units: UnitReading | None) -> dict[date, DayAmounts]:
    money, counted = by_day(spend), units.units if units else {}
    days = sorted({*money, *counted})
    return {day: _day_amounts(money.get(day, Amounts()), counted.get(day)) for day in days}


def _day_amounts(of: Amounts, units: Decimal | None) -> DayAmounts:
    return DayAmounts(of.usage, of.lumps, of.credits, units)
