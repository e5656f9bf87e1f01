# SPDX-License-Identifier: Apache-2.0
"""What happens when a bill goes wrong, day by day, and somebody stops it?

Plays a synthetic month through the real loop: each morning the bill as the export shows it by
then is published, and evaluated. Once a page comes, the person on call ends the runaway: the
days after it are charged without. The shell says how each is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from cost_slo.domain.incidents.incident import (
    EventKind,
    Incident,
    IncidentEvent,
    Severity,
    Status,
    incidents,
)
from cost_slo.domain.incidents.verbs import acknowledge, identify_cause, mitigate
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.spend.charge import Charge
from cost_slo.ports import StateChange, Store
from cost_slo.synthetic import Story, as_published, charges
from cost_slo.use_cases.result import Evaluation

_MORNING = timedelta(hours=9)
# From the end of a day until the last late charge has arrived, and a morning more.
SETTLED = timedelta(days=4)
_WEEK = timedelta(days=7)
# How long a week's part of the bill may still change.
CHANGING = _WEEK + SETTLED + DAY

# The SLO that the runaway of the story is charged to.
RUNAWAY = "metalabs-infrastructure"

ACKNOWLEDGED = "looking into it"
CAUSE = "a failing job is retried without end: the workers scale to their maximum"
CURE = "job paused, the workers' maximum lowered; they are gone by midnight"
SOON, LATER = timedelta(minutes=20), timedelta(hours=3)

Publish = Callable[[date, Sequence[Charge]], None]
Evaluate = Callable[[datetime], Evaluation]
Respond = Callable[[datetime], IncidentEvent | None]


@dataclass(frozen=True, slots=True)
class Scene:
    """One morning of the story, and how the runaway was stopped if it was on that day."""

    at: datetime
    evaluation: Evaluation
    stopped: IncidentEvent | None = None


def play(
    story: Story, *, publish: Publish, evaluate: Evaluate, respond: Respond
) -> Iterator[Scene]:
    """Publish and evaluate each morning from the story month's second day until it settled.

    The months before are published whole; a week whenever the export shows more of it.
    """
    bill, seen = _parts(story), dict[date, list[Charge]]()
    for month in [part for part in bill if part < story.month.start]:
        publish(month, bill.pop(month))
    at = midnight(story.month.start + DAY) + _MORNING
    while at < midnight(story.month.end) + SETTLED:
        for part in [part for part in bill if midnight(part) < at < midnight(part) + CHANGING]:
            shown = list(as_published(bill[part], at))
            if shown != seen.get(part, []):
                publish(part, shown)
                seen[part] = shown
        evaluation, stopped = evaluate(at), respond(at)
        if stopped and stopped.at.date() in story.month:
            story = replace(story, mitigated_day=stopped.at.day + 1)
            bill |= _parts(_from(story, _part(stopped.at.date(), story)))
        yield Scene(at, evaluation, stopped)
        at += DAY


def answer_pages(store: Store, at: datetime) -> IncidentEvent | None:
    """The person on call takes on what pages, and stops the runaway: how, None if it does not page.

    Says all of it on the timelines.
    """
    stopped = None
    for paged in incidents(store.load_events()):
        if paged.status is not Status.OPEN or paged.severity < Severity.PAGE or _is_taken(paged):
            continue
        store.save(StateChange(events=(acknowledge(paged, ACKNOWLEDGED, at + SOON),)))
        if paged.slo == RUNAWAY:
            stopped = mitigate(paged, CURE, at + LATER)
            cause = identify_cause(paged, CAUSE, at + LATER)
            store.save(StateChange(events=(cause, stopped)))
    return stopped


def _is_taken(incident: Incident) -> bool:
    return any(event.kind is EventKind.ACKNOWLEDGED for event in incident.events)


def _parts(story: Story) -> dict[date, list[Charge]]:
    """The charges of each part of the bill, by its first day."""
    parts: defaultdict[date, list[Charge]] = defaultdict(list)
    for charge in charges(story):
        parts[_part(charge.charge_period_start.date(), story)].append(charge)
    return parts


def _part(day: date, story: Story) -> date:
    """The first day of its part: a week from the story month on, a whole month before it."""
    week = day.replace(day=(day.day - 1) // _WEEK.days * _WEEK.days + 1)
    return week if day >= story.month.start else day.replace(day=1)


def _from(story: Story, start: date) -> Story:
    """The same story without the days before; what is left of it stays the same."""
    return replace(story, start=start, days=story.days - (start - story.start).days)
