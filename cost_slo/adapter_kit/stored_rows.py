# SPDX-License-Identifier: Apache-2.0
"""Conversion of values to the rows that a store keeps, and back.

A row holds text, whole numbers and None, in the order of its columns. Amounts are decimal text,
days and instants ISO 8601 text in UTC, so that the order of the text is the order of time.

Reading a row raises NewerStateError for a word that this version does not know, SettingsError for
a row that is damaged.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.incidents.delivery import Delivery, DeliveryState
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent, Severity
from cost_slo.domain.incidents.state_words import reading
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.stored import known_word

OBSERVATION = (
    "series",
    "day",
    "revision",
    "usage",
    "lumps",
    "credits",
    "units",
    "estimated",
    "observed_at",
)
EVENT = ("key", "incident", "slo", "at", "kind", "text", "severity", "snapshot")
NOTIFICATION = ("key", "incident", "slo", "severity", "created_at", "subject", "body")
DELIVERY = ("key", "channel", "state", "failures", "failed_since", "at")


def utc(at: datetime) -> str:
    """Text of an instant, in UTC whatever zone it came in."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone; state is kept in UTC")
    return at.astimezone(UTC).isoformat()


def observation_row(seen: Observation) -> tuple[Any, ...]:
    """In the order of `OBSERVATION`."""
    money = (str(seen.usage), str(seen.lumps), str(seen.credits))
    units = None if seen.units is None else str(seen.units)
    key = (seen.series, seen.day.isoformat(), seen.revision)
    return (*key, *money, units, int(seen.estimated), utc(seen.observed_at))


def observation_of_row(row: tuple[Any, ...]) -> Observation:
    """From the columns of `OBSERVATION`."""
    series, day, revision, usage, lumps, credited, units, estimated, observed_at = row
    with reading(f"day {day} of {series}"):
        return Observation(
            series=series,
            day=date.fromisoformat(day),
            usage=Decimal(usage),
            lumps=Decimal(lumps),
            credits=Decimal(credited),
            units=None if units is None else Decimal(units),
            estimated=bool(estimated),
            observed_at=datetime.fromisoformat(observed_at),
            revision=revision,
        )


def event_row(event: IncidentEvent) -> tuple[Any, ...]:
    """In the order of `EVENT`. Raises TypeError for a snapshot that is not JSON."""
    snapshot = json.dumps(dict(event.snapshot), ensure_ascii=False, allow_nan=False)
    happened = (utc(event.at), event.kind.value, event.text, event.severity, snapshot)
    return (event.key, event.incident, event.slo, *happened)


def event_of_row(row: tuple[Any, ...]) -> IncidentEvent:
    """From the columns of `EVENT`."""
    key, incident, slo, at, kind, text, severity, snapshot = row
    with reading(f"event {key}"):
        return IncidentEvent(
            incident=incident,
            slo=slo,
            key=key,
            at=datetime.fromisoformat(at),
            kind=known_word(EventKind, kind, "kind of event"),
            text=text,
            severity=None if severity is None else known_word(Severity, severity, "severity"),
            snapshot=json.loads(snapshot),
        )


def notification_row(message: Notification) -> tuple[Any, ...]:
    """In the order of `NOTIFICATION`; a message that is about no incident has an empty one."""
    about = (message.key, message.incident or "", message.slo, message.severity.value)
    return (*about, utc(message.created_at), message.subject, message.body)


def notification_of_row(row: tuple[Any, ...]) -> Notification:
    """From the columns of `NOTIFICATION`."""
    key, incident, slo, severity, created_at, subject, body = row
    with reading(f"message {key}"):
        created = datetime.fromisoformat(created_at)
        loud = known_word(Severity, severity, "severity")
        return Notification(key, incident or None, slo, loud, created, subject, body)


def delivery_row(delivery: Delivery) -> tuple[Any, ...]:
    """In the order of `DELIVERY`."""
    times = (utc(at) if at else None for at in (delivery.failed_since, delivery.at))
    return (delivery.key, delivery.channel, delivery.state.value, delivery.failures, *times)


def delivery_of_row(row: tuple[Any, ...]) -> Delivery:
    """From the columns of `DELIVERY`."""
    key, channel, state, failures, *times = row
    with reading(f"delivery of {key}"):
        failed_since, at = (datetime.fromisoformat(it) if it else None for it in times)
        known = known_word(DeliveryState, state, "state of delivery")
        return Delivery(key, channel, known, failures, failed_since, at)
