# SPDX-License-Identifier: Apache-2.0
"""Which days is a window compared with, and how do they count?

Months are compared as billed. A baseline of whole weeks counts each weekday as often as the window
has it; any other one is scaled to the window's days.

>>> window = Period(date(2026, 9, 7), date(2026, 9, 9))
>>> usual_baseline(window, date(2026, 6, 1))
Period(start=datetime.date(2026, 8, 10), end=datetime.date(2026, 9, 7))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.exact import EXACT, total
from cost_slo.domain.period import DAY, Month, Period
from cost_slo.domain.scale import scaled
from cost_slo.domain.wording import day, days

ONE_WEEK = timedelta(days=7)
WEEKDAYS = range(1, 8)
MOST_WEEKS, FEWEST_WEEKS = 4, 2


class Scaling(StrEnum):
    """How a baseline is made comparable with a window."""

    AS_BILLED = "as_billed"
    WEEKDAYS = "weekdays"
    DAYS = "days"


@dataclass(frozen=True)
class Weights:
    """How often each day of a baseline counts: `shares[weekday] / divisor`; Monday is 1."""

    shares: Mapping[int, int]
    divisor: int

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """The different shares above zero, smallest first."""
        return tuple(sorted({share for share in self.shares.values() if share}))

    def weekdays(self, level: int) -> tuple[int, ...]:
        """The weekdays of one share."""
        return tuple(weekday for weekday, share in self.shares.items() if share == level)

    def scaled(self, parts: Sequence[Sequence[Decimal | None]]) -> tuple[Decimal, ...]:
        """What each part of the baseline amounts to, from its sum at each of the `levels`.

        Together they are the whole, scaled once; see `scale.scaled`.
        """
        return scaled([self._weighted(sums) for sums in parts], 1, self.divisor)

    def _weighted(self, sums: Sequence[Decimal | None]) -> Decimal:
        pairs = zip(self.levels, sums, strict=True)
        return total(EXACT.multiply(part, level) for level, part in pairs if part is not None)


def scaling(window: Period, baseline: Period) -> Scaling:
    """By which rule a baseline is scaled to a window."""
    if baseline.days == window.days or months(window) == months(baseline) != 0:
        return Scaling.AS_BILLED
    return Scaling.DAYS if baseline.days % ONE_WEEK.days else Scaling.WEEKDAYS


def weights(window: Period, baseline: Period) -> Weights:
    """How the days of a baseline count for a window."""
    rule = scaling(window, baseline)
    if rule is Scaling.WEEKDAYS:
        met = Counter(on.isoweekday() for on in window.dates)
        return Weights({each: met[each] for each in WEEKDAYS}, baseline.days // ONE_WEEK.days)
    if rule is Scaling.DAYS:
        return Weights(dict.fromkeys(WEEKDAYS, window.days), baseline.days)
    return Weights(dict.fromkeys(WEEKDAYS, 1), 1)


def usual_baseline(window: Period, first: date, instead: str = "name one with --from") -> Period:
    """The default baseline of a window: the weeks before, or the months before.

    Whole months are compared with as many months before. Anything else is compared with the four
    weeks before its own, or as many as the bill has from its `first` day on, two at least.
    CostDataError if it has less; `instead` says what to do then.
    """
    if count := months(window):
        start = window.start
        for _ in range(count):
            start = Month.of_last_day_before(start).start
        baseline = Period(start, window.start)
        if start < first:
            raise _too_short(first, baseline, instead)
        return baseline
    for weeks in range(MOST_WEEKS, FEWEST_WEEKS - 1, -1):
        if window.start - weeks * ONE_WEEK >= first:
            return Period(window.start - weeks * ONE_WEEK, window.start)
    raise _too_short(first, Period(window.start - FEWEST_WEEKS * ONE_WEEK, window.start), instead)


def months(period: Period) -> int:
    """The number of calendar months; 0 if they are not whole."""
    if period.start.day != 1 or period.end.day != 1 or not period.days:
        return 0
    return 12 * (period.end.year - period.start.year) + period.end.month - period.start.month


def _too_short(first: date, wanted: Period, instead: str) -> CostDataError:
    return CostDataError(
        f"the baseline ({days(wanted.start, wanted.end - DAY)}) starts before the bill does "
        f"({day(first)}); {instead}"
    )
