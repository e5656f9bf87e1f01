# SPDX-License-Identifier: Apache-2.0
"""Everything one evaluation says about one SLO."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from cost_slo.domain.budget import ErrorBudget
from cost_slo.domain.burn import Burn, pace
from cost_slo.domain.decision import (
    Decision,
    decide_spend,
    decide_unit_cost,
    staleness,
)
from cost_slo.domain.forecast import Forecast, exhaustion, forecast
from cost_slo.domain.period import Month, Period
from cost_slo.domain.plan import NO_PLAN, Plan
from cost_slo.domain.policy import Policy
from cost_slo.domain.series import SpendSeries
from cost_slo.domain.spec import Slo, UnitObjective
from cost_slo.domain.unit_cost import UnitCosts, trailing, unit_cost


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers behind a verdict; amounts in the spec's currency, days UTC.

    `spend_to_date` counts every visible charge of the window, also of days still incomplete;
    pace and burn look at complete days. `budget`, `pace` and `burns` are None or empty where a
    unit cost cannot be told.
    """

    window: Month
    data_through: date
    estimated_through: date
    spend_to_date: Decimal
    plan: Plan
    budget: ErrorBudget | None
    pace: float | None
    burns: tuple[Burn, ...]
    forecast: Forecast
    exhausts_on: date | None
    unit: UnitCosts | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A decision and its figures; no figures where there was nothing to measure."""

    slo: Slo
    decision: Decision
    figures: Figures | None = None


def assess(
    slo: Slo, series: SpendSeries, policy: Policy, *, currency: str, as_of: datetime
) -> Assessment:
    """Judge one SLO on what was known at `as_of`."""
    if isinstance(slo.objective, UnitObjective):
        units = _unit_costs(slo.objective, series)
        figures = _unit_figures(slo.objective, series, units)
        decision = decide_unit_cost(
            policy, figures.burns, units, objective=slo.objective.per_unit, currency=currency
        )
    else:
        figures = _spend_figures(slo.objective.monthly, series)
        decision = decide_spend(
            policy,
            figures.burns,
            spend=figures.spend_to_date,
            objective=slo.objective.monthly,
            currency=currency,
        )
    stale = staleness(series.charged_through, as_of, policy)
    return Assessment(slo, stale or decision, figures)


def _spend_figures(objective: Decimal, series: SpendSeries) -> Figures:
    window = series.window
    elapsed = Period(window.start, series.data_through)
    charged = series.total(elapsed)
    rate = pace(charged, objective, elapsed_days=elapsed.days, window_days=window.days)
    spent = series.total(window)
    return Figures(
        window=window,
        data_through=series.data_through,
        estimated_through=series.charged_through,
        spend_to_date=spent,
        plan=NO_PLAN,
        budget=ErrorBudget(size=objective, used=spent),
        pace=rate,
        burns=(Burn("month", rate),),
        forecast=forecast(series),
        exhausts_on=exhaustion(series, objective),
    )


def _unit_costs(objective: UnitObjective, series: SpendSeries) -> UnitCosts:
    elapsed = Period(series.window.start, series.data_through)
    return UnitCosts(
        month=unit_cost(series, elapsed, objective.minimum_units),
        trailing=trailing(series, objective.minimum_units),
    )


def _unit_figures(objective: UnitObjective, series: SpendSeries, units: UnitCosts) -> Figures:
    ratio = units.month.ratio
    rate = None if ratio is None else float(ratio / objective.per_unit)
    allowed = objective.per_unit * units.month.units
    return Figures(
        window=series.window,
        data_through=series.data_through,
        estimated_through=series.charged_through,
        spend_to_date=series.total(series.window),
        plan=NO_PLAN,
        budget=ErrorBudget(size=allowed, used=units.month.cost) if allowed else None,
        pace=rate,
        burns=() if rate is None else (Burn("month", rate),),
        forecast=forecast(series),
        exhausts_on=None,
        unit=units,
    )
