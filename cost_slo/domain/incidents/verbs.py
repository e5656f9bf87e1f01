# SPDX-License-Identifier: Apache-2.0
"""What may a person say of an incident? Each verb is refused if its state does not allow it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent, Status
from cost_slo.domain.incidents.judged import Decided, EventRecord
from cost_slo.domain.stored import from_json, to_json
from cost_slo.domain.wording import day

NEW_LEVEL = "accepted as the new level from"

_RUNNING = (Status.OPEN, Status.MITIGATING)
_ENDED = (Status.RESOLVED, Status.CLOSED)

_ALLOWED_IN = {
    EventKind.NOTED: tuple(Status),
    EventKind.CAUSE_IDENTIFIED: tuple(Status),
    EventKind.ACCEPTED: tuple(Status),
    EventKind.ACKNOWLEDGED: _RUNNING,
    EventKind.MITIGATING: (Status.OPEN,),
    EventKind.RESOLVED: _RUNNING,
    EventKind.REOPENED: _ENDED,
    EventKind.CLOSED: (Status.RESOLVED,),
}


def note(incident: Incident, text: str, at: datetime) -> IncidentEvent:
    """A person adds to the timeline."""
    return _by_a_person(incident, EventKind.NOTED, text, at)


def acknowledge(incident: Incident, text: str, at: datetime) -> IncidentEvent:
    """A person takes the incident on. Raises CostSloError once it is resolved."""
    return _by_a_person(incident, EventKind.ACKNOWLEDGED, text, at)


def identify_cause(incident: Incident, text: str, at: datetime) -> IncidentEvent:
    """A person says what caused it."""
    return _by_a_person(incident, EventKind.CAUSE_IDENTIFIED, text, at)


def mitigate(incident: Incident, text: str, at: datetime) -> IncidentEvent:
    """A person says the cause is being stopped. Raises CostSloError unless it is open."""
    return _by_a_person(incident, EventKind.MITIGATING, text, at)


def resolve(incident: Incident, text: str, at: datetime) -> IncidentEvent:
    """A person says it is over. Raises CostSloError when it already is."""
    return _by_a_person(incident, EventKind.RESOLVED, text, at)


def resolve_as_planned(incident: Incident, text: str, at: datetime) -> IncidentEvent:
    """A person says it is over and was meant: its days may teach the plan. Raises as `resolve`."""
    return replace(resolve(incident, text, at), snapshot=to_json(EventRecord(planned=True)))


def accept(incident: Incident, text: str, at: datetime, *, since: date) -> IncidentEvent:
    """A person says that the spend from a day on is the new normal: the plan is learned from there.

    Raises CostSloError for a day that has not come, and where no plan is learned from spend.
    """
    if since > at.date():
        raise CostSloError(f"{day(since)} has not come yet; accept a level from a day that has")
    judged = from_json(Decided, incident.last_snapshot).slo
    if judged and judged.figures.unit_cost:
        raise CostSloError(f"{incident.id} is about a unit cost: raise the objective in the spec")
    if judged and judged.figures.plan.basis == "amount":
        raise CostSloError(f"the plan of {incident.slo} is an amount: change `plan` in the spec")
    said = f"{NEW_LEVEL} {day(since)}" + (f": {text}" if text else "")
    event = _by_a_person(incident, EventKind.ACCEPTED, said, at)
    return replace(event, snapshot=to_json(EventRecord(level_from=since)))


def reopen(incident: Incident, text: str, at: datetime) -> IncidentEvent:
    """A person says it is not over. Raises CostSloError unless it was resolved."""
    return _by_a_person(incident, EventKind.REOPENED, text, at)


def close(incident: Incident, text: str, at: datetime) -> IncidentEvent:
    """A person says nothing is left to learn. Raises CostSloError unless it is resolved."""
    return _by_a_person(incident, EventKind.CLOSED, text, at)


def _by_a_person(incident: Incident, kind: EventKind, text: str, at: datetime) -> IncidentEvent:
    allowed = _ALLOWED_IN[kind]
    if incident.status not in allowed:
        raise CostSloError(
            f"incident {incident.id} is {incident.status}: `{kind}` needs it to be "
            f"{' or '.join(allowed)}"
        )
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    key = f"{incident.id}/{at.isoformat()}/{kind}/{digest}"
    return IncidentEvent(incident.id, incident.slo, key, at, kind, text)
