# SPDX-License-Identifier: Apache-2.0
"""What usage do we expect on each day of the window?

A learned plan is frozen at the month's start, from history as it was known then (at least 28
complete days, 56 used):

    median of the weekday x level (median of the last 14 days relative to it) x damped trend

The trend is the Theil-Sen slope over weekly medians, carried to mid-month, halved and held within
5 %. An unlabelled lump that came back after a month twice or more is planned on the day when
it falls next and taken out of the history. With `plan: none`, or too little history, every day's
plan is zero; an amount is spread by the shape of the week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import fsum
from operator import sub
from typing import Literal

from cost_slo.domain.period import DAY, Period
from cost_slo.domain.statistics import median, relative_to, spread, theil_sen

WEEK_DAYS = 7
LEAST_HISTORY = 28
USED_HISTORY = 56
LEVEL_DAYS = 14
TREND_WEEKS = 8
TREND_DAMPING = 0.5
TREND_BOUND = 0.05
LUMP_SIGMAS = 5
LUMP_SHARE = 0.10
MONTH_LENGTHS = range(28, 32)


@dataclass(frozen=True, slots=True)
class History:
    """Usage of consecutive complete days before the window, oldest first."""

    start: date
    usage: tuple[float, ...]

    @property
    def end(self) -> date:
        return self.start + len(self.usage) * DAY

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Plan:
    """Expected usage, day by day, in the spec's currency.

    `week` is the plan of an ordinary Monday to Sunday in the window, `before` the factor that
    takes it back to the days before the window, `extra` the recurring unlabelled lumps.
    `cleaned` is the history without those lumps.
    """

    basis: Literal["learned", "none", "amount"]
    window: Period
    week: tuple[float, ...]
    before: float = 1.0
    extra: dict[date, float] = field(default_factory=dict)
    cleaned: History | None = None

    def over(self, period: Period) -> list[float]:
        """The expected usage of each day of a period, in the window or shortly before it."""
        usual = repeated(self.week, period.start, period.days)
        early = max((self.window.start - period.start).days, 0)
        expected = [amount * self.before for amount in usual[:early]] + usual[early:]
        for day, lump in self.extra.items():
            if day in self.window and day in period:
                expected[(day - period.start).days] += lump
        return expected

    def day(self, day: date) -> float:
        return self.over(Period(day, day + DAY))[0]

    @property
    def month(self) -> float:
        """The expected usage of the whole window."""
        return fsum(self.over(self.window))


def repeated(week: Sequence[float], start: date, days: int) -> list[float]:
    """The values of a week, Monday first, repeated over `days` consecutive days."""
    first = start.weekday()
    return [week[day % WEEK_DAYS] for day in range(first, first + days)]


def no_plan(window: Period) -> Plan:
    """A plan of zero: every charge is excess, and the whole objective is the error budget."""
    return Plan("none", window, (0.0,) * WEEK_DAYS)


def learned_plan(history: History, window: Period) -> Plan:
    """The plan learned from history; no plan if it has fewer than 28 days, or no usage."""
    if len(history.usage) < LEAST_HISTORY:
        return no_plan(window)
    shape = _week(history)
    if not any(shape):
        return no_plan(window)
    level = _level(history, shape)
    lumps = _recurring_lumps(history, shape, level)
    cleaned = history
    if lumps:
        cleaned = _without(history, lumps, shape, level)
        shape = _week(cleaned)
        level = _level(cleaned, shape)
    trend = _trend(cleaned, shape, window)
    week = tuple(usual * level * (1 + trend) for usual in shape)
    if not any(week):
        return no_plan(window)
    return Plan("learned", window, week, 1 / (1 + trend), _next_lumps(lumps, window), cleaned)


def amount_plan(amount: float, history: History, window: Period) -> Plan:
    """A declared amount a month, spread like a usual week if history shows one."""
    known = learned_plan(history, window)
    even = replace(known, basis="amount", before=1.0, extra={})
    total = even.month
    if total <= 0:
        return Plan("amount", window, (amount / window.days,) * WEEK_DAYS)
    week = tuple(usual * amount / total for usual in even.week)
    return replace(even, week=week)


def _week(history: History) -> tuple[float, ...]:
    """The median of each weekday over the days used, Monday first; an idle weekday has 0."""
    recent = history.usage[-USED_HISTORY:]
    first = history.end.weekday() - len(recent)
    return tuple(
        max(median(recent[(day - first) % WEEK_DAYS :: WEEK_DAYS]), 0.0) for day in range(WEEK_DAYS)
    )


def _relative(history: History, shape: Sequence[float], days: int) -> list[float]:
    """The last days, in whole weeks, relative to their weekday's median."""
    return relative_to(repeated(shape, history.end, days), history.usage[-days:])


def _level(history: History, shape: Sequence[float]) -> float:
    return max(median(_relative(history, shape, LEVEL_DAYS)), 0.0)


def _trend(history: History, shape: Sequence[float], window: Period) -> float:
    """The damped change from the last level to the middle of the window, as a share."""
    weeks = min(TREND_WEEKS, len(history.usage) // WEEK_DAYS)
    relative = _relative(history, shape, weeks * WEEK_DAYS)
    medians = [median(relative[week * WEEK_DAYS : (week + 1) * WEEK_DAYS]) for week in range(weeks)]
    ahead = (window.start + timedelta(days=window.days / 2) - history.end).days / WEEK_DAYS + 1
    return max(-TREND_BOUND, min(TREND_BOUND, TREND_DAMPING * theil_sen(medians) * ahead))


def _recurring_lumps(history: History, shape: Sequence[float], level: float) -> dict[date, float]:
    """Days far above their weekday that have a similar one about a month before or after."""
    days = repeated(shape, history.start, len(history.usage))
    usual = [weekday * level for weekday in days]
    above = list(map(sub, history.usage, usual))
    recent = above[-USED_HISTORY:]
    least = median(recent) + LUMP_SIGMAS * spread(recent)
    found = {
        history.start + offset * DAY: excess
        for offset, excess in enumerate(above)
        if excess > least and excess > LUMP_SHARE * usual[offset]
    }
    return {day: excess for day, excess in found.items() if _has_fellow(day, found)}


def _has_fellow(day: date, found: dict[date, float]) -> bool:
    fellows = [other for other in found if abs((other - day).days) in MONTH_LENGTHS]
    return any(_alike(found[day], found[other]) for other in fellows)


def _alike(one: float, other: float) -> bool:
    return min(one, other) >= max(one, other) / 2


def _without(
    history: History, lumps: dict[date, float], shape: Sequence[float], level: float
) -> History:
    usage = list(history.usage)
    for day in lumps:
        usage[(day - history.start).days] = shape[day.weekday()] * level
    return History(history.start, tuple(usage))


def _next_lumps(lumps: dict[date, float], window: Period) -> dict[date, float]:
    """The next day of each lump: the same day of the month, or after the same number of days."""
    expected: dict[date, float] = {}
    for day in sorted(lumps):
        for other in lumps:
            if (day - other).days in MONTH_LENGTHS:
                same = day.day == other.day
                coming = _day_of_month(window, day.day) if same else day + (day - other)
                if coming in window and (coming - day).days in MONTH_LENGTHS:
                    expected[coming] = lumps[day]
    return expected


def _day_of_month(window: Period, number: int) -> date:
    return window.start + (min(number, window.days) - 1) * DAY
