# SPDX-License-Identifier: Apache-2.0
"""Which days is a number about?

Days are UTC. Periods are half-open: `start` belongs to them, `end` does not. Three times are
never confused: `as_of` (the instant of evaluation), `data_through` (exclusive end of the last
complete charge day) and the period a number is about.

>>> month = Month.of_last_day_before(date(2026, 10, 1))
>>> month.start, month.end, month.days
(datetime.date(2026, 9, 1), datetime.date(2026, 10, 1), 30)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DAY = timedelta(days=1)
# A charge day is complete once it ended this long before `as_of` (burn-rate definitions, §3).
SETTLING = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole UTC days from `start` (inclusive) to `end` (exclusive)."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.start <= day < self.end

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    @property
    def days(self) -> int:
        """Number of days."""
        return self.length.days

    @property
    def dates(self) -> Iterator[date]:
        """Its days, in order."""
        return map(date.fromordinal, range(self.start.toordinal(), self.end.toordinal()))


class Month(Period):
    """A UTC calendar month of 28 to 31 days."""

    __slots__ = ()

    @classmethod
    def containing(cls, day: date) -> Month:
        """The month that contains the day."""
        start = day.replace(day=1)
        return cls(start, (start + 31 * DAY).replace(day=1))

    @classmethod
    def of_last_day_before(cls, end: date) -> Month:
        """The month of the last day before an exclusive end: on the 1st, the month just ended."""
        return cls.containing(end - DAY)


def midnight(day: date) -> datetime:
    """The first instant of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def complete_through(charged_through: date, as_of: datetime) -> date:
    """Exclusive end of the last complete charge day: `data_through`.

    `charged_through` is the exclusive end of the last day with any charge. A day is complete
    when it has charges after or on it in the bill and ended at least 24 hours before `as_of`.
    """
    return min(charged_through, (as_of - SETTLING).date())
