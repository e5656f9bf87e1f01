# SPDX-License-Identifier: Apache-2.0
"""Which days can be requested, and which are needed?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from cost_slo.domain.period import DAY, Month, Period

# Whole months before the current one that are read for a new SLO.
BACKFILL_MONTHS = 5

# Months before the current one whose days Cost Explorer keeps.
_MOST_MONTHS = 13


def asked_period(names: Collection[str], as_of: datetime, open_from: Mapping[str, date]) -> Period:
    """The days that the SLOs of these names need, never outside of what Cost Explorer takes.

    From the earliest day that is open, or the start of the backfill for an SLO that is new, to the
    day of `as_of`; of which, at its first instant, nothing was charged yet.

    >>> from datetime import UTC
    >>> asked_period(["web"], datetime(2026, 11, 1, tzinfo=UTC), {"web": date(2026, 10, 1)})
    Period(start=datetime.date(2026, 10, 1), end=datetime.date(2026, 11, 1))
    """
    end = end_of(as_of)
    backfill = _months_before(as_of.date(), BACKFILL_MONTHS)
    start = min((open_from.get(name, backfill) for name in names), default=backfill)
    return Period(min(max(start, first_known(as_of)), end - DAY), end)


def end_of(as_of: datetime) -> date:
    """The exclusive end of the last day that has begun before an instant."""
    return (
        as_of.date()
        if as_of == as_of.replace(hour=0, minute=0, second=0, microsecond=0)
        else (as_of.date() + DAY)
    )


def first_known(as_of: datetime) -> date:
    """The first day that Cost Explorer still keeps."""
    return _months_before(as_of.date(), _MOST_MONTHS)


def _months_before(day: date, count: int) -> date:
    """The first day of the month `count` months before a day's."""
    start = Month.containing(day).start
    for _ in range(count):
        start = Month.of_last_day_before(start).start
    return start
