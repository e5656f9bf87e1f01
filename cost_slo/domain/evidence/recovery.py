# SPDX-License-Identifier: Apache-2.0
"""Why is an incident over?

Because the source took the money back, because a person accepted its level as the new normal,
because the objective was raised, because a new month began within it, or because the month is
projected to end within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from cost_slo.domain.burn.budget import BudgetState
from cost_slo.domain.evidence.objective_change import objective_change, raised
from cost_slo.domain.incidents.incident import Incident, IncidentEvent
from cost_slo.domain.incidents.judged import JudgedSlo
from cost_slo.domain.incidents.verbs import NEW_LEVEL
from cost_slo.domain.money import ZERO
from cost_slo.domain.month_rollover import is_new_month
from cost_slo.domain.period import Month, midnight
from cost_slo.domain.spec.document import Slo, UnitObjective
from cost_slo.domain.spend.ledger import as_known_at, latest
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.verdict.assessment import Assessment
from cost_slo.domain.verdict.decision import Verdict
from cost_slo.domain.verdict.figures import Figures
from cost_slo.domain.wording import day, money

RESTATED = "restated: "
# Of the budget the incident has used at most: so much taken back is why it ended.
RESTATED_SHARE = Decimal("0.5")


def resolution(
    assessment: Assessment,
    figures: Figures,
    current: Incident | None,
    observations: Sequence[Observation],
    currency: str,
) -> str | None:
    """Why a running incident is over, None while it is not."""
    if current is None or assessment.decision.verdict is not Verdict.WITHIN:
        return None
    change = objective_change([current], assessment.slo, currency)
    return (
        _taken_back(current, observations, currency)
        or _accepted(current, figures)
        or raised(change, figures, currency)
        or _within(assessment.slo, figures, current)
    )


def _taken_back(
    current: Incident, observations: Sequence[Observation], currency: str
) -> str | None:
    less = restated(current, observations)
    if less <= ZERO:
        return None
    return (
        f"{RESTATED}the source now bills {money(less, currency)} less for the days that raised it"
    )


def _accepted(current: Incident, figures: Figures) -> str | None:
    if current.accepted_from is None:
        return None
    return f"{NEW_LEVEL} {day(current.accepted_from)}{infeasible(figures)}"


def _within(slo: Slo, figures: Figures, current: Incident) -> str | None:
    if is_new_month(figures.window, _opened_window(current)):
        return f"a new month began within its objective ({figures.window.start:%B %Y})"
    if isinstance(slo.objective, UnitObjective):
        return "the unit cost is back within its objective"
    if figures.forecast.month_end <= slo.objective.monthly:
        return "the month is projected to end within its objective"
    return None


def infeasible(figures: Figures) -> str:
    """What to add to an accepted level that cannot keep the objective; mostly nothing."""
    if figures.budget is None or figures.budget.state is not BudgetState.INFEASIBLE:
        return ""
    return "; at this level the objective cannot hold: lower the usage, or raise it in the spec"


def restated(incident: Incident, observations: Sequence[Observation]) -> Decimal:
    """What the days known when the incident opened are billed less by now.

    Zero unless it is at least half of the budget that any decision since then saw used: the day
    that opens an incident may still be arriving, and is then no part of the budget yet.
    """
    then = latest(as_known_at(observations, incident.opened_at))
    now = latest(observations)
    window = _opened_window(incident).date()
    less = sum((seen.total - now[on].total for on, seen in then.items() if on >= window), ZERO)
    used = max(
        (judged.figures.budget.used or ZERO for judged in map(_judged, incident.events) if judged),
        default=ZERO,
    )
    return less if less >= RESTATED_SHARE * used > 0 else ZERO


def _judged(event: IncidentEvent) -> JudgedSlo | None:
    return event.decided.slo if event.is_decision else None


def _opened_window(incident: Incident) -> datetime:
    opened = incident.events[0]
    judged = _judged(opened)
    if judged and judged.window:
        return judged.window.start
    return midnight(Month.containing(opened.at.date()).start)
