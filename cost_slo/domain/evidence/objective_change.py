# SPDX-License-Identifier: Apache-2.0
"""Did somebody change the objective while the month runs?

The evidence of an SLO's incidents tells what the objective was; an SLO without an incident leaves
no trace of it. Raising a target ends an alarm as well as spending less does, so it is always said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from cost_slo.domain.incidents.incident import Incident, IncidentEvent
from cost_slo.domain.incidents.judged import JudgedSlo
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.verdict.document import judged_objective
from cost_slo.domain.verdict.figures import Figures
from cost_slo.domain.wording import day, money, unit_price


@dataclass(frozen=True, slots=True)
class ObjectiveChange:
    """From one amount to another; `seen_at` is None where this evaluation sees it first."""

    before: Decimal
    after: Decimal
    seen_at: datetime | None = None

    @property
    def is_raise(self) -> bool:
        """Whether more may be spent than before."""
        return self.after > self.before


def objective_change(
    incidents: Iterable[Incident], slo: Slo, currency: str, *, window: date | None = None
) -> ObjectiveChange | None:
    """The last change that the incidents' decisions show; with a `window`, those of one month."""
    now, seen_at = judged_objective(slo, currency), None
    for event, judged in sorted(_judged(incidents), key=lambda pair: pair[0].at, reverse=True):
        then = judged.objective
        is_same = replace(then, amount=now.amount) == now
        if not is_same or window not in (None, judged.window and judged.window.start.date()):
            return None
        if then.amount != now.amount:
            return ObjectiveChange(then.amount, now.amount, seen_at)
        seen_at = event.at
    return None


def _judged(incidents: Iterable[Incident]) -> Iterator[tuple[IncidentEvent, JudgedSlo]]:
    for incident in incidents:
        for event in incident.events:
            if event.is_decision and (judged := event.decided.slo):
                yield event, judged


def change_note(change: ObjectiveChange, figures: Figures, as_of: datetime, currency: str) -> str:
    """What the change means, for the timeline and the report."""
    on = day((change.seen_at or as_of).date())
    before, after = (_price(it, figures, currency) for it in (change.before, change.after))
    said = f"objective changed from {before} to {after} on {on}"
    if figures.budget is None:
        return said
    size, used = (money(it, currency) for it in (figures.budget.size, figures.budget.used))
    return f"{said}: the error budget is now {size}, of which {used} is used"


def raised(change: ObjectiveChange | None, figures: Figures, currency: str) -> str | None:
    """That it was the raise that ended an alarm; None where the spend alone would have."""
    if change is None or not change.is_raise:
        return None
    if change.seen_at is not None and _would_hold(change.before, figures):
        return None
    before, after = (_price(it, figures, currency) for it in (change.before, change.after))
    return f"objective raised from {before} to {after}"


def _price(objective: Decimal, figures: Figures, currency: str) -> str:
    return (money if figures.unit is None else unit_price)(objective, currency)


def _would_hold(objective: Decimal, figures: Figures) -> bool:
    if figures.unit is None:
        return figures.forecast.month_end <= objective
    recent = figures.unit.trailing.ratio
    return recent is not None and recent <= objective
