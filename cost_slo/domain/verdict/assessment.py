# SPDX-License-Identifier: Apache-2.0
"""Everything one evaluation says about one SLO: spend -> plan -> budget -> burn -> decision."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cost_slo.domain.burn.budget import ErrorBudget, error_budget
from cost_slo.domain.burn.excess import Excess
from cost_slo.domain.burn.forecast import exhaustion, forecast
from cost_slo.domain.burn.ladder import (
    Ladder,
    fired,
    headroom_ladder,
    lumps_of,
    money_of,
    planned,
    spend_headroom,
    unit_ladder,
)
from cost_slo.domain.burn.noise_gate import LONGEST_RUN_DAYS, noise_of
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.rates import Burn, Firing, pace
from cost_slo.domain.burn.sentences import calibration, near_miss, quiet, why_it_fired
from cost_slo.domain.burn.unit_cost import UnitCosts, odd_day, trailing, unit_cost, unit_plan
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.plan.plan import Plan, no_plan
from cost_slo.domain.plan.series import SpendSeries
from cost_slo.domain.spec.document import Slo, UnitObjective
from cost_slo.domain.verdict.decision import Decision, decide_spend, decide_unit_cost, staleness
from cost_slo.domain.verdict.figures import Figures
from cost_slo.domain.verdict.month_verdict import (
    NOT_BY_DAY,
    decide_month,
    decide_unit_month,
    month_forecast,
    month_staleness,
)

# Without enough history of units no rule fires or misses.
NOT_JUDGED = (None, "the unit cost is within the objective", None)


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
    if series.monthly:
        decision, figures = _assess_month(slo, series, currency, as_of)
        stale = month_staleness(series.days.values(), as_of, policy)
        return Assessment(slo, stale or decision, figures)
    if isinstance(slo.objective, UnitObjective):
        decision, figures = _assess_unit_cost(slo.objective, series, policy, currency)
    else:
        plan = planned(slo, series)
        decision, figures = _assess_spend(
            slo.objective.monthly, series, plan, policy, currency=currency
        )
    stale = staleness(series.charged_through, as_of, policy)
    return Assessment(slo, stale or decision, figures)


def _assess_month(
    slo: Slo, series: SpendSeries, currency: str, as_of: datetime
) -> tuple[Decision, Figures]:
    """The same of one amount a month: without a plan and burn rates, by the calendar."""
    window, elapsed = series.window, series.elapsed
    visible = series.charged(window)
    outlook = month_forecast(visible, lumps_of(series, visible).left, elapsed, window)
    units, budget, ratio = None, None, None
    if isinstance(slo.objective, UnitObjective):
        limit = slo.objective.per_unit
        cost = unit_cost(series, window, slo.objective.minimum_units)
        units = UnitCosts(month=cost, trailing=NOT_BY_DAY)
        decision = decide_unit_month(cost, window, objective=limit, currency=currency)
        budget = ErrorBudget(limit * cost.units, visible.total) if cost.units else None
        ratio = None if cost.ratio is None else float(cost.ratio / limit)
    else:
        limit = slo.objective.monthly
        decision = decide_month(
            visible.total,
            outlook,
            window,
            objective=limit,
            currency=currency,
            is_over=midnight(window.end) <= as_of,
        )
        budget = ErrorBudget(size=limit, used=visible.total)
        ratio = pace(visible.total, limit, elapsed_days=elapsed.days, window_days=window.days)
    figures = Figures(
        window=window,
        data_through=series.data_through,
        estimated_through=series.charged_through,
        spend_to_date=visible.total,
        plan_month=ZERO,
        plan_basis="none",
        budget=budget,
        pace=ratio,
        burns=(),
        forecast=outlook,
        exhausts_on=None,
        unit=units,
        monthly=True,
    )
    return decision, figures


def _assess_spend(
    objective: Decimal,
    series: SpendSeries,
    plan: Plan,
    policy: Policy,
    currency: str,
) -> tuple[Decision, Figures]:
    window, elapsed = series.window, series.elapsed
    visible, complete = series.charged(window), series.charged(elapsed)
    lumps = lumps_of(series, visible)
    free = spend_headroom(objective, lumps, plan)
    ladder = headroom_ladder(objective, free, series, plan, noise_of(plan))
    firing, reason, missed = _judged(policy, ladder, currency)
    budget = ErrorBudget(size=objective, used=visible.total)
    if plan.basis != "none":
        above = complete.usage - _planned(plan, elapsed)
        budget = error_budget(objective, free, excess=above, is_tight=ladder.headroom.is_tight)
    decision = decide_spend(
        firing,
        reason,
        spend=visible.total,
        objective=objective,
        currency=currency,
        is_calm=ladder.is_calm,
    )
    spent, days = complete.total, elapsed.days
    figures = Figures(
        window=window,
        data_through=series.data_through,
        estimated_through=series.charged_through,
        spend_to_date=visible.total,
        plan_month=Decimal(f"{plan.month:.6f}"),
        plan_basis=plan.basis,
        budget=budget,
        pace=pace(spent, objective, elapsed_days=days, window_days=window.days) if days else None,
        burns=_burns(ladder),
        forecast=forecast(
            spent,
            plan,
            ladder.excess,
            data_through=series.data_through,
            lumps_left=lumps.left,
        ),
        exhausts_on=exhaustion(
            budget.remaining, ladder.excess, data_through=series.data_through, end=window.end
        ),
        near_miss=missed,
    )
    return decision, figures


def _planned(plan: Plan, period: Period) -> Decimal:
    days_of = Counter(plan.over(period))
    return sum((days * money_of(amount) for amount, days in days_of.items()), ZERO)


def _assess_unit_cost(
    objective: UnitObjective, series: SpendSeries, policy: Policy, currency: str
) -> tuple[Decision, Figures]:
    plan = unit_plan(series.teachers)
    units = UnitCosts(
        month=unit_cost(series, series.elapsed, objective.minimum_units),
        trailing=trailing(series, objective.minimum_units),
        odd_day=odd_day(series, plan),
    )
    ladder = unit_ladder(objective, series, plan)
    firing, reason, missed = _judged(policy, ladder, currency) if ladder else NOT_JUDGED
    decision = decide_unit_cost(
        firing,
        reason,
        units,
        objective=objective.per_unit,
        currency=currency,
        is_calm=ladder.is_calm if ladder else True,
    )
    ratio, allowed = units.month.ratio, objective.per_unit * units.month.units
    figures = Figures(
        window=series.window,
        data_through=series.data_through,
        estimated_through=series.charged_through,
        spend_to_date=series.total(series.window),
        plan_month=ZERO,
        plan_basis="learned" if ladder else "none",
        budget=ErrorBudget(size=allowed, used=units.month.cost) if allowed else None,
        pace=None if ratio is None else float(ratio / objective.per_unit),
        burns=_burns(ladder) if ladder else (),
        forecast=forecast(
            series.total(series.elapsed),
            no_plan(series.window),
            _usage_as_excess(series),
            data_through=series.data_through,
            lumps_left=ZERO,
        ),
        exhausts_on=None,
        near_miss=missed,
        unit=units,
    )
    return decision, figures


def _usage_as_excess(series: SpendSeries) -> Excess:
    """Recent usage as the excess over nothing."""
    start = series.data_through - LONGEST_RUN_DAYS * DAY
    usage = series.usage_by_day(Period(start, series.data_through))
    return Excess(start, usage, (0.0,) * len(usage), len(usage))


def _burns(ladder: Ladder) -> tuple[Burn, ...]:
    """The burn rate over each window that a rule may have and that is known."""
    rates = [(days, ladder.rate(days)) for days in range(1, LONGEST_RUN_DAYS + 1)]
    return tuple(Burn(f"{days}d", rate) for days, rate in rates if rate is not None)


def _judged(policy: Policy, ladder: Ladder, currency: str) -> tuple[Firing | None, str, str | None]:
    """The rule that fires, what to say of it or without one, and the near miss without one."""
    firing, missed = fired(policy, ladder)
    held_back = calibration(policy, missed)
    if firing:
        told = why_it_fired(firing, ladder.excess, ladder.noise, ladder.headroom, currency)
        return firing, told + held_back, None
    told = quiet(ladder.rate(1), ladder.excess.total(1, ladder.excess.complete), currency)
    return None, told, near_miss(missed, ladder.noise, currency) + held_back if missed else None
