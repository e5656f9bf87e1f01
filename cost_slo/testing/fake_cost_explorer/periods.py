# SPDX-License-Identifier: Apache-2.0
"""Which periods does a request name, and are they allowed?

The texts of the refusals are those that users of the API report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cost_slo.domain.period import DAY, Month, midnight
from cost_slo.testing.fake_cost_explorer.refusal import invalid

_HOUR = timedelta(hours=1)
HOURLY_DAYS = timedelta(days=14)
# The current month and thirteen before it: fourteen months.
MONTHS_BEFORE = 13

# The start of a charge's whole period, in SQL.
TRUNCATED = {
    "DAILY": "CAST(charge_day AS TIMESTAMP)",
    "MONTHLY": "CAST(date_trunc('month', charge_day) AS TIMESTAMP)",
    "HOURLY": "date_trunc('hour', charge_start)",
}


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` (inclusive) to `end` (exclusive), UTC."""

    start: datetime
    end: datetime

    def each(self, granularity: str) -> Iterator[Interval]:
        """Its parts; the first and the last month may be a part of one."""
        start = self.start
        while start < self.end:
            end = min(_following(start, granularity), self.end)
            yield Interval(start, end)
            start = end

    def answered(self, granularity: str = "DAILY") -> dict[str, str]:
        form = "%Y-%m-%dT%H:%M:%SZ" if granularity == "HOURLY" else "%Y-%m-%d"
        return {"Start": f"{self.start:{form}}", "End": f"{self.end:{form}}"}


def interval(period: Mapping[str, str]) -> Interval:
    """The days or hours of a TimePeriod, whatever they are."""
    return Interval(_instant(period["Start"]), _instant(period["End"]))


def cost_interval(period: Mapping[str, str], granularity: str, now: datetime) -> Interval:
    """The interval of a request for costs. Raises RefusedError as AWS refuses its dates."""
    asked = interval(period)
    if granularity != "HOURLY":
        asked = Interval(midnight(asked.start.date()), midnight(asked.end.date()))
    if asked.start >= asked.end:
        raise invalid("Start date (and hour) should be before end date (and hour)")
    month = Month.containing(now.date())
    if asked.end > midnight(month.end):
        raise invalid("end date past the beginning of next month")
    if granularity == "HOURLY":
        if asked.start < now - HOURLY_DAYS:
            raise invalid("Start date is more than 14 days ago for hourly granularity")
    elif asked.start.date() < months_before(month, MONTHS_BEFORE).start:
        raise _too_long_ago(asked.start)
    return asked


def months_before(month: Month, count: int) -> Month:
    """The month that many months earlier."""
    for _ in range(count):
        month = Month.containing(month.start - DAY)
    return month


def _too_long_ago(start: datetime) -> Exception:
    if start.day != 1:
        return invalid(
            "To retrieve data beyond the past 14 months, your start date needs to be the first "
            "day of the month."
        )
    return invalid("You haven't enabled historical data beyond 14 months.")


def _following(start: datetime, granularity: str) -> datetime:
    if granularity == "HOURLY":
        return start.replace(minute=0, second=0) + _HOUR
    if granularity == "DAILY":
        return start + DAY
    return midnight(Month.containing(start.date()).end)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise invalid(f"{text} is not a valid date") from error
