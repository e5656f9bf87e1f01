# SPDX-License-Identifier: Apache-2.0
"""What has happened to a cost incident, and what state is it in?

Incidents are event-sourced: the timeline *is* the record, and the state is its fold. An event
has a `key`; the same key is never written twice, so a re-run or a duplicate changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.judged import Decided, EventRecord
from cost_slo.domain.period import midnight
from cost_slo.domain.stored import from_json


class Severity(StrEnum):
    """How loudly an SLO calls; ordered from quiet to loud."""

    NONE = "none"
    INVESTIGATE = "investigate"
    PAGE = "page"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for none, 3 for emergency."""
        return list(Severity).index(self)

    # All four, because a StrEnum inherits the alphabet's order from str.
    def __lt__(self, other: str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Severity(other).rank


class Status(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    MITIGATING = "mitigating"
    RESOLVED = "resolved"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What can happen to an incident."""

    OPENED = "opened"
    ESCALATED = "escalated"
    DE_ESCALATED = "de_escalated"
    UPDATED = "updated"
    MITIGATING = "mitigating"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    ALERTED = "alerted"
    ANOMALY = "anomaly"
    ACKNOWLEDGED = "acknowledged"
    CAUSE_IDENTIFIED = "cause_identified"
    ACCEPTED = "accepted"
    NOTED = "noted"
    ACTION_ADDED = "action_added"
    ACTION_CHANGED = "action_changed"
    ACTION_DONE = "action_done"


# Snapshot of what an anomaly did to an incident: there is no evidence of an evaluation.
BY_ANOMALY = EventRecord(by="anomaly")


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """One line of the timeline.

    `at` is when it happened (`as_of` for decisions). `snapshot` is what was known: the SLO's
    evaluation object, its drivers and its source, as JSON values; for human events what was said
    beyond the text (`planned`, `level_from`, an action item), mostly nothing.
    """

    incident: str
    slo: str
    key: str
    at: datetime
    kind: EventKind
    text: str
    severity: Severity | None = None
    snapshot: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_decision(self) -> bool:
        """Whether an evaluation decided it: no anomaly, no message sent, nor a person's words."""
        return (
            self.severity is not None
            and self.kind is not EventKind.ALERTED
            and self.said.by != BY_ANOMALY.by
        )

    @property
    def said(self) -> EventRecord:
        """What it keeps of an anomaly, or of a person, beside its text."""
        return from_json(EventRecord, self.snapshot)

    @property
    def decided(self) -> Decided:
        """What it keeps of an evaluation."""
        return from_json(Decided, self.snapshot)


@dataclass(frozen=True, slots=True)
class Incident:
    """The state an incident's events fold to."""

    id: str
    slo: str
    status: Status
    severity: Severity
    opened_at: datetime
    resolved_at: datetime | None
    summary: str
    events: tuple[IncidentEvent, ...]

    @property
    def is_running(self) -> bool:
        """Whether it is open or being mitigated."""
        return self.status in (Status.OPEN, Status.MITIGATING)

    @property
    def peak(self) -> Severity:
        """The loudest it has been."""
        return max(
            (event.severity for event in self.events if event.severity), default=Severity.NONE
        )

    @property
    def accepted_from(self) -> date | None:
        """From which day on a person accepted its level as the new normal, since it last opened."""
        last: date | None = None
        for event in self.events:
            if event.kind is EventKind.ACCEPTED:
                last = event.said.level_from
            elif event.kind is EventKind.REOPENED:
                last = None
        return last

    @property
    def last_snapshot(self) -> Mapping[str, Any]:
        """What was known at its last decision; empty without one."""
        decisions = (event.snapshot for event in reversed(self.events) if event.is_decision)
        return next(decisions, {})


def fold(events: Iterable[IncidentEvent]) -> Incident:
    """The state of one incident, from its events in the order they were written."""
    unique: dict[str, IncidentEvent] = {}
    for event in events:
        unique.setdefault(event.key, event)
    if not unique:
        raise CostSloError("an incident has at least one event; got none to fold")
    return _folded(tuple(unique.values()))


def incidents(events: Iterable[IncidentEvent]) -> tuple[Incident, ...]:
    """Every incident of a mixed list of events, ordered by opening, then id."""
    timelines: defaultdict[str, list[IncidentEvent]] = defaultdict(list)
    for event in events:
        timelines[event.incident].append(event)
    found = map(fold, timelines.values())
    return tuple(sorted(found, key=lambda incident: (incident.opened_at, incident.id)))


def next_id(slo: str, month_start: date, existing_ids: Collection[str]) -> str:
    """`<slo>-YYYY-MM` for the first incident of a month, then `<slo>-YYYY-MM-2` and so on."""
    first = f"{slo}-{month_start:%Y-%m}"
    number, candidate = 1, first
    while candidate in existing_ids:
        number += 1
        candidate = f"{first}-{number}"
    return candidate


_STATUS_AFTER = {
    EventKind.OPENED: Status.OPEN,
    EventKind.ESCALATED: Status.OPEN,
    EventKind.MITIGATING: Status.MITIGATING,
    EventKind.RESOLVED: Status.RESOLVED,
    EventKind.REOPENED: Status.OPEN,
    EventKind.CLOSED: Status.CLOSED,
}

_SUMMARISED = (
    EventKind.OPENED,
    EventKind.ESCALATED,
    EventKind.DE_ESCALATED,
    EventKind.UPDATED,
    EventKind.REOPENED,
)


def _folded(written: tuple[IncidentEvent, ...]) -> Incident:
    timeline = _anomalies_once(written)
    status, severity, resolved_at = Status.OPEN, Severity.NONE, None
    for event in timeline:
        status = _STATUS_AFTER.get(event.kind, status)
        severity = severity if event.severity is None else event.severity
        if event.kind is EventKind.RESOLVED:
            resolved_at = event.at
        elif event.kind in (EventKind.OPENED, EventKind.REOPENED):
            resolved_at = None
    first, summary = timeline[0], _summary(timeline)
    return Incident(
        first.incident, first.slo, status, severity, first.at, resolved_at, summary, timeline
    )


def _anomalies_once(written: tuple[IncidentEvent, ...]) -> tuple[IncidentEvent, ...]:
    """Each anomaly as it was told last, on the day it is about, but after the opening.

    So the timeline is the same in whatever order its messages came.
    """
    told = {
        mark.id: replace(event, at=midnight(mark.last))
        for event in written
        if event.kind is EventKind.ANOMALY and (mark := event.said.anomaly)
    }
    timeline = [event for event in written if event.kind is not EventKind.ANOMALY]
    for event in sorted(told.values(), key=lambda event: (event.at, event.key)):
        later = (place for place, other in enumerate(timeline) if place and other.at > event.at)
        timeline.insert(next(later, len(timeline)), event)
    return tuple(timeline)


def _summary(timeline: tuple[IncidentEvent, ...]) -> str:
    """What the last decision said; before there is one, the last anomaly."""
    decided = [it.text for it in timeline if it.is_decision and it.kind in _SUMMARISED]
    told = [it.text for it in timeline if it.kind is EventKind.ANOMALY]
    return next(reversed(decided or told), "")
