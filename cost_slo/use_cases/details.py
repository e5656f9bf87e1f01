# SPDX-License-Identifier: Apache-2.0
"""What changed, in detail? Read for an SLO that calls; whatever fails costs the detail alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from cost_slo.domain.account_changes.before_the_rise import Lookup, rise_began
from cost_slo.domain.errors import is_fault, may_pass
from cost_slo.domain.evidence.detail import Detail, by_segment
from cost_slo.domain.evidence.periods import compared_periods, recent_periods
from cost_slo.domain.evidence.snapshot import read_snapshot
from cost_slo.domain.incidents.incident import Incident, IncidentEvent, Severity
from cost_slo.domain.incidents.transitions import is_notified
from cost_slo.domain.missing import Extras
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period
from cost_slo.domain.spend.cube import Cube, CubeQuestion
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.verdict.assessment import Figures
from cost_slo.domain.verdict.document import SloReport
from cost_slo.use_cases.outcomes import Outcome
from cost_slo.use_cases.reading import Known, Monitor, read_changes

WHAT_CHANGED = "what changed in detail"
BEFORE = "what was changed before"

# The straight line for one SLO.
Judge = Callable[[Known], Outcome]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a detail is read for: an SLO, its figures, every observation of it.

    `news` is the decision that is to be told, None unless one is.
    """

    known: Known
    figures: Figures
    seen: Sequence[Observation]
    news: IncidentEvent | None
    currency: str
    as_of: datetime


class Compared(StrEnum):
    """Which periods are compared, in words."""

    SO_FAR = WHAT_CHANGED
    LATELY = "what changed in the last days"

    def periods(self, asked: _Asked) -> tuple[Period, Period] | None:
        """The period and its baseline; None if what is known does not reach back far enough."""
        first = min(row.day for row in asked.seen)
        if self is Compared.LATELY:
            return recent_periods(first, asked.figures)
        return compared_periods(first, asked.figures, asked.as_of)


@dataclass(frozen=True, slots=True)
class _Read:
    """A detail, the cubes it was made of, and which changes were looked up."""

    detail: Detail = field(default_factory=Detail)
    cubes: tuple[Cube, ...] = ()
    lookup: Lookup | None = None

    @property
    def refused(self) -> list[Exception]:
        """Why changes could not be looked up, and cannot until somebody allows it."""
        failures = self.lookup.changes.failures if self.lookup else ()
        return [error for error in failures if not may_pass(error)]


def explained(
    monitor: Monitor, known: Known, judge: Judge, currency: str, as_of: datetime
) -> Outcome:
    """The outcome of the line, with what changed in detail where it calls once more.

    Only `judge` itself, without a detail, may raise. Whatever else fails is named in the report.
    """
    outcome, extras = judge(known), Extras()
    asked = partial(_asked, known, outcome, currency, as_of)
    explain = partial(_explained, monitor, outcome, asked, judge)
    return extras.get(WHAT_CHANGED, explain, outcome).without(extras.missing)


def _asked(known: Known, outcome: Outcome, currency: str, as_of: datetime) -> _Asked | None:
    """What to read a detail for; None for what does not call, or is explained already.

    Where reading is paid for, the detail is read for news alone.
    """
    assessment = outcome.report.assessment
    figures, severity = assessment.figures, assessment.decision.severity
    if figures is None or severity is Severity.NONE or known.is_past:
        return None
    current = known.incidents[-1] if known.incidents else None
    is_told = any(is_notified(current, event) for event in outcome.events)
    is_due = is_told or (outcome.events and not known.reading.requests)
    if not is_due and _is_explained(current):
        return None
    news, seen = outcome.events[-1] if is_told else None, (*known.ledger, *outcome.observations)
    return _Asked(known, figures, seen, news, currency, as_of)


def _is_explained(current: Incident | None) -> bool:
    return current is None or bool(current.last_snapshot.get("segments"))


def _explained(
    monitor: Monitor, outcome: Outcome, asks: Callable[[], _Asked | None], judge: Judge
) -> Outcome:
    """The line again, with a detail: that costs two scans.

    Where the detail cannot be read, the call goes out with what is known, and the next run asks
    again.
    """
    asked = asks()
    if asked is None:
        return outcome
    read = _read_detail(monitor, asked)
    if read.detail == Detail():
        return outcome
    closer = _closer(replace(asked.known, detail=read.detail), outcome, judge)
    faults = [each.error for each in closer.missing if is_fault(each.error)] if asked.news else []
    return replace(
        closer,
        report=_with_price(closer.report, read.cubes),
        refused=(*read.refused, *faults),
        plain=outcome,
    )


def _closer(known: Known, outcome: Outcome, judge: Judge) -> Outcome:
    """The line with a detail; the outcome without it where that breaks the line."""
    extras, missing = Extras(), known.detail.missing if known.detail else ()
    without = outcome.without(missing)
    return extras.get(WHAT_CHANGED, partial(judge, known), without).without(extras.missing)


def _with_price(report: SloReport, cubes: Sequence[Cube]) -> SloReport:
    """The report, with what reading the detail has cost."""
    cost = sum((cube.request_cost for cube in cubes), ZERO)
    requests = sum(cube.requests for cube in cubes)
    return replace(report, detail_requests=requests, detail_cost=cost)


def _read_detail(monitor: Monitor, asked: _Asked) -> _Read:
    """What changed by segment, and what was done before the rise if it is news."""
    extras = Extras()
    compared = _cube(monitor, asked, Compared.SO_FAR, extras)
    recent = _cube(monitor, asked, Compared.LATELY, extras) if compared else None
    detail = Detail(
        segments=_segments(Compared.SO_FAR, compared, extras),
        recent=_segments(Compared.LATELY, recent, extras),
    )
    cubes = tuple(cube for cube in (compared, recent) if cube is not None)
    lookup = extras.get(BEFORE, partial(_lookup, monitor, asked, detail), None)
    if lookup is not None:
        detail = extras.get(BEFORE, partial(detail.with_changes, lookup), detail)
    return _Read(replace(detail, missing=tuple(extras.missing)), cubes, lookup)


def _cube(monitor: Monitor, asked: _Asked, what: Compared, extras: Extras) -> Cube | None:
    """What two periods cost; None if they cannot be compared."""

    def fetched() -> Cube | None:
        periods = what.periods(asked)
        if periods is None:
            return None
        question = CubeQuestion(*periods, asked.known.slo, asked.currency)
        return monitor.costs.fetch_cube(question)

    return extras.get(what, fetched, None)


def _segments(what: Compared, cube: Cube | None, extras: Extras) -> Mapping[str, Any] | None:
    return extras.get(what, partial(by_segment, cube), None) if cube else None


def _lookup(monitor: Monitor, asked: _Asked, detail: Detail) -> Lookup | None:
    """What was done before the rise; None if it is no news, undated, or nobody records it."""
    figures, news = asked.figures, asked.news
    if monitor.changes is None or news is None:
        return None
    end = max(figures.estimated_through, figures.data_through)
    since = rise_began(asked.seen, data_through=figures.data_through, end=end)
    segments = detail.segments or news.snapshot.get("segments")
    told = read_snapshot({**news.snapshot, "segments": segments})
    return read_changes(monitor, told, since) if since else None
