# SPDX-License-Identifier: Apache-2.0
"""Which past days may teach the plan?

Days of an incident do not: those its evidence calls burning (1x or more), and a lone calm day
between two, as known when the window began. Each is taken for the median of the nearest three days
of its weekday that remain, so that the history stays one of consecutive days. Where fewer than 28
of the last 56 days would remain, or none of some weekday, all teach. What a person called planned
teaches as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from cost_slo.domain.incidents.incident import EventKind, Incident
from cost_slo.domain.incidents.judged import Decided
from cost_slo.domain.period import DAY, SETTLING, Period, midnight
from cost_slo.domain.plan.plan import LEAST_HISTORY, USED_HISTORY, WEEK_DAYS, History
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.statistics import median
from cost_slo.domain.wording import count, days

NEAREST = 3
# Days that measure an accepted level, even if it was accepted before they were complete.
LEAST_MEASURED = 3
# The burn rate from which on a day belongs to its incident.
BURNING = 1.0


@dataclass(frozen=True, slots=True)
class Level:
    """Spend from `since` on, accepted as normal at `at`; measured before `until` (exclusive)."""

    since: date
    at: datetime
    until: date

    def teaches(self, day: date, decided_at: datetime) -> bool:
        """Whether a day that a decision found burning is normal after all."""
        return day >= self.since and decided_at <= self.at


@dataclass(frozen=True, slots=True)
class Learning:
    """What incidents say of the days that could teach a plan: those `left_out` do not.

    `level` is the spend that a person accepted as the new normal.
    """

    left_out: frozenset[date] = frozenset()
    level: Level | None = None


EVERY_DAY_TEACHES = Learning()


def learning(incidents: Iterable[Incident], window: Period) -> Learning:
    """What the incidents of an SLO, as known now, say of the days that could teach its plan."""
    known = list(incidents)
    level = _level(known, window)
    burning = {
        day
        for incident in known
        if not is_planned(incident)
        for day, decided_at in _burning_days(incident, midnight(window.start))
        if level is None or not level.teaches(day, decided_at)
    }
    between = {day + DAY for day in burning if day + 2 * DAY in burning}
    gone = frozenset(day for day in burning | between if day < window.start)
    return Learning(gone, level)


def is_planned(incident: Incident) -> bool:
    """Whether the person who resolved it last said that the spend was planned."""
    ended = [event for event in incident.events if event.kind is EventKind.RESOLVED]
    return bool(ended) and ended[-1].said.planned


def taught(history: History, left_out: frozenset[date]) -> History:
    """The history with each left-out day replaced by a usual one; unchanged if too few remain."""
    gone = left_out.intersection(history.period.dates)
    if not gone or not is_enough(history, gone):
        return history
    usage = list(history.usage)
    for day in gone:
        usage[(day - history.start).days] = _usual(history, day, gone)
    return History(history.start, tuple(usage))


def teachers(
    known: Mapping[date, Observation], left_out: frozenset[date]
) -> Mapping[date, Observation]:
    """The days that teach a unit cost; all days if fewer than 28 would remain."""
    kept = {day: seen for day, seen in known.items() if day not in left_out}
    return kept if len(kept) >= LEAST_HISTORY else known


def learning_note(left_out: Iterable[date], *, is_obeyed: bool) -> str | None:
    """A note about the incident days; None if there are none."""
    gone = sorted(left_out)
    if not gone:
        return None
    days = f"{count(len(gone), 'incident day')} ({', '.join(_runs(gone))})"
    verb = "was" if len(gone) == 1 else "were"
    if is_obeyed:
        return f"{days} {verb} left out of the plan"
    return f"{days} {verb} kept in the plan: fewer than {LEAST_HISTORY} other days are known"


def is_enough(history: History, gone: frozenset[date]) -> bool:
    kept = [day for day in list(history.period.dates)[-USED_HISTORY:] if day not in gone]
    return len(kept) >= LEAST_HISTORY and len({day.weekday() for day in kept}) == WEEK_DAYS


def _usual(history: History, day: date, gone: frozenset[date]) -> float:
    same = (
        other
        for other in history.period.dates
        if other.weekday() == day.weekday() and other not in gone
    )
    nearest = sorted(same, key=lambda other: abs(other - day))[:NEAREST]
    return median([history.usage[(other - history.start).days] for other in nearest])


def _level(known: Iterable[Incident], window: Period) -> Level | None:
    """The level accepted last; measured on what was complete by then, or as the window began."""
    accepted = [
        (event.at, since)
        for incident in known
        for event in incident.events
        if event.kind is EventKind.ACCEPTED and (since := event.said.level_from)
    ]
    if not accepted:
        return None
    at, since = max(accepted, key=lambda said: said[0])
    complete = (max(at, midnight(window.start)) - SETTLING).date()
    return Level(since, at, max(complete, since + LEAST_MEASURED * DAY))


def _burning_days(incident: Incident, known_by: datetime) -> Iterator[tuple[date, datetime]]:
    """Each burning day, and when it was first decided to be one."""
    for event in incident.events:
        if event.is_decision and event.at <= known_by:
            for period in _burning(event.decided):
                yield from ((day, event.at) for day in period.dates)


def _burning(decided: Decided) -> Iterator[Period]:
    """The burning days up to the last complete one, as far back as the evidence goes."""
    if decided.data_through is None or decided.slo is None:
        return
    end = decided.data_through.date()
    sums = {0: 0.0}
    for burn in decided.slo.figures.burn:
        length = int(burn.window.removesuffix("d"))
        sums[length] = burn.rate * length
    for shorter, longer in pairwise(sorted(sums)):
        if sums[longer] - sums[shorter] < BURNING * (longer - shorter):
            return
        yield Period(end - longer * DAY, end - shorter * DAY)


def _runs(ordered: list[date]) -> Iterator[str]:
    breaks = [at for at, (one, other) in enumerate(pairwise(ordered), 1) if other - one > DAY]
    for first, end in pairwise([0, *breaks, len(ordered)]):
        yield days(ordered[first], ordered[end - 1])
