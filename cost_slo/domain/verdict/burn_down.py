# SPDX-License-Identifier: Apache-2.0
"""What was left of the error budget at the end of each day of the window?

Each day is counted as the budget itself is, with what is known now: the last day's share is the
budget's `remaining_ratio`. A share that rises again is usage below plan, or a day whose units cost
less than the objective.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from cost_slo.domain.burn.budget import ErrorBudget
from cost_slo.domain.burn.ladder import money_of, planned
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.plan.series import SpendSeries
from cost_slo.domain.spec.document import UnitObjective
from cost_slo.domain.verdict.assessment import Assessment


@dataclass(frozen=True, slots=True)
class BurnDown:
    """`shares` has one for each day from `window.start` to the last one known.

    It is 1 while the budget is untouched, and negative once it is overspent. `is_spent_evenly`
    says whether a burn of 1x uses the budget up evenly: that of a unit cost grows with its units.
    """

    window: Period
    shares: tuple[float, ...]
    is_spent_evenly: bool


def burn_down(assessment: Assessment, series: SpendSeries) -> BurnDown | None:
    """The burn-down of an assessment of the series; None where no budget is known."""
    figures, objective = assessment.figures, assessment.slo.objective
    if figures is None or figures.budget is None:
        return None
    if isinstance(objective, UnitObjective):
        shares = tuple(_unit_shares(series, objective.per_unit))
        return BurnDown(series.window, shares, is_spent_evenly=False)
    size = figures.budget.size
    shares = tuple(ErrorBudget(size, used).remaining_ratio for used in _used(assessment, series))
    return BurnDown(series.window, shares, is_spent_evenly=True)


def _used(assessment: Assessment, series: SpendSeries) -> Iterator[Decimal]:
    """By the end of each day: usage above plan, or all that was charged without a plan."""
    plan = planned(assessment.slo, series)
    if plan.basis == "none":
        days = series.visible.dates
        return accumulate(series.total(Period(day, day + DAY)) for day in days)
    usage = (series.charged(Period(day, day + DAY)).usage for day in series.elapsed.dates)
    expected = map(money_of, plan.over(series.elapsed))
    above = (used - amount for used, amount in zip(usage, expected, strict=True))
    return (max(excess, ZERO) for excess in accumulate(above))


def _unit_shares(series: SpendSeries, per_unit: Decimal) -> Iterator[float]:
    """What the units so far allowed and the cost has not used; all of it before the first unit."""
    allowed = cost = ZERO
    for day in series.elapsed.dates:
        seen = series.days.get(day)
        if seen is not None and seen.units is not None:
            allowed, cost = allowed + per_unit * seen.units, cost + seen.total
        yield ErrorBudget(allowed, cost).remaining_ratio if allowed else 1.0
