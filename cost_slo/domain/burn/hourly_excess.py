# SPDX-License-Identifier: Apache-2.0
"""How far above its plan is each recent hour, and how far do hours stray when nothing is wrong?

An hour's plan is its day's plan x the hour's usual share of a day, weekdays and weekends apart:
the median over the complete days of the history. A lump planned for a day is taken from that day's
excess in whichever hour it comes. Only whole hours count, up to the newest visible one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from math import fsum

from cost_slo.domain.burn.hourly_rule import DAY_HOURS
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.plan.plan import USED_HISTORY, History, Plan
from cost_slo.domain.statistics import median, spread

HOUR = timedelta(hours=1)
_SATURDAY = 5
NOTHING_SEEN = datetime(1970, 1, 1, tzinfo=UTC)
EVEN = (1 / DAY_HOURS,) * DAY_HOURS


@dataclass(frozen=True, slots=True)
class ObservedHour:
    """What the usage of the hour that starts at `hour` amounted to, from `at` on."""

    at: datetime
    hour: datetime
    amount: Decimal


@dataclass(slots=True)
class HourlyUsage:
    """Usage by hour as known so far; `through` is the exclusive end of the newest whole one."""

    days: dict[date, list[float]] = field(default_factory=dict)
    through: datetime = NOTHING_SEEN

    def learn(self, row: ObservedHour) -> None:
        """Take the hour's newest amount; one seen before it ended may still grow."""
        hours = self.days.setdefault(row.hour.date(), [0.0] * DAY_HOURS)
        hours[row.hour.hour] = float(row.amount)
        if row.hour + HOUR <= row.at:
            self.through = max(self.through, row.hour + HOUR)

    def day(self, day: date) -> Sequence[float]:
        """The day's usage, hour by hour; an hour without a charge used nothing."""
        return self.days.get(day) or [0.0] * DAY_HOURS


@dataclass(frozen=True, slots=True)
class HourlyPlan:
    """A day's plan, and the shares of its hours on a weekday and on a weekend.

    `lumps` are the amounts the plan expects, or the history held, at an hour nobody knows.
    """

    plan: Plan
    weekday: tuple[float, ...] = EVEN
    weekend: tuple[float, ...] = EVEN
    lumps: Mapping[date, float] = field(default_factory=dict)

    def excess(self, day: date, usage: Sequence[float]) -> Iterator[float]:
        """Usage above plan of each hour of a day."""
        lump = self.lumps.get(day, 0.0)
        expected = self.plan.over(Period(day, day + DAY))[0] - self.plan.extra.get(day, 0.0)
        shares = self.weekday if day.weekday() < _SATURDAY else self.weekend
        for used, share in zip(usage, shares, strict=True):
            above = used - expected * share
            taken = min(max(above, 0.0), lump)
            lump -= taken
            yield above - taken


@dataclass(frozen=True, slots=True)
class HourlyExcess:
    """Excess of consecutive hours that end at `end`; `sums` are its running sums from zero on."""

    end: datetime
    sums: tuple[float, ...]

    def total(self, hours: int) -> float | None:
        """Sum over the last `hours`, None where fewer are known."""
        return self.sums[-1] - self.sums[-1 - hours] if hours < len(self.sums) else None


def hourly_plan(plan: Plan, history: History, usage: HourlyUsage) -> HourlyPlan:
    """The hours of a plan, from the history's days whose every hour was visible."""
    recent = [history.end - back * DAY for back in range(1, USED_HISTORY + 1)]
    whole = [day for day in recent if day in usage.days and midnight(day + DAY) <= usage.through]
    weekday = _shares(usage.days[day] for day in whole if day.weekday() < _SATURDAY)
    weekend = _shares(usage.days[day] for day in whole if day.weekday() >= _SATURDAY)
    return HourlyPlan(
        plan,
        weekday or weekend or EVEN,
        weekend or weekday or EVEN,
        _taken_out(plan, history) | plan.extra,
    )


def hourly_noise(
    hourly: HourlyPlan, usage: HourlyUsage, windows: Collection[int]
) -> Mapping[int, float]:
    """The robust spread of the sums over each window of hours; zero without a history."""
    cleaned = hourly.plan.cleaned
    if cleaned is None or not any(hourly.plan.week):
        return dict.fromkeys(windows, 0.0)
    days = min(USED_HISTORY, len(cleaned.usage))
    past = _sums(hourly, usage, cleaned.end - days * DAY, midnight(cleaned.end))
    return {
        hours: spread([past[i] - past[i - hours] for i in range(hours, len(past))])
        for hours in windows
    }


def hourly_excess(
    hourly: HourlyPlan, usage: HourlyUsage, *, hours: int, end: datetime
) -> HourlyExcess | None:
    """The excess of at least the last `hours` before `end`, or of all that are known."""
    first = max(min(usage.days, default=date.max), (end - hours * HOUR).date())
    if end <= midnight(first):
        return None
    return HourlyExcess(end, tuple(_sums(hourly, usage, first, end)))


def _shares(days: Iterable[Sequence[float]]) -> tuple[float, ...]:
    """The median share of each hour of the day, adding up to 1; empty where nothing was used."""
    used = [(hours, total) for hours in days if (total := fsum(hours)) > 0]
    if not used:
        return ()
    shares = [
        max(median([hours[hour] / total for hours, total in used]), 0.0)
        for hour in range(DAY_HOURS)
    ]
    whole = fsum(shares)
    return tuple(share / whole for share in shares) if whole > 0 else ()


def _taken_out(plan: Plan, history: History) -> dict[date, float]:
    """The recurring lumps that the plan was cleaned of, by day."""
    if plan.cleaned is None:
        return {}
    pairs = zip(history.usage, plan.cleaned.usage, strict=True)
    return {
        history.start + offset * DAY: used - cleaned
        for offset, (used, cleaned) in enumerate(pairs)
        if used > cleaned
    }


def _sums(hourly: HourlyPlan, usage: HourlyUsage, first: date, end: datetime) -> list[float]:
    """Running sums of the excess of each hour from the day `first` up to `end`."""
    hours = int((end - midnight(first)) / HOUR)
    days = [first + offset * DAY for offset in range(-(-hours // DAY_HOURS))]
    each = [above for day in days for above in hourly.excess(day, usage.day(day))]
    return list(accumulate(each[:hours], initial=0.0))
