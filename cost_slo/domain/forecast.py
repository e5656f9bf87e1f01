# SPDX-License-Identifier: Apache-2.0
"""Where will the window end, and when is the error budget used up?

    month end = charged so far + plan of the days left x recent level + lumps still expected

The recent level is half of the way from the plan to the median of the last 14 days. The 80 %
interval is split conformal: how far the same forecast was off, over the same number of days, from
up to 20 past origins. Past origins are too few to be honest about more than 80 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from cost_slo.domain.excess import Excess
from cost_slo.domain.period import DAY
from cost_slo.domain.plan import LEVEL_DAYS, WEEK, Plan
from cost_slo.domain.robust import median

RECENT_DAYS = 3
SHRINKAGE = 0.5
COVERAGE = 0.8
ORIGINS = 20
FEWEST_ORIGINS = 4


@dataclass(frozen=True, slots=True)
class Forecast:
    """Spend of the whole window, in the spec's currency; the bounds are an 80 % interval."""

    month_end: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


def forecast(
    charged: Decimal, plan: Plan, recent: Excess, *, data_through: date, lumps_left: Decimal
) -> Forecast:
    """The window's end as seen from its last complete day."""
    days_left = (plan.window.end - data_through).days
    if plan.basis == "none":
        rest = max(_mean_usage(recent), 0.0) * days_left
    else:
        planned = sum(plan.day(data_through + offset * DAY) for offset in range(days_left))
        rest = planned * _level(recent)
    month_end = charged + lumps_left + Decimal(f"{rest:.6f}")
    error = _error_of_past(plan, days_left) * rest
    if error <= 0:
        return Forecast(month_end)
    margin = Decimal(f"{error:.6f}")
    return Forecast(month_end, month_end - margin, month_end + margin)


def exhaustion(remaining: Decimal, recent: Excess, *, data_through: date, end: date) -> date | None:
    """First day on which the error budget is used up if the recent excess goes on.

    `recent` excess is that of the last three complete days. None when the budget lasts to `end`
    (exclusive), or is used up already.
    """
    rate = recent.total(RECENT_DAYS, recent.complete) / min(RECENT_DAYS, max(recent.complete, 1))
    if rate <= 0 or remaining < 0:
        return None
    day = data_through + (max(ceil(float(remaining) / rate), 1) - 1) * DAY
    return day if day < end else None


def _mean_usage(recent: Excess) -> float:
    """Mean usage of the last three complete days: without a plan, excess is usage."""
    days = min(RECENT_DAYS, recent.complete)
    return recent.total(days, recent.complete) / days if days else 0.0


def _level(recent: Excess) -> float:
    """Recent usage relative to plan, shrunk halfway to 1."""
    first = max(0, recent.complete - LEVEL_DAYS)
    days = zip(
        recent.amounts[first : recent.complete],
        recent.planned[first : recent.complete],
        strict=True,
    )
    relative = [amount / planned for amount, planned in days if planned > 0]
    return 1 + SHRINKAGE * median(relative) if relative else 1.0


def _error_of_past(plan: Plan, days: int) -> float:
    """The relative error that 80 % of past forecasts over as many days stayed within."""
    history = plan.cleaned
    if history is None or days < 1 or min(plan.week) <= 0:
        return 0.0
    start = history.start.weekday()
    usual = [plan.week[(start + offset) % WEEK] for offset in range(len(history.usage))]
    errors = _rolling_errors(history.usage, usual, days)
    if len(errors) < FEWEST_ORIGINS:
        return 0.0
    rank = min(ceil((len(errors) + 1) * COVERAGE), len(errors))
    return sorted(errors)[rank - 1]


def _rolling_errors(usage: Sequence[float], usual: Sequence[float], days: int) -> list[float]:
    last = len(usage) - days
    step = max(1, (last - LEVEL_DAYS) // ORIGINS)
    errors = []
    for origin in range(last, LEVEL_DAYS - 1, -step)[:ORIGINS]:
        window = slice(origin - LEVEL_DAYS, origin)
        level = median([u / w for u, w in zip(usage[window], usual[window], strict=True)])
        guess = level * sum(usual[origin : origin + days])
        actual = sum(usage[origin : origin + days])
        errors.append(abs(actual - guess) / guess if guess > 0 else 0.0)
    return errors
