# SPDX-License-Identifier: Apache-2.0
"""What is the burn ladder climbed with?

The recent excess, its noise and the headroom of an objective, for spend and for unit cost alike:
from here on both are judged by the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cost_slo.domain.burn.budget import LEAST_BUDGET_SHARE
from cost_slo.domain.burn.excess import TRAILING_DAYS, Excess, excess_over
from cost_slo.domain.burn.noise_gate import LONGEST_RUN_DAYS, Noise, noise_of
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.rates import (
    Firing,
    Headroom,
    burn_rate,
    is_news,
    is_tight,
    loudest,
    reached,
)
from cost_slo.domain.burn.unit_cost import UnitPlan, unit_excess
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Month, Period
from cost_slo.domain.plan.new_level import relevelled
from cost_slo.domain.plan.plan import Plan, amount_plan, learned_plan, no_plan
from cost_slo.domain.plan.series import SpendSeries, observe
from cost_slo.domain.spec.document import Slo, UnitObjective
from cost_slo.domain.spend.amounts import Amounts
from cost_slo.domain.spend.reading import CostReading

# An alarm may end once each of these last complete days burned below 1x.
_CALM_DAYS = 2


@dataclass(frozen=True, slots=True)
class Ladder:
    """What the burn ladder is climbed with: recent excess, its noise, and the headroom."""

    excess: Excess
    noise: Noise
    headroom: Headroom

    def rate(self, days: int) -> float | None:
        """The burn over the last complete `days`, None where fewer are known."""
        if self.excess.complete < days:
            return None
        return burn_rate(
            excess=self.excess.total(days, self.excess.complete),
            budget=self.headroom.budget,
            days=days,
            window_days=self.headroom.window_days,
        )

    @property
    def is_calm(self) -> bool:
        """Whether each of the last complete days burned below 1x."""
        days = self.excess.amounts[: self.excess.complete][-_CALM_DAYS:]
        even = self.headroom.budget / self.headroom.window_days
        return all(amount < even for amount in days)


@dataclass(frozen=True, slots=True)
class Lumps:
    """Positive lumps of a month, in the spec's currency: those expected, those posted so far."""

    expected: Decimal
    posted: Decimal

    @property
    def month(self) -> Decimal:
        """The larger of both."""
        return max(self.expected, self.posted)

    @property
    def left(self) -> Decimal:
        """Those still to come."""
        return max(self.expected - self.posted, ZERO)


def fired(policy: Policy, ladder: Ladder) -> tuple[Firing | None, Firing | None]:
    """The loudest rule that fires, and the loudest that only the noise gates hold back."""
    found = reached(policy, ladder.excess, ladder.noise, ladder.headroom)
    news = [firing for firing in found if is_news(firing, ladder.noise, ladder.headroom)]
    return loudest(news), loudest(firing for firing in found if firing not in news)


def planned(slo: Slo, series: SpendSeries) -> Plan:
    """The plan of the series' window, as the spec asks for it."""
    if slo.plan == "none":
        return no_plan(series.window)
    if slo.plan == "learned":
        return relevelled(learned_plan(series.history, series.window), series)
    return amount_plan(float(slo.plan), series.history, series.window)


def spend_ladder(objective: Decimal, series: SpendSeries, plan: Plan, noise: Noise) -> Ladder:
    """The ladder of a monthly objective."""
    lumps = lumps_of(series, series.charged(series.window))
    free = spend_headroom(objective, lumps, plan)
    return headroom_ladder(objective, free, series, plan, noise)


def headroom_ladder(
    objective: Decimal, free: Decimal, series: SpendSeries, plan: Plan, noise: Noise
) -> Ladder:
    """The ladder of a monthly objective of which lumps and plan leave `free`."""
    first = next(iter(series.days), series.window.start)
    start = max(series.data_through - (TRAILING_DAYS + LONGEST_RUN_DAYS) * DAY, first)
    usage = series.usage_by_day(Period(start, max(start, series.visible.end)))
    excess = excess_over(
        plan, usage, start, data_through=series.data_through, arrived=series.arrived
    )
    days = series.window.days
    headroom = Headroom(
        budget=float(max(free, LEAST_BUDGET_SHARE * objective)),
        window_days=days,
        day_planned=plan.month / days,
        is_tight=is_tight(float(free), noise, days),
    )
    return Ladder(excess, noise, headroom)


def unit_ladder(objective: UnitObjective, series: SpendSeries, plan: UnitPlan) -> Ladder | None:
    """The ladder of a unit-cost objective, None without enough history of units."""
    expected = plan.planned_units(series.window)
    if expected <= 0:
        return None
    limit = float(objective.per_unit)
    free = (limit - plan.ratio) * expected
    days = series.window.days
    headroom = Headroom(
        budget=max(free, float(LEAST_BUDGET_SHARE) * limit * expected),
        window_days=days,
        day_planned=plan.ratio * expected / days,
        is_tight=is_tight(free, plan.noise, days),
    )
    return Ladder(unit_excess(series, plan), plan.noise, headroom)


def spend_headroom(objective: Decimal, lumps: Lumps, plan: Plan) -> Decimal:
    """What lumps and plan leave of the objective; all of it without a plan."""
    if plan.basis == "none":
        return objective
    return objective - lumps.month - money_of(plan.month)


def lumps_of(series: SpendSeries, charged: Amounts) -> Lumps:
    """Those of a window's charges; as much is expected as was posted in the month before."""
    before = Month.of_last_day_before(series.window.start)
    expected = sum([seen.lumps for seen in series.observed(before)], ZERO)
    return Lumps(expected, charged.lumps)


def money_of(amount: float) -> Decimal:
    """A planned amount as money, to the millionth."""
    return Decimal(f"{amount:.6f}")


def known_budget(slo: Slo, reading: CostReading, as_of: datetime) -> Ladder | None:
    """What a bill alone says of an SLO's error budget and noise; None without enough of it."""
    series, _ = observe(slo, reading, None, ledger=(), as_of=as_of)
    if series is None or series.monthly or isinstance(slo.objective, UnitObjective):
        return None
    plan = planned(slo, series)
    return spend_ladder(slo.objective.monthly, series, plan, noise_of(plan))
