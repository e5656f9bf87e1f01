# SPDX-License-Identifier: Apache-2.0
"""What is known of an SLO's hours: usage and plans to judge by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from cost_slo.domain.burn.hourly_excess import HOUR, HourlyUsage, ObservedHour
from cost_slo.domain.burn.rates import Headroom
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.plan.plan import Plan
from tests.builders.days import SEPTEMBER

# A day of 240, the same in every hour.
FLAT = (10.0,) * 24
PLANNED = Plan("learned", Period(SEPTEMBER.start, SEPTEMBER.end), (240.0,) * 7)
HEADROOM = Headroom(budget=3000.0, window_days=30, day_planned=240.0, is_tight=False)


def at(hour: int, day: int = 10) -> datetime:
    """An instant of September."""
    return datetime(2026, 9, day, hour, tzinfo=UTC)


def rows(first: date, amounts: Iterable[float | Decimal], *, lag: int = 1) -> list[ObservedHour]:
    """Consecutive hours from the start of a day on, each observed `lag` hours after it began."""
    start = midnight(first)
    return [
        ObservedHour(start + (n + lag) * HOUR, start + n * HOUR, Decimal(str(amount)))
        for n, amount in enumerate(amounts)
    ]


def learned(*observed: Sequence[ObservedHour]) -> HourlyUsage:
    """What those rows teach, in their order."""
    usage = HourlyUsage()
    for row in (row for some in observed for row in some):
        usage.learn(row)
    return usage


def days_of(first: date, *days: Sequence[float]) -> HourlyUsage:
    """Whole days from `first` on."""
    return learned(*(rows(first + n * DAY, hours) for n, hours in enumerate(days)))
