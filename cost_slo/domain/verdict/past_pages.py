# SPDX-License-Identifier: Apache-2.0
"""How often would a ladder have paged in an SLO's own past?

The months before the window are replayed, each day whole the morning after and the plan frozen as
each month began. A page counts once until its burn has calmed, as its incident would. Being over
the objective is a fact, no rule of the ladder and no false page; it is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from cost_slo.domain.burn.ladder import Ladder, fired, planned, spend_ladder, unit_ladder
from cost_slo.domain.burn.noise_gate import noise_of
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.unit_cost import unit_plan
from cost_slo.domain.incidents.incident import EventKind, Incident, Severity, fold
from cost_slo.domain.period import DAY, Month, Period, midnight
from cost_slo.domain.plan.learning import Learning, is_planned
from cost_slo.domain.plan.series import SpendSeries
from cost_slo.domain.spec.document import Slo, UnitObjective
from cost_slo.domain.spend.reading import Observation

# What a person says of an incident that was none for nothing.
EXPLAINING = frozenset({EventKind.CAUSE_IDENTIFIED, EventKind.MITIGATING})
# A bill may lack the newest three days of a month that has just ended.
LATEST = 4 * DAY
Climb = Callable[[SpendSeries], Ladder | None]


@dataclass(frozen=True, slots=True)
class Morning:
    """The newest complete day, and the ladder as it stood on the morning after."""

    day: date
    ladder: Ladder


@dataclass(frozen=True, slots=True)
class PastMonth:
    """A month that had a plan as it began, and its mornings, oldest first."""

    period: Period
    mornings: tuple[Morning, ...]


def past_months(slo: Slo, series: SpendSeries, most: int) -> tuple[PastMonth, ...]:
    """The newest months before the window, at most so many, oldest first.

    They stand on what was known when the window began. A month is left out that was not yet known
    to its end by then, or that too little history came before to be held against.
    """
    if not series.before:
        return ()
    first, last = min(series.before), max(series.before)
    period = Month.of_last_day_before(series.window.start)
    months: list[PastMonth] = []
    while period.start > first and len(months) < most:
        if period.end - last <= LATEST:
            months.extend(_replayed(slo, series, period))
        period = Month.of_last_day_before(period.start)
    return tuple(reversed(months))


def true_days(known: Iterable[Incident], by: date) -> tuple[Period, ...]:
    """The days of incidents that a person had mitigated or named the cause of before a day began.

    What an evaluation judges ended up to two days before it.
    """
    told = (_as_told(incident, midnight(by)) for incident in known)
    return tuple(
        Period(seen.opened_at.date() - 2 * DAY, (seen.resolved_at or midnight(by)).date() + DAY)
        for seen in told
        if seen is not None
    )


def spells(mornings: Sequence[Morning], policy: Policy) -> list[list[Morning]]:
    """The mornings that page, those in one list whose burn has not calmed in between."""
    found: list[list[Morning]] = []
    is_going = False
    for morning in mornings:
        if pages(morning, policy):
            if not is_going:
                found.append([])
            found[-1].append(morning)
            is_going = True
        elif morning.ladder.is_calm:
            is_going = False
    return found


def pages(morning: Morning, policy: Policy) -> bool:
    """Whether a rule calls for a page or an emergency."""
    firing, _ = fired(policy, morning.ladder)
    return firing is not None and firing.rule.severity >= Severity.PAGE


def _as_told(incident: Incident, by: datetime) -> Incident | None:
    events = [event for event in incident.events if event.at < by]
    is_true = any(event.kind in EXPLAINING and not event.is_decision for event in events)
    seen = fold(events) if is_true else None
    return None if seen is None or is_planned(seen) else seen


def _replayed(slo: Slo, series: SpendSeries, period: Period) -> Iterator[PastMonth]:
    known = {day: seen for day, seen in series.before.items() if day < period.start}
    learning = Learning(series.learning.left_out)
    climb = _climb(slo, SpendSeries(known, known, period.start, period.start, period, learning))
    mornings = tuple(_mornings(series.before, known, period, climb)) if climb else ()
    if mornings:
        yield PastMonth(period, mornings)


def _mornings(
    days: Mapping[date, Observation],
    before: Mapping[date, Observation],
    period: Period,
    climb: Climb,
) -> Iterator[Morning]:
    known = dict(before)
    end = min(period.end, max(days) + DAY)
    for day in (period.start + offset * DAY for offset in range((end - period.start).days)):
        if day in days:
            known[day] = days[day]
        ladder = climb(SpendSeries(known, before, day + DAY, day + DAY, period))
        if ladder is not None:
            yield Morning(day, ladder)


def _climb(slo: Slo, series: SpendSeries) -> Climb | None:
    """How a morning of the month is judged, its plan frozen; None without a plan."""
    if isinstance(slo.objective, UnitObjective):
        return partial(unit_ladder, slo.objective, plan=unit_plan(series.teachers))
    plan = planned(slo, series)
    if plan.cleaned is None:
        return None
    return partial(spend_ladder, slo.objective.monthly, plan=plan, noise=noise_of(plan))
