# SPDX-License-Identifier: Apache-2.0
"""GetCostForecast: what will be charged?

A day is expected to cost what the same weekday did on average in the four weeks of complete days
before now; the interval is that of independent days with the spread around those averages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import NormalDist

from cost_slo.domain.money import ZERO, plain
from cost_slo.domain.period import DAY, SETTLING, Month, midnight
from cost_slo.testing.fake_cost_explorer.bill import VISIBLE
from cost_slo.testing.fake_cost_explorer.look import FakeAnswer, FakeRequest, Look
from cost_slo.testing.fake_cost_explorer.metrics import COST_COLUMNS
from cost_slo.testing.fake_cost_explorer.periods import Interval, interval
from cost_slo.testing.fake_cost_explorer.refusal import RefusedError, invalid, unavailable

_HISTORY = timedelta(days=28)
_LEAST_DAYS = 14
_WEEKDAYS = 7
# Months of forecast.
_LONGEST = {"DAILY": 3, "MONTHLY": 18}

_METRICS = {
    "AMORTIZED_COST": "AmortizedCost",
    "BLENDED_COST": "BlendedCost",
    "NET_AMORTIZED_COST": "NetAmortizedCost",
    "NET_UNBLENDED_COST": "NetUnblendedCost",
    "UNBLENDED_COST": "UnblendedCost",
}
DIGITS = Decimal("1E-10")


@dataclass(frozen=True, slots=True)
class Expected:
    """The cost of a day of each weekday, Monday first, and the spread of a day around it."""

    by_weekday: Sequence[Decimal]
    spread: Decimal

    def of(self, period: Interval) -> Decimal:
        return sum((self.by_weekday[day.weekday()] for day in _days(period)), ZERO)

    def margin(self, period: Interval, level: int) -> Decimal:
        """Half the width of the interval that holds `level` percent."""
        quantile = Decimal(f"{NormalDist().inv_cdf(0.5 + level / 200):.6f}")
        return quantile * self.spread * Decimal((period.end - period.start).days).sqrt()


def get_cost_forecast(look: Look, request: FakeRequest) -> FakeAnswer:
    granularity, level = request["Granularity"], request.get("PredictionIntervalLevel")
    asked = _asked(request, look.now)
    if level is not None and not 51 <= level <= 99:  # noqa: PLR2004 - the API's bounds
        raise invalid(f"PredictionIntervalLevel: {level} is not between 51 and 99")
    expected = _expected(look, request)
    return {
        "Total": {"Amount": _text(expected.of(asked)), "Unit": look.bill.currency},
        "ForecastResultsByTime": [
            {
                "TimePeriod": period.answered(),
                "MeanValue": _text(expected.of(period)),
                **_bounds(expected, period, level),
            }
            for period in asked.each(granularity)
        ],
    }


def _asked(request: FakeRequest, now: datetime) -> Interval:
    granularity = request["Granularity"]
    if granularity not in _LONGEST:
        raise invalid(f"Granularity {granularity} is not supported for this operation")
    if request["Metric"] not in _METRICS:
        raise invalid(
            f"Metric {request['Metric']} is invalid. Valid values are {', '.join(_METRICS)}"
        )
    asked = interval(request["TimePeriod"])
    start, end, today = asked.start.date(), asked.end.date(), now.date()
    if start >= end:
        raise invalid(f"Requested Start: {start} must be before requested End: {end}")
    if start > today:
        raise invalid(f"Requested Start: {start} must not be after the current date: {today}")
    if end > _months_after(today, _LONGEST[granularity]):
        raise _too_far(granularity)
    return Interval(midnight(start), midnight(end))


def _too_far(granularity: str) -> RefusedError:
    months = _LONGEST[granularity]
    return invalid(f"{granularity} forecasts are limited to {months} months")


def _expected(look: Look, request: FakeRequest) -> Expected:
    grammar = look.grammar(product_attributes=False)
    condition = grammar.condition(request.get("Filter"))
    end = midnight((look.now - SETTLING).date())
    rows = look.ask(
        f"SELECT charge_day, sum({COST_COLUMNS[_METRICS[request['Metric']]]}) FROM {VISIBLE} "  # noqa: S608
        f"WHERE charge_start >= $start AND charge_start < $end AND {condition} GROUP BY 1",
        grammar,
        start=end - _HISTORY,
        end=end,
    )
    costs = {day: Decimal(str(cost)) for day, cost in rows if isinstance(day, date)}
    if len(costs) < _LEAST_DAYS:
        raise unavailable("Insufficient amount of historical data.")
    first = min(costs)
    return _fitted({day: costs.get(day, ZERO) for day in _days(Interval(midnight(first), end))})


def _fitted(costs: Mapping[date, Decimal]) -> Expected:
    means = []
    for weekday in range(_WEEKDAYS):
        same = [cost for day, cost in costs.items() if day.weekday() == weekday]
        means.append(sum(same, ZERO) / len(same))
    squares = sum(((cost - means[day.weekday()]) ** 2 for day, cost in costs.items()), ZERO)
    return Expected(means, (squares / max(1, len(costs) - _WEEKDAYS)).sqrt())


def _bounds(expected: Expected, period: Interval, level: int | None) -> dict[str, str]:
    if level is None:
        return {}
    mean, margin = expected.of(period), expected.margin(period, level)
    return {
        "PredictionIntervalLowerBound": _text(max(ZERO, mean - margin)),
        "PredictionIntervalUpperBound": _text(mean + margin),
    }


def _days(period: Interval) -> list[date]:
    count = (period.end - period.start).days
    return [period.start.date() + number * DAY for number in range(count)]


def _months_after(day: date, count: int) -> date:
    month = Month.containing(day)
    for _ in range(count):
        month = Month.containing(month.end)
    return month.end


def _text(amount: Decimal) -> str:
    return plain(amount.quantize(DIGITS))
