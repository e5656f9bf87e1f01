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

from cost_slo.domain.charge import Charge
from cost_slo.domain.incident import IncidentEvent, Severity, Status, incidents
from cost_slo.domain.incident_change import acknowledge, identify_cause, mitigate
from cost_slo.domain.period import DAY, midnight
from cost_slo.monitor import Evaluation
from cost_slo.ports import StateChange, Store
from cost_slo.synthetic import Story, as_published, charges

MORNING = timedelta(hours=9)
SETTLED = timedelta(days=4)
"""From the end of a day until the last late charge has arrived, and a morning more."""
WEEK = timedelta(days=7)
CHANGING = WEEK + SETTLED + DAY
"""How long a week's part of the bill may still change."""

RUNAWAY = "metalabs-infrastructure"
"""The SLO that the runaway of the story is charged to."""

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
    at = midnight(story.month.start + DAY) + MORNING
    while at < midnight(story.month.end) + SETTLED:
        for part in [part for part in bill if midnight(part) < at < midnight(part) + CHANGING]:
            shown = list(as_published(bill[part], at))
            if shown != seen.get(part, []):
                publish(part, shown)
                seen[part] = shown
        evaluation, stopped = evaluate(at), None
        if story.mitigated_day is None and at.date() in story.month:
            stopped = respond(at)
        if stopped:
            story = replace(story, mitigated_day=stopped.at.day + 1)
            bill |= _parts(_from(story, _part(stopped.at.date(), story)))
        yield Scene(at, evaluation, stopped)
        at += DAY


def stop_runaway(store: Store, at: datetime) -> IncidentEvent | None:
    """What the person on call does about a page, and says on the timeline; None without one."""
    found = incidents(store.load_events(slo=RUNAWAY))
    paged = [one for one in found if one.status is Status.OPEN and one.severity >= Severity.PAGE]
    if not paged:
        return None
    cause = "a failing job is retried without end: the workers scale to their maximum"
    cure = "job paused, the workers' maximum lowered; they are gone by midnight"
    stopped = mitigate(paged[-1], cure, at + timedelta(hours=3))
    events = (
        acknowledge(paged[-1], "looking into it", at + timedelta(minutes=20)),
        identify_cause(paged[-1], cause, at + timedelta(hours=2)),
        stopped,
    )
    store.save(StateChange(events=events))
    return stopped


def _parts(story: Story) -> dict[date, list[Charge]]:
    """The charges of each part of the bill, by its first day."""
    parts: defaultdict[date, list[Charge]] = defaultdict(list)
    for charge in charges(story):
        parts[_part(charge.charge_period_start.date(), story)].append(charge)
    return parts


def _part(day: date, story: Story) -> date:
    """The first day of its part: a week from the story month on, a whole month before it."""
    week = day.replace(day=(day.day - 1) // WEEK.days * WEEK.days + 1)
    return week if day >= story.month.start else day.replace(day=1)


def _from(story: Story, start: date) -> Story:
    """The same story without the days before; what is left of it stays the same."""
    return replace(story, start=start, days=story.days - (start - story.start).days)
