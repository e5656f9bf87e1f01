# SPDX-License-Identifier: Apache-2.0
"""What happens to an incident next?

An evaluation's `Signal` moves an SLO's latest incident along this table; people move it with the
verbs of `verbs.py`.

| incident | signal | event |
|---|---|---|
| none, or over for good | calls | opened |
| resolved or closed, same month or within 7 days | calls | reopened: a relapse |
| open, mitigating | louder | escalated, and open again |
| open, mitigating | quieter | de-escalated |
| open, mitigating | silent | mitigating, or resolved when there is a reason |
| open, mitigating | as loud, other facts | updated |
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cost_slo.domain.incidents.delivery import Delivery
from cost_slo.domain.incidents.incident import (
    EventKind,
    Incident,
    IncidentEvent,
    Severity,
    next_id,
)
from cost_slo.domain.month_rollover import ended_before

# A running page or emergency is called again at most this often.
REMINDER = timedelta(hours=24)

# An SLO that calls again this soon after a resolution reopens the incident.
RELAPSE = timedelta(days=7)

_TAKEN_ON = (EventKind.ACKNOWLEDGED, EventKind.MITIGATING, EventKind.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Signal:
    """What one evaluation says about an SLO.

    `month_start` is the first day of the SLO's window. `text` is what the timeline will say;
    `resolve` is why an incident may be resolved, if it may. A signal that is not `settled` rests
    on incomplete days: it may raise an alarm, never quieten one. `remark` is what the timeline of
    a known incident shall say beside its next decision.
    """

    slo: str
    severity: Severity
    as_of: datetime
    month_start: date
    text: str
    snapshot: Mapping[str, Any] = field(default_factory=dict)
    resolve: str | None = None
    settled: bool = True
    remark: str | None = None


def transition(
    current: Incident | None, signal: Signal, existing_ids: Collection[str] = ()
) -> tuple[IncidentEvent, ...]:
    """The events that follow from a signal: a decision, maybe after a remark, or none.

    `current` is the SLO's latest incident, ended or not. A signal from before that incident's
    last decision or resolution changes nothing; the same signal twice changes nothing.
    """
    step = next_step(current, signal)
    if step is None:
        return ()
    kind, severity = step
    if current is None or kind is EventKind.OPENED:
        opened = next_id(signal.slo, signal.month_start, existing_ids)
        return (_decided(opened, signal, kind, severity),)
    decided = _decided(current.id, signal, kind, severity)
    return (
        (_remarked(current, signal.remark, signal.as_of), decided) if signal.remark else (decided,)
    )


def next_step(current: Incident | None, signal: Signal) -> tuple[EventKind, Severity] | None:
    """The kind and severity of the decision that follows from a signal; None if there is none."""
    if current is None or _is_over(current, signal):
        is_silent = signal.severity is Severity.NONE
        return None if is_silent else (EventKind.OPENED, signal.severity)
    if signal.as_of < _last_change(current):
        return None
    held = current.severity if current.is_running and not signal.settled else Severity.NONE
    severity = max(signal.severity, held)
    kind = _next_kind(current, signal, severity)
    return None if kind is None else (kind, severity)


def is_notified(incident: Incident | None, kind: EventKind, severity: Severity | None) -> bool:
    """Whether a message is sent about a decision; any other is on the timeline alone.

    No message is sent when an incident reopens at `investigate`, or when that reopening resolves,
    unless a person had closed it. `incident` is as it was before the decision.
    """
    if kind is EventKind.REOPENED:
        return incident is None or not _is_quiet_relapse(incident.events, severity)
    if kind is EventKind.RESOLVED:
        return incident is None or not _has_relapsed_quietly(incident)
    return kind in (EventKind.OPENED, EventKind.ESCALATED)


def is_reminder(incident: Incident, event: IncidentEvent) -> bool:
    """Whether an update is due as a reminder: it pages, nobody took it on, a day has passed."""
    told = [past.at for past in incident.events if past.kind is EventKind.ALERTED]
    taken = [past for past in incident.events if past.kind in _TAKEN_ON]
    return (
        event.kind is EventKind.UPDATED
        and event.severity is not None
        and event.severity >= Severity.PAGE
        and not taken
        and event.at - max(told, default=incident.opened_at) >= REMINDER
    )


def alerted(incident: str, slo: str, notification: str, at: datetime) -> IncidentEvent:
    """The notification of that key has reached its channel."""
    key = f"{notification}/{EventKind.ALERTED}"
    return IncidentEvent(incident, slo, key, at, EventKind.ALERTED, "alert sent")


def given_up(incident: str, slo: str, delivery: Delivery, at: datetime) -> IncidentEvent:
    """A channel never took the notification: the timeline keeps what nobody read there."""
    key = f"{delivery.key}/given_up/{delivery.channel}"
    text = f"an alert did not reach {delivery.channel} in {delivery.failures} tries: given up"
    return IncidentEvent(incident, slo, key, at, EventKind.NOTED, text)


def _is_quiet_relapse(before: Sequence[IncidentEvent], severity: Severity | None) -> bool:
    ended = [past for past in before if past.kind in (EventKind.RESOLVED, EventKind.CLOSED)]
    return severity is Severity.INVESTIGATE and all(past.is_decision for past in ended[-1:])


def _has_relapsed_quietly(incident: Incident) -> bool:
    raised = (EventKind.OPENED, EventKind.ESCALATED, EventKind.REOPENED)
    events = incident.events
    last = max(number for number, event in enumerate(events) if event.kind in raised)
    is_relapse = events[last].kind is EventKind.REOPENED
    return is_relapse and _is_quiet_relapse(events[:last], events[last].severity)


def _is_over(incident: Incident, signal: Signal) -> bool:
    """Whether the incident ended too long ago for the signal to be its relapse."""
    ended = incident.resolved_at
    return (
        ended is not None
        and ended_before(signal.month_start, ended)
        and signal.as_of - ended > RELAPSE
    )


def _last_change(incident: Incident) -> datetime:
    decided = [event.at for event in incident.events if event.is_decision]
    return max([*decided, incident.resolved_at or incident.opened_at])


def _next_kind(incident: Incident, signal: Signal, severity: Severity) -> EventKind | None:
    quiet = severity is Severity.NONE
    if not incident.is_running:
        return None if quiet else EventKind.REOPENED
    if quiet and signal.settled and signal.resolve:
        return EventKind.RESOLVED
    if severity > incident.severity:
        return EventKind.ESCALATED
    if severity < incident.severity:
        return EventKind.MITIGATING if quiet else EventKind.DE_ESCALATED
    return EventKind.UPDATED if signal.snapshot != incident.last_snapshot else None


def _decided(incident: str, signal: Signal, kind: EventKind, severity: Severity) -> IncidentEvent:
    text = signal.resolve if kind is EventKind.RESOLVED and signal.resolve else signal.text
    key = f"{incident}/{signal.as_of.isoformat()}/{kind}"
    return IncidentEvent(
        incident, signal.slo, key, signal.as_of, kind, text, severity, signal.snapshot
    )


def _remarked(incident: Incident, text: str, at: datetime) -> IncidentEvent:
    key = f"{incident.id}/{at.isoformat()}/remarked"
    return IncidentEvent(incident.id, incident.slo, key, at, EventKind.NOTED, text)
