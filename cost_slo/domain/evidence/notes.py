# SPDX-License-Identifier: Apache-2.0
"""What must a reader of an SLO's figures know that the figures do not say?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cost_slo.domain.burn.noise_gate import REMEMBERED
from cost_slo.domain.evidence.objective_change import change_note, objective_change
from cost_slo.domain.evidence.recovery import infeasible
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.incidents.verbs import NEW_LEVEL
from cost_slo.domain.period import DAY
from cost_slo.domain.plan.learning import is_enough, learning_note
from cost_slo.domain.plan.new_level import history_of
from cost_slo.domain.plan.plan import LEAST_HISTORY
from cost_slo.domain.plan.series import SpendSeries
from cost_slo.domain.spec.document import Slo, UnitObjective
from cost_slo.domain.verdict.assessment import Assessment
from cost_slo.domain.wording import day, money


def notes(
    assessment: Assessment,
    series: SpendSeries,
    incidents: Sequence[Incident],
    *,
    currency: str,
    as_of: datetime,
) -> tuple[str, ...]:
    """Sentences without a stop: how the objective changed, and how the plan came about."""
    slo, figures = assessment.slo, assessment.figures
    change = objective_change(incidents, slo, currency, window=series.window.start)
    changed = change_note(change, figures, as_of, currency) if change and figures else None
    found = (changed, _learned(slo, series), _accepted(assessment, series, currency))
    return tuple(filter(None, found))


def _learned(slo: Slo, series: SpendSeries) -> str | None:
    """Which days of incidents did not teach the plan, or had to."""
    end = series.window.start - DAY
    recent = {on for on in series.learning.left_out if end - REMEMBERED * DAY <= on < end}
    gone = recent.intersection(series.before)
    if isinstance(slo.objective, UnitObjective):
        return learning_note(gone, is_obeyed=gone.isdisjoint(series.teachers))
    if slo.plan == "none":
        return None
    is_obeyed = is_enough(series.whole_history, series.learning.left_out)
    return learning_note(gone, is_obeyed=is_obeyed)


def _accepted(assessment: Assessment, series: SpendSeries, currency: str) -> str | None:
    """That a person accepted a new level, until the plan is learned from nothing else."""
    level = series.learning.level
    is_new = level is not None and series.window.start < level.since + LEAST_HISTORY * DAY
    figures, is_learned = assessment.figures, assessment.slo.plan == "learned"
    if level is None or figures is None or not (is_learned and is_new):
        return None
    said = f"{NEW_LEVEL} {day(level.since)}"
    if history_of(series, level) is None:
        return f"{said}: the plan waits for a complete day of it, and {LEAST_HISTORY} days before"
    last = day(min(level.until, series.data_through) - DAY)
    planned = money(figures.plan_month, currency)
    return f"{said}, measured to {last}: the month is planned at {planned}{infeasible(figures)}"
