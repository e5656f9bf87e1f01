# SPDX-License-Identifier: Apache-2.0
"""What has happened to a cost incident, and what state is it in?

Incidents are event-sourced: the timeline *is* the record, and the state is its fold. An event
has a `key`; the same key is never written twice, so a re-run or a duplicate changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import total_ordering
from typing import Any


@total_ordering
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

    def __lt__(self, other: object) -> bool:
        """Order by loudness."""
        return self.rank < Severity(str(other)).rank


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
    ACKNOWLEDGED = "acknowledged"
    CAUSE_IDENTIFIED = "cause_identified"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """One line of the timeline.

    `at` is when it happened (`as_of` for decisions). `snapshot` is what was known: the SLO's
    evaluation object, its drivers and its source, as JSON values; empty for human events.
    """

    incident: str
    slo: str
    key: str
    at: datetime
    kind: EventKind
    text: str
    severity: Severity | None = None
    snapshot: Mapping[str, Any] = field(default_factory=dict)


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
