# SPDX-License-Identifier: Apache-2.0
"""When did what happen, and which step comes next?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent, Severity
from cost_slo.domain.wording import instant, markdown, one_line

# The steps an incident is expected to take, in order.
STEPS = {
    EventKind.OPENED: "threshold crossed",
    EventKind.ALERTED: "alert sent",
    EventKind.ACKNOWLEDGED: "acknowledged",
    EventKind.CAUSE_IDENTIFIED: "cause identified",
    EventKind.MITIGATING: "mitigation",
    EventKind.RESOLVED: "back to normal",
    EventKind.CLOSED: "closed",
}

# What may also happen; an update that decides nothing is not a line.
OTHER = {
    EventKind.ESCALATED: "escalated",
    EventKind.DE_ESCALATED: "lowered",
    EventKind.REOPENED: "back above the threshold",
    EventKind.NOTED: "note",
    EventKind.ACCEPTED: "new level",
    EventKind.ANOMALY: "anomaly",
}

LEVELS = {Severity.EMERGENCY: "P1", Severity.PAGE: "P2"}
_LOWEST = "P3"

_NAMES = STEPS | OTHER
_NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class _Row:
    """One line: when (text, UTC), which step, and what was said about it."""

    at: str
    step: str
    text: str

    @property
    def line(self) -> str:
        """The row of the table."""
        return f"| {self.at} | {self.step} | {markdown(self.text) or '-'} |"


def timeline(incident: Incident, data_through: datetime | None) -> list[_Row]:
    """The lines that happened, in order of time, then the one step expected next."""
    events = sorted(incident.events, key=lambda event: event.at)
    rows = [
        _Row(instant(event.at), _NAMES[event.kind], _said(event))
        for event in events
        if event.kind in _NAMES
    ]
    if data_through is not None:
        text = "end of the last complete day of charges behind the first decision"
        rows.insert(0, _Row(instant(data_through), "data arrived", text))
    awaited = next_step(events)
    return [*rows, _Row(_NOT_YET, STEPS[awaited], "")] if awaited else rows


def _said(event: IncidentEvent) -> str:
    text = one_line(event.text)
    return "" if text == _NAMES[event.kind] else text


def next_step(events: list[IncidentEvent]) -> EventKind | None:
    """The step after the furthest one taken since the incident last opened."""
    steps, reached = list(STEPS), 0
    for event in events:
        if event.kind is EventKind.REOPENED:
            reached = 0
        elif event.kind in STEPS:
            reached = max(reached, steps.index(event.kind))
    return steps[reached + 1] if reached + 1 < len(steps) else None


def first_event(incident: Incident, kind: EventKind) -> IncidentEvent | None:
    """The first event of a kind."""
    found = [event for event in incident.events if event.kind is kind]
    return min(found, key=lambda event: event.at, default=None)


def first_at(incident: Incident, kind: EventKind) -> datetime | None:
    """When a kind of event first happened."""
    first = first_event(incident, kind)
    return first.at if first else None


def level(severity: Severity) -> str:
    """P1 for emergency, P2 for page, P3 for the rest."""
    return LEVELS.get(severity, _LOWEST)
