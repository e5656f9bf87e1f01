# SPDX-License-Identifier: Apache-2.0
"""What must a reader of an SLO's figures know that the figures do not say?"""

from __future__ import annotations

from cost_slo.domain.learning import is_enough, learning_note
from cost_slo.domain.noise import REMEMBERED
from cost_slo.domain.period import DAY
from cost_slo.domain.series import SpendSeries
from cost_slo.domain.spec import Slo, UnitObjective


def notes(slo: Slo, series: SpendSeries) -> tuple[str, ...]:
    """Sentences without a stop, the most lasting first."""
    return tuple(filter(None, [_learned(slo, series)]))


def _learned(slo: Slo, series: SpendSeries) -> str | None:
    """Which days of incidents did not teach the plan, or had to."""
    end = series.window.start - DAY
    recent = {day for day in series.learning.left_out if end - REMEMBERED * DAY <= day < end}
    gone = recent.intersection(series.before)
    if isinstance(slo.objective, UnitObjective):
        return learning_note(gone, is_obeyed=gone.isdisjoint(series.teachers))
    if slo.plan == "none":
        return None
    is_obeyed = is_enough(series.whole_history, series.learning.left_out)
    return learning_note(gone, is_obeyed=is_obeyed)
