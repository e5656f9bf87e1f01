# SPDX-License-Identifier: Apache-2.0
"""What changed, in detail? Read if an SLO alerts; whatever fails costs the detail alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import partial

from cost_slo.domain.account_changes.before_the_rise import (
    Lookup,
    changed_before,
    changes_evidence,
    rise_began,
)
from cost_slo.domain.drivers.movers import Movers
from cost_slo.domain.drivers.segment_movers import segment_movers
from cost_slo.domain.drivers.unit_split import UnitSplit
from cost_slo.domain.errors import may_pass
from cost_slo.domain.evidence.detail import NO_DETAIL, Detail, by_unit
from cost_slo.domain.evidence.periods import compared_periods, recent_periods
from cost_slo.domain.evidence.signal import in_detail
from cost_slo.domain.evidence.snapshot import Snapshot, read_snapshot
from cost_slo.domain.incidents.incident import Incident, Severity
from cost_slo.domain.incidents.transitions import is_notified, next_step
from cost_slo.domain.missing import Extras
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period
from cost_slo.domain.spend.cube import Cube, CubeQuestion
from cost_slo.domain.stored import to_json
from cost_slo.domain.verdict.figures import Figures
from cost_slo.use_cases.outcomes import Judged
from cost_slo.use_cases.reading import Monitor, read_changes

WHAT_CHANGED = "what changed in detail"
UNIT_COST = "why the cost of a unit changed"
BEFORE = "what was changed before"


@dataclass(frozen=True, slots=True)
class Read:
    """A detail, the paid requests that reading it took, and their cost.

    `is_news` says that a message will be sent. `refused` is why changes could not be looked up,
    and cannot until somebody allows it.
    """

    detail: Detail = NO_DETAIL
    requests: int = 0
    cost: Decimal = ZERO
    is_news: bool = False
    refused: tuple[Exception, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a detail is read for; `news` is the snapshot without it, if a message will be sent."""

    judged: Judged
    figures: Figures
    news: Snapshot | None


class _Compared(StrEnum):
    """Which periods are compared, in words."""

    SO_FAR = WHAT_CHANGED
    LATELY = "what changed in the last days"

    def periods(self, asked: _Asked) -> tuple[Period, Period] | None:
        """The period and its baseline; None if what is known does not reach back far enough."""
        first = min(row.day for row in asked.judged.seen)
        if self is _Compared.LATELY:
            return recent_periods(first, asked.figures)
        return compared_periods(first, asked.figures, asked.judged.as_of)


def read_detail(monitor: Monitor, judged: Judged) -> Read:
    """What changed by segment, and what was done to the account before; empty if nobody asks.

    It is read if the SLO alerts. If reading is paid for, it is read only before a message, or as
    long as its incident has none.
    """
    says, current, figures = judged.says, judged.known.current, judged.report.assessment.figures
    if says is None or judged.snapshot is None or figures is None or says.severity is Severity.NONE:
        return Read()
    known = in_detail(judged.snapshot, NO_DETAIL, current, Extras())
    step = next_step(current, replace(says, snapshot=to_json(known)))
    is_news = step is not None and is_notified(current, *step)
    is_due = is_news or (step is not None and not judged.known.reading.requests)
    if not is_due and _is_explained(current):
        return Read()
    return _read(monitor, _Asked(judged, figures, known if is_news else None))


def _is_explained(current: Incident | None) -> bool:
    if current is None:
        return True
    last = current.last_snapshot
    return bool(last) and read_snapshot(last).by_segment is not None


def _read(monitor: Monitor, asked: _Asked) -> Read:
    extras = Extras()
    compared = _cube(monitor, asked, _Compared.SO_FAR, extras)
    recent = _cube(monitor, asked, _Compared.LATELY, extras) if compared else None
    detail = Detail(
        segments=_segments(_Compared.SO_FAR, compared, extras),
        unit_split=_unit_split(asked, compared, extras),
        recent=_segments(_Compared.LATELY, recent, extras),
    )
    lookup = extras.get(BEFORE, partial(_lookup, monitor, asked, detail), None)
    if lookup is not None:
        detail = extras.get(BEFORE, partial(_with_changes, detail, lookup), detail)
    cubes = [cube for cube in (compared, recent) if cube is not None]
    return Read(
        replace(detail, missing=tuple(extras.missing)),
        requests=sum(cube.requests for cube in cubes),
        cost=sum((cube.request_cost for cube in cubes), ZERO),
        is_news=asked.news is not None,
        refused=tuple(
            error for error in (lookup.changes.failures if lookup else ()) if not may_pass(error)
        ),
    )


def _cube(monitor: Monitor, asked: _Asked, what: _Compared, extras: Extras) -> Cube | None:
    """What two periods cost; None if they cannot be compared."""

    def fetched() -> Cube | None:
        periods, judged = what.periods(asked), asked.judged
        if periods is None:
            return None
        return monitor.costs.fetch_cube(CubeQuestion(*periods, judged.known.slo, judged.currency))

    return extras.get(what, fetched, None)


def _segments(what: _Compared, cube: Cube | None, extras: Extras) -> Movers | None:
    return extras.get(what, partial(segment_movers, cube), None) if cube else None


def _with_changes(detail: Detail, lookup: Lookup) -> Detail:
    return replace(detail, changed=changed_before(lookup), row=changes_evidence(lookup))


def _unit_split(asked: _Asked, cube: Cube | None, extras: Extras) -> UnitSplit | None:
    split = partial(by_unit, cube, asked.judged.known.slo, asked.judged.seen) if cube else None
    return extras.get(UNIT_COST, split, None) if split else None


def _lookup(monitor: Monitor, asked: _Asked, detail: Detail) -> Lookup | None:
    """What was done before the rise; None if it is no news, undated, or nobody records it."""
    figures, news = asked.figures, asked.news
    if monitor.changes is None or news is None:
        return None
    end = max(figures.estimated_through, figures.data_through)
    since = rise_began(asked.judged.seen, data_through=figures.data_through, end=end)
    told = replace(news, by_segment=detail.segments or news.by_segment)
    return read_changes(monitor, told, since) if since else None
