# SPDX-License-Identifier: Apache-2.0
"""Which periods can be compared, if the requested ones cannot?"""

from __future__ import annotations

from cost_slo.domain.period import DAY, Month, Period

_WEEK = 7


def advice(window: Period, covered: Period, *, monthly: bool) -> str:
    """What to type instead, for a bill that covers these days, or months only.

    A window that the bill has keeps its place if there are days before it.

    >>> from datetime import date
    >>> september = Period(date(2024, 9, 1), date(2024, 10, 1))
    >>> advice(september, Period(date(2024, 9, 1), date(2024, 9, 3)), monthly=False)
    'compare --from 2024-09-01 --to 2024-09-02'
    """
    pairs = _months(covered) if monthly else _days(window, covered)
    if not pairs:
        return f"it has one {'month' if monthly else 'day'} only, so there is nothing to compare"
    typed = (
        f"--from {_typed(before, monthly=monthly)} --to {_typed(after, monthly=monthly)}"
        for before, after in pairs
    )
    return f"compare {', or '.join(typed)}"


def _days(window: Period, covered: Period) -> list[tuple[Period, Period]]:
    """The window and the days before it; else the last two weeks, and both halves."""
    if covered.start < window.start and window.end <= covered.end:
        start = max(covered.start, window.start - window.length)
        return [(Period(start, window.start), window)]
    lengths = [_WEEK] if covered.days > 2 * _WEEK else []
    lengths += [covered.days // 2] if covered.days > 1 else []
    return [_last_two(covered, length) for length in lengths]


def _last_two(covered: Period, length: int) -> tuple[Period, Period]:
    middle = covered.end - length * DAY
    return Period(middle - length * DAY, middle), Period(middle, covered.end)


def _months(covered: Period) -> list[tuple[Period, Period]]:
    last = Month.of_last_day_before(covered.end)
    before = Month.of_last_day_before(last.start)
    return [(before, last)] if covered.start <= before.start else []


def _typed(period: Period, *, monthly: bool) -> str:
    if monthly:
        return f"{period.start:%Y-%m}"
    last = period.end - DAY
    return f"{period.start}..{last}" if last > period.start else f"{last}"
