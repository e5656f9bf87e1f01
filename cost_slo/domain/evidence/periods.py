# SPDX-License-Identifier: Apache-2.0
"""Which days of an SLO are held against which, to say what changed?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cost_slo.domain.period import Month, Period
from cost_slo.domain.verdict.figures import Figures

RECENT = timedelta(days=7)
LATELY = timedelta(days=3)


def compared_periods(
    first: date, figures: Figures, as_of: datetime
) -> tuple[Period, Period] | None:
    """The window so far and the same days of the month before, else the last two weeks.

    `first` is the first day that is known. A day counts once it ended, complete or not: an alarm
    may rest on it. One amount a month is compared with the month before, once it is whole.
    None where what is known does not reach back far enough to compare.
    """
    if figures.monthly:
        month, before = figures.window, Month.of_last_day_before(figures.window.start)
        is_whole = figures.data_through >= month.end
        return (month, before) if is_whole and first <= before.start else None
    ended = min(figures.estimated_through, as_of.date(), figures.window.end)
    end = max(ended, figures.data_through)
    so_far = Period(figures.window.start, end)
    month_before = Month.of_last_day_before(so_far.start)
    same_days = Period(month_before.start, min(month_before.start + so_far.length, so_far.start))
    fortnight = (Period(end - RECENT, end), Period(end - 2 * RECENT, end - RECENT))
    for window, baseline in ((so_far, same_days), fortnight):
        if first <= baseline.start:
            return window, baseline
    return None


def recent_periods(first: date, figures: Figures) -> tuple[Period, Period] | None:
    """The last complete days against the month before: what a day costs at today's volume.

    None where the bill does not reach back far enough to compare.
    """
    if figures.monthly:
        return None
    window = Period(figures.data_through - LATELY, figures.data_through)
    baseline = Month.of_last_day_before(figures.window.start)
    if first > baseline.start or window.start < baseline.end:
        return None
    return window, baseline
