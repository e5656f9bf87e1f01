# SPDX-License-Identifier: Apache-2.0
"""Is the SLO within, burning or exhausted, and how loudly do we call?

Burn rates are compared unrounded. Absence of data is a verdict of its own, never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from cost_slo.domain.burn import Burn
from cost_slo.domain.incident import Severity
from cost_slo.domain.period import midnight
from cost_slo.domain.policy import Policy, Rule
from cost_slo.domain.unit_cost import UnitCosts, UnitState
from cost_slo.domain.wording import instant, money, times


class Verdict(StrEnum):
    """What an evaluation says of one SLO."""

    WITHIN = "within"
    BURNING = "burning"
    EXHAUSTED = "exhausted"
    NO_DATA = "no_data"
    STALE_DATA = "stale_data"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, its severity and the sentence that says why."""

    verdict: Verdict
    severity: Severity
    reason: str


UNIT_REASONS = {
    UnitState.NO_UNITS: "no units were counted in the window, so a unit cost is undefined",
    UnitState.TOO_FEW_UNITS: "fewer units than `minimum_units` were counted in the window",
    UnitState.UNITS_WITHOUT_COST: "units were counted, but nothing was charged for them",
    UnitState.COST_WITHOUT_UNITS: "charges were found, but no units are known for their days",
}


def no_data(reason: str) -> Decision:
    """There is nothing to judge."""
    return Decision(Verdict.NO_DATA, Severity.NONE, reason)


def staleness(charged_through: date, as_of: datetime, policy: Policy) -> Decision | None:
    """The stale verdict when the last charged day ended too long before `as_of`."""
    age = (as_of - midnight(charged_through)).total_seconds() / 3600
    if age <= policy.stale_after_hours:
        return None
    reason = (
        f"the costs end at {instant(midnight(charged_through))}, {age:.0f} h before "
        f"{instant(as_of)}; newer ones were expected within {policy.stale_after_hours} h"
    )
    return Decision(Verdict.STALE_DATA, Severity.NONE, reason)


def decide_spend(
    policy: Policy, burns: Sequence[Burn], *, spend: Decimal, objective: Decimal, currency: str
) -> Decision:
    """Judge a monthly objective; being over it is at least a page, whatever the burn."""
    fired = loudest(policy, burns)
    if spend > objective:
        over = f"{money(spend - objective, currency)} over {money(objective, currency)}"
        severity = max(Severity.PAGE, fired.severity) if fired else Severity.PAGE
        return Decision(Verdict.EXHAUSTED, severity, f"spend is {over}")
    if fired:
        return Decision(Verdict.BURNING, fired.severity, _burning(fired, burns))
    return Decision(Verdict.WITHIN, Severity.NONE, "spend is within the objective")


def decide_unit_cost(
    policy: Policy,
    burns: Sequence[Burn],
    units: UnitCosts,
    *,
    objective: Decimal,
    currency: str,
) -> Decision:
    """Judge a unit-cost objective by its burn, and by the ratio of the last seven days."""
    if units.month.state is not UnitState.OK:
        return no_data(UNIT_REASONS[units.month.state])
    fired = loudest(policy, burns)
    if fired:
        return Decision(Verdict.BURNING, fired.severity, _burning(fired, burns))
    recent = units.trailing.ratio
    if recent is not None and recent > objective:
        reason = (
            f"the last 7 days cost {money(recent, currency)} a unit, "
            f"above {money(objective, currency)}"
        )
        return Decision(Verdict.BURNING, Severity.INVESTIGATE, reason)
    return Decision(Verdict.WITHIN, Severity.NONE, "the unit cost is within the objective")


def loudest(policy: Policy, burns: Sequence[Burn]) -> Rule | None:
    """The firing rule of the highest severity."""
    rates = {burn.window: burn.rate for burn in burns}
    firing = [rule for rule in policy.rules if rates.get(rule.window, 0.0) >= rule.factor]
    return max(firing, key=lambda rule: rule.severity.rank, default=None)


def _burning(rule: Rule, burns: Sequence[Burn]) -> str:
    rate = next(burn.rate for burn in burns if burn.window == rule.window)
    return (
        f"burning {times(rate)} since the 1st, at or above {times(rule.factor)} ({rule.severity})"
    )
