# SPDX-License-Identifier: Apache-2.0
"""Where will the window end, and when is the error budget used up?

    month end = charged so far + plan of the days left x recent level + lumps still expected

The recent level lies four fifths of the way from the plan to the median of the last 10 days. The
80 % interval is split conformal: how far such a forecast was off, over the same number of days,
from up to 20 past origins; these are too few to be honest about more than 80 %. The constants were
chosen on `make bench-forecast`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from math import ceil, fsum

from cost_slo.domain.burn.excess import Excess
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.plan.plan import Plan, repeated
from cost_slo.domain.statistics import median, relative_to

LAST_DAYS = 3
RECENT_DAYS = 10
SHRINKAGE = 0.8
ORIGINS = 20
# Past origins overlap, so their errors are more alike than new ones: 85 of 100 cover 80.
RANK = 0.85
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
        rest = max(_mean_of_last_days(recent), 0.0) * days_left
    else:
        planned = fsum(plan.over(Period(data_through, plan.window.end)))
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
    rate = _mean_of_last_days(recent)
    days_left = (end - data_through).days
    if remaining <= 0 or rate * days_left < remaining:
        return None
    return data_through + (ceil(float(remaining) / rate) - 1) * DAY


def _mean_of_last_days(recent: Excess) -> float:
    """Mean excess of the last three complete days; without a plan, excess is usage."""
    days = min(LAST_DAYS, recent.complete)
    return recent.total(days, recent.complete) / days if days else 0.0


def _level(recent: Excess) -> float:
    """Recent usage relative to plan, shrunk toward 1."""
    first = max(0, recent.complete - RECENT_DAYS)
    days = zip(
        recent.amounts[first : recent.complete],
        recent.planned[first : recent.complete],
        strict=True,
    )
    relative = [amount / planned for amount, planned in days if planned > 0]
    return 1 + SHRINKAGE * median(relative) if relative else 1.0


def _error_of_past(plan: Plan, days: int) -> float:
    """The relative error that past forecasts over as many days stayed within."""
    history = plan.cleaned
    if history is None or days < 1 or not any(plan.week):
        return 0.0
    usual = repeated(plan.week, history.start, len(history.usage))
    errors = _rolling_errors(history.usage, usual, days)
    if len(errors) < FEWEST_ORIGINS:
        return 0.0
    rank = min(ceil((len(errors) + 1) * RANK), len(errors))
    return min(sorted(errors)[rank - 1], 1.0)


def _rolling_errors(usage: Sequence[float], usual: Sequence[float], days: int) -> list[float]:
    """How far `days` of history were from level x usual, seen from each of the origins."""
    relative = relative_to(usual, usage)
    used = list(accumulate(usage, initial=0.0))
    expected = list(accumulate(usual, initial=0.0))
    last = len(usage) - days
    step = max(1, (last - RECENT_DAYS) // ORIGINS)
    errors = []
    for origin in range(last, RECENT_DAYS - 1, -step)[:ORIGINS]:
        level = median(relative[origin - RECENT_DAYS : origin])
        guess = level * (expected[origin + days] - expected[origin])
        actual = used[origin + days] - used[origin]
        errors.append(abs(actual - guess) / guess if guess > 0 else 0.0)
    return errors
