# SPDX-License-Identifier: Apache-2.0
"""What does one unit cost?

Always a ratio of sums, never a mean of daily ratios. Where a ratio says nothing there is a
named state instead of a number.

Burn on a unit cost: c0 is the ratio of sums over the last 84 settled days. A part of cost is fixed,
so a quiet day is dear without any fault; therefore a day's excess is what it cost beyond the usual
day of its weekday, less what more units explain, plus, once it lasts, what missing units leave
unpaid. Dividing by the units planned for the month, not by those of the day, keeps zero traffic
defined and quiet hours small:

    error budget = max((objective - c0) x planned units, 3 % x objective x planned units)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from math import fsum

from cost_slo.domain.burn.excess import Excess
from cost_slo.domain.burn.noise_gate import SILENT, Noise, noise_of_residuals
from cost_slo.domain.exact import total
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.plan.plan import LEAST_HISTORY, WEEK_DAYS
from cost_slo.domain.plan.series import SpendSeries
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.statistics import median

TRAILING = timedelta(days=7)
SETTLED_DAYS = 84
_LOOK_BACK = 21
# Share of mean units by which weekdays must differ to tell the cost of one more unit.
LEAST_APART = 0.05


class UnitState(StrEnum):
    """Whether a unit cost can be told, and why not."""

    OK = "ok"
    NO_UNITS = "no_units"
    TOO_FEW_UNITS = "too_few_units"
    UNITS_WITHOUT_COST = "units_without_cost"
    COST_WITHOUT_UNITS = "cost_without_units"


@dataclass(frozen=True, slots=True)
class UnitCost:
    """Cost for each unit over a period; `ratio` is None unless the state is ok."""

    state: UnitState
    cost: Decimal
    units: Decimal
    ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """The unit cost of the window so far, and of the last seven complete days.

    `odd_day` is how much further the worst of the seven is beyond its plan than the next worst.
    """

    month: UnitCost
    trailing: UnitCost
    odd_day: Decimal = ZERO

    def is_lastingly_above(self, objective: Decimal) -> bool:
        """Whether the last seven days would exceed the objective without one odd day."""
        recent = self.trailing
        if recent.ratio is None:
            return False
        return recent.cost - self.odd_day > objective * recent.units


def unit_cost(series: SpendSeries, period: Period, minimum_units: Decimal) -> UnitCost:
    """The ratio of sums over the days of the period.

    Days whose units are unknown are left out of both sums; a period with cost whose units are
    all unknown is `cost_without_units`, one with units and no charge `units_without_cost`.
    """
    days = series.observed(period)
    counted = [day for day in days if day.units is not None]
    units = total(day.units for day in counted if day.units is not None)
    cost = total(day.total for day in (days if series.monthly else counted))
    if not counted:
        known = total(day.total for day in days)
        return UnitCost(UnitState.COST_WITHOUT_UNITS, known, ZERO, None)
    state = _state(cost, units, minimum_units)
    return UnitCost(state, cost, units, cost / units if state is UnitState.OK else None)


def trailing(series: SpendSeries, minimum_units: Decimal) -> UnitCost:
    """The unit cost of the seven days that end at the last complete day."""
    end = series.data_through
    return unit_cost(series, Period(end - TRAILING, end), minimum_units)


def _state(cost: Decimal, units: Decimal, minimum_units: Decimal) -> UnitState:
    if units == 0:
        return UnitState.NO_UNITS
    if cost == 0:
        return UnitState.UNITS_WITHOUT_COST
    return UnitState.TOO_FEW_UNITS if units < minimum_units else UnitState.OK


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """What history teaches of a unit cost; amounts in the spec's currency.

    `ratio` is c0, `units` and `costs` are each weekday's, Monday first. `more` is what a unit
    beyond the usual costs, `fewer` what one that does not come saves.
    """

    ratio: float
    units: tuple[float, ...]
    costs: tuple[float, ...]
    more: float
    fewer: float
    noise: Noise = SILENT

    def inefficiency(self, cost: float, units: float, day: date) -> float:
        """What a day cost beyond what its units explain."""
        beyond = units - self.units[day.weekday()]
        explained = beyond * (self.more if beyond > 0 else self.fewer)
        return cost - self.costs[day.weekday()] - explained

    def idleness(self, units: float, day: date) -> float:
        """What the units that did not come would have paid for at c0."""
        return (self.ratio - self.fewer) * max(self.units[day.weekday()] - units, 0.0)

    def planned_units(self, window: Period) -> float:
        """Units planned for the whole window."""
        days = (window.start + offset * DAY for offset in range(window.days))
        return fsum(self.units[day.weekday()] for day in days)


# Too little history: then only the ratios themselves are judged.
NO_UNIT_PLAN = UnitPlan(0.0, (0.0,) * WEEK_DAYS, (0.0,) * WEEK_DAYS, 0.0, 0.0)


def unit_plan(days: Mapping[date, Observation]) -> UnitPlan:
    """Learned from the settled days with known units; none from fewer than 28 of them."""
    known = [
        (day, float(days[day].usage), float(counted))
        for day in sorted(days)[-SETTLED_DAYS:]
        if (counted := days[day].units) is not None
    ]
    all_units = fsum(count for _, _, count in known)
    if len(known) < LEAST_HISTORY or all_units <= 0:
        return NO_UNIT_PLAN
    ratio = fsum(cost for _, cost, _ in known) / all_units
    units = _by_weekday([(day, count) for day, _, count in known])
    if not any(units):
        return NO_UNIT_PLAN
    costs = _by_weekday([(day, cost) for day, cost, _ in known])
    more, fewer = (_cost_of_one_more(units, costs, ratio, prior) for prior in (ratio, 0.0))
    plan = UnitPlan(ratio, units, costs, more, fewer)
    residuals = [plan.inefficiency(cost, count, day) for day, cost, count in known]
    return replace(plan, noise=noise_of_residuals(residuals))


def _cost_of_one_more(
    units: Sequence[float], costs: Sequence[float], ratio: float, prior: float
) -> float:
    """The slope of cost over units between weekdays, within nothing and the whole ratio.

    Weekdays that are alike say little of it: then it leans to `prior`.
    """
    mean_units, mean_cost = fsum(units) / WEEK_DAYS, fsum(costs) / WEEK_DAYS
    apart = [value - mean_units for value in units]
    weight = WEEK_DAYS * (LEAST_APART * mean_units) ** 2
    along = fsum(x * (cost - mean_cost) for x, cost in zip(apart, costs, strict=True))
    slope = (along + weight * prior) / (fsum(x * x for x in apart) + weight)
    return min(max(slope, 0.0), ratio)


def odd_day(series: SpendSeries, plan: UnitPlan) -> Decimal:
    """What the worst of the last seven days cost beyond plan, less what the next worst did."""
    if plan is NO_UNIT_PLAN:
        return ZERO
    seen = series.observed(Period(series.data_through - TRAILING, series.data_through))
    beyond = sorted(
        plan.inefficiency(float(day.total), float(day.units), day.day)
        + plan.idleness(float(day.units), day.day)
        for day in seen
        if day.units is not None
    )
    return Decimal(f"{beyond[-1] - beyond[-2]:.6f}") if len(beyond) > 1 else ZERO


def unit_excess(series: SpendSeries, plan: UnitPlan) -> Excess:
    """The excess of the recent complete days; a day whose units are unknown has none."""
    end = max(series.data_through, series.window.start)
    start = end - _LOOK_BACK * DAY
    amounts, planned = [], []
    idle_before = 0.0
    for day in (start + offset * DAY for offset in range(_LOOK_BACK)):
        seen = series.days.get(day)
        if seen is None or seen.units is None:
            amounts.append(0.0)
            planned.append(0.0)
            continue
        cost, units = float(seen.usage), float(seen.units)
        idle = plan.idleness(units, day)
        amounts.append(plan.inefficiency(cost, units, day) + min(idle, idle_before))
        planned.append(plan.costs[day.weekday()])
        idle_before = idle
    return Excess(start, tuple(amounts), tuple(planned), _LOOK_BACK)


def _by_weekday(amounts: Sequence[tuple[date, float]]) -> tuple[float, ...]:
    """The median of each weekday, Monday first; zero for a weekday never seen."""
    days: list[list[float]] = [[] for _ in range(WEEK_DAYS)]
    for day, amount in amounts:
        days[day.weekday()].append(amount)
    return tuple(median(values) if values else 0.0 for values in days)
