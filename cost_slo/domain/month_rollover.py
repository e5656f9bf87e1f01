# SPDX-License-Identifier: Apache-2.0
"""Which month is judged, and what ends with it?

On the 1st, and until its first day is complete, the month that just ended is judged.

>>> judged_month(data_through=date(2026, 10, 1)).start
datetime.date(2026, 9, 1)
>>> judged_month(data_through=date(2026, 10, 2)).start
datetime.date(2026, 10, 1)
"""

from __future__ import annotations

from datetime import date, datetime

from cost_slo.domain.period import Month, Period, midnight


def judged_month(data_through: date) -> Month:
    """The month of the last complete day: the window."""
    return Month.of_last_day_before(data_through)


def complete_part(window: Period, data_through: date) -> Period:
    """The complete days of a window."""
    return Period(window.start, max(data_through, window.start))


def charged_part(window: Period, charged_through: date) -> Period:
    """The days of a window up to the last charge; later days wait until their month is judged."""
    return Period(window.start, max(window.start, min(charged_through, window.end)))


def is_new_month(window: Period, opened: datetime) -> bool:
    """Whether the window began after the one in which an incident opened."""
    return midnight(window.start) > opened


def ended_before(month_start: date, ended: datetime) -> bool:
    """Whether an incident ended before a month; an exclusive end at its start is before it."""
    return ended <= midnight(month_start)
