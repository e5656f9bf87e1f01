# SPDX-License-Identifier: Apache-2.0
"""Where will the window end, and when is the objective used up?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.series import SpendSeries

RECENT_DAYS = 3


@dataclass(frozen=True, slots=True)
class Forecast:
    """Spend of the whole window, in the spec's currency; the bounds are an 80 % interval."""

    month_end: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


def forecast(series: SpendSeries) -> Forecast:
    """Everything charged so far, and the recent daily usage for each day still to come."""
    window = series.window
    left = (window.end - series.data_through).days
    return Forecast(_charged(series) + daily_rate(series) * left)


def exhaustion(series: SpendSeries, objective: Decimal) -> date | None:
    """First day on which spend is above the objective if the recent usage goes on.

    None when that does not happen within the window.
    """
    window, spent, rate = series.window, _charged(series), daily_rate(series)
    day = series.data_through
    while spent <= objective and rate > 0 and day < window.end:
        spent += rate
        day += DAY
    return day - DAY if spent > objective else None


def daily_rate(series: SpendSeries) -> Decimal:
    """Mean usage of the last three complete days."""
    end = series.data_through
    recent = Period(max(end - RECENT_DAYS * DAY, series.window.start), end)
    return max(series.usage(recent), ZERO) / recent.days


def _charged(series: SpendSeries) -> Decimal:
    return series.total(Period(series.window.start, series.data_through))
