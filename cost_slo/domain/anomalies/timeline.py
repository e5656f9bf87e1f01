# SPDX-License-Identifier: Apache-2.0
"""How is an anomaly on an incident's timeline?

As one line, whatever the order of messages: each that reports more replaces the
one before. The record says when each arrived; the folded line is at the last day of the
anomaly, for no message says when it was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cost_slo.domain.alerts.alert import POINTERS, Notification
from cost_slo.domain.anomalies.anomaly import Anomaly, anomaly_to_json
from cost_slo.domain.anomalies.scope import MonitorTag, Placing, ScopeMatch, placing
from cost_slo.domain.incidents.incident import (
    BY_ANOMALY,
    EventKind,
    Incident,
    IncidentEvent,
    Severity,
)
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.spec.document import Slo, Spec
from cost_slo.domain.stored import from_json, to_json

# An anomaly is over this long after the end of its last day.
QUIET = timedelta(days=14)


class AnomalyOutcome(StrEnum):
    """What one anomaly did to one incident."""

    OPENED = "opened"
    REOPENED = "reopened"
    JOINED = "joined"
    GREW = "grew"
    RESOLVED = "resolved"
    KNOWN = "known"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Heard:
    """An anomaly, when its message arrived, and what is known then.

    `incidents` are those of every SLO it may belong to, and its own, ordered by opening.
    `page_from` is the impact from which its own incident pages, None for never.
    `pointers` are the last lines of a message about an `{incident}`.
    """

    anomaly: Anomaly
    at: datetime
    spec: Spec
    incidents: Sequence[Incident] = ()
    monitors: Mapping[str, MonitorTag] = field(default_factory=dict)
    page_from: Decimal | None = None
    pointers: str = POINTERS

    def placed(self, *matches: ScopeMatch) -> list[tuple[Slo, Placing]]:
        """The SLOs whose scope it matches in one of these ways."""
        found = [(slo, placing(self.anomaly, slo.scope, self.monitors)) for slo in self.spec.slos]
        return [(slo, placed) for slo, placed in found if placed.match in matches]


@dataclass(frozen=True, slots=True)
class AnomalyRecord:
    """What the line of an anomaly keeps: the message, and the share of the budget in words."""

    by: str
    anomaly: Mapping[str, Any]
    currency: str
    share: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an anomaly did to an incident (None: to no incident), and what to write."""

    outcome: AnomalyOutcome
    incident: str | None
    events: tuple[IncidentEvent, ...] = ()
    notifications: tuple[Notification, ...] = ()


def own_incident(anomaly: Anomaly) -> str:
    """The id of its own incident: `anomaly-12345678`."""
    sign = "".join(sign for sign in anomaly.id.lower() if sign.isascii() and sign.isalnum())
    return f"anomaly-{sign[:8]}"


def told(
    heard: Heard,
    incident: str,
    slo: str,
    text: str,
    *,
    severity: Severity | None = None,
    share: str = "",
) -> IncidentEvent:
    """The line of the timeline, with everything the message reported."""
    said = anomaly_to_json(heard.anomaly)
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:8]
    return IncidentEvent(
        incident=incident,
        slo=slo,
        key=f"{incident}/anomaly/{heard.anomaly.id}/{digest}",
        at=heard.at,
        kind=EventKind.ANOMALY,
        text=text,
        severity=severity,
        snapshot=to_json(AnomalyRecord(BY_ANOMALY.by, said, heard.spec.currency, share)),
    )


def anomaly_record(event: IncidentEvent) -> AnomalyRecord:
    """What the line of an anomaly keeps."""
    return from_json(AnomalyRecord, event.snapshot)


def told_anomalies(incident: Incident) -> tuple[Anomaly, ...]:
    """The anomalies on an incident's timeline, each by its largest message."""
    return tuple(
        from_json(Anomaly, anomaly_record(event).anomaly)
        for event in incident.events
        if event.kind is EventKind.ANOMALY
    )


def is_told(anomaly: Anomaly, incident: Incident) -> bool:
    """Whether it is on the incident's timeline, or the incident is its own."""
    known = {known.id for known in told_anomalies(incident)}
    return anomaly.id in known or incident.id == own_incident(anomaly)


def outgrows(anomaly: Anomaly, incident: Incident) -> bool:
    """Whether it reports more than the incident's timeline."""
    known = (known for known in told_anomalies(incident) if known.id == anomaly.id)
    return all(anomaly.outgrows(earlier) for earlier in known)


def is_over(heard: Heard) -> bool:
    """Whether it ended too long ago to open anything."""
    return heard.at >= over_at(heard.anomaly)


def over_at(anomaly: Anomaly) -> datetime:
    """When it is over, if no further day of it is reported."""
    return midnight(anomaly.last + DAY) + QUIET
