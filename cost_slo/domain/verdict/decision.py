# SPDX-License-Identifier: Apache-2.0
"""Is the SLO within, burning or exhausted, and how loudly do we call?

Burn rates are compared unrounded. Absence of data is a verdict of its own, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.rates import Firing
from cost_slo.domain.burn.unit_cost import UnitCosts, UnitState
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import midnight
from cost_slo.domain.wording import instant, money, unit_price


class Verdict(StrEnum):
    """What an evaluation says of one SLO."""

    WITHIN = "within"
    BURNING = "burning"
    EXHAUSTED = "exhausted"
    NO_DATA = "no_data"
    STALE_DATA = "stale_data"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, its severity and the sentence that says why.

    `is_calm` says that the recent days would also let an alarm end.
    """

    verdict: Verdict
    severity: Severity
    reason: str
    is_calm: bool = True


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
    firing: Firing | None,
    explained: str,
    *,
    spend: Decimal,
    objective: Decimal,
    currency: str,
    is_calm: bool,
) -> Decision:
    """Judge a monthly objective; being over it is at least a page, whatever the burn.

    `explained` is the sentence of the firing rule, or what to say without one.
    """
    severity = firing.rule.severity if firing else Severity.NONE
    if spend > objective:
        over = f"spend is {money(spend - objective, currency)} over {money(objective, currency)}"
        reason = f"{over}; {explained}" if firing else over
        return Decision(Verdict.EXHAUSTED, max(Severity.PAGE, severity), reason, is_calm)
    verdict = Verdict.BURNING if firing else Verdict.WITHIN
    return Decision(verdict, severity, explained, is_calm)


def decide_unit_cost(
    firing: Firing | None,
    explained: str,
    units: UnitCosts,
    *,
    objective: Decimal,
    currency: str,
    is_calm: bool,
) -> Decision:
    """Judge a unit-cost objective by its burn, and by the ratio of the last seven days."""
    if units.month.state is not UnitState.OK:
        return no_data(UNIT_REASONS[units.month.state])
    if firing:
        return Decision(Verdict.BURNING, firing.rule.severity, explained, is_calm)
    recent = units.trailing.ratio
    if recent is not None and units.is_lastingly_above(objective):
        reason = (
            f"the last 7 days cost {unit_price(recent, currency)} a unit, "
            f"above {unit_price(objective, currency)}"
        )
        return Decision(Verdict.BURNING, Severity.INVESTIGATE, reason, is_calm)
    return Decision(Verdict.WITHIN, Severity.NONE, explained, is_calm)
