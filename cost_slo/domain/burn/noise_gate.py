# SPDX-License-Identifier: Apache-2.0
"""How much does spend stray from its plan when nothing is wrong?

Measured on the SLO's own history, one step ahead: each past day against its weekday x the level of
the 14 days before it. The *spread* of those residuals is the noise of a day. The *precedents* are
the largest excesses the history holds without anybody calling them an incident: an SLO that
doubles for a day every other week must not page each time it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul, sub

from cost_slo.domain.burn.excess import ExcessShape, shaped
from cost_slo.domain.period import DAY
from cost_slo.domain.plan.plan import LEVEL_DAYS, History, Plan, repeated
from cost_slo.domain.statistics import relative_to, rolling_medians, spread

# Windows have one to this many days.
LONGEST_RUN_DAYS = 7
# Days of residuals looked at.
REMEMBERED = 70


@dataclass(frozen=True, slots=True)
class Noise:
    """Amounts in the spec's currency; residuals are daily, the oldest first."""

    spread: float = 0.0
    residuals: tuple[float, ...] = ()

    def largest(self, days: int, shape: ExcessShape) -> float:
        """The largest excess of that shape that so many consecutive days held; never below zero."""
        runs = zip(*(self.residuals[first:] for first in range(days)), strict=False)
        return max([0.0, *(shaped(run, shape) for run in runs)])


# Nothing is known of the noise: every excess counts.
SILENT = Noise()


def noise_of(plan: Plan) -> Noise:
    """The noise of a learned plan's own history; silent without a history or a weekly shape."""
    if plan.cleaned is None or not any(plan.week):
        return SILENT
    ahead, frozen = _residuals(plan, plan.cleaned)
    return noise_of_residuals(ahead, spread(frozen))


def noise_of_residuals(residuals: Sequence[float], least_spread: float = 0.0) -> Noise:
    """The noise of a series of daily residuals, oldest first; silent when there are none."""
    if not residuals:
        return SILENT
    return Noise(max(spread(residuals), least_spread), tuple(residuals))


def _residuals(plan: Plan, history: History) -> tuple[list[float], list[float]]:
    """Residuals one step ahead, and those of the plan as frozen, over the days remembered."""
    known = history.usage[-(LEVEL_DAYS + REMEMBERED) :]
    week = [usual * plan.before for usual in plan.week]
    usual = repeated(week, history.end - len(known) * DAY, len(known))
    levels = rolling_medians(relative_to(usual, known)[:-1], LEVEL_DAYS)
    used, planned = known[LEVEL_DAYS:], usual[LEVEL_DAYS:]
    ahead = list(map(sub, used, map(mul, levels, planned)))
    return ahead, list(map(sub, used, planned))
