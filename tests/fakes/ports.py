# SPDX-License-Identifier: Apache-2.0
"""What stands in for the outside world? One fake a port, in memory, with the port's contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from threading import Lock

from cost_slo.domain.account_changes.change import Changes
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.drivers.comparable_periods import Weights, usual_baseline, weights
from cost_slo.domain.errors import (
    CostDataError,
    SourceError,
    StateConflictError,
)
from cost_slo.domain.incidents.delivery import Delivery
from cost_slo.domain.incidents.incident import IncidentEvent
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Slo, Spec
from cost_slo.domain.spend.cube import Cell, Cube, CubeQuestion, Where
from cost_slo.domain.spend.reading import CostReading, DailySpend, Observation, UnitReading
from cost_slo.ports import Narrative, StateChange


@dataclass
class FakeSpecSource:
    """Hands out one spec."""

    spec: Spec

    def load_spec(self) -> Spec:
        return self.spec


@dataclass
class FakeCostSource:
    """Hands out one reading, or fails; `asked` holds each `as_of` it was asked about.

    Its cube is the reading by service, or the one it is given; `compared` holds the windows asked.
    """

    reading: CostReading
    error: Exception | None = None
    asked: list[datetime] = field(default_factory=list)
    cube: Cube | None = None
    cube_error: Exception | None = None
    compared: list[tuple[Period, Period | None]] = field(default_factory=list)

    def fetch_costs(
        self,
        slos: Sequence[Slo],
        currency: str,
        as_of: datetime,
        open_from: Mapping[str, date] | None = None,
    ) -> CostReading:
        del slos, currency, open_from
        self.asked.append(as_of)
        if self.error is not None:
            raise self.error
        return self.reading

    def fetch_cube(self, asked: CubeQuestion) -> Cube:
        window = asked.window
        self.compared.append((window, asked.baseline))
        if self.cube_error is not None:
            raise self.cube_error
        if self.cube is not None:
            return self.cube
        held = asked.baseline or usual_baseline(window, date.min)
        weighed = weights(window, held)
        by_service = groupby(sorted(self._spend(asked.slo), key=_service), key=_service)
        cells = [_cell(service, tuple(rows), window, held, weighed) for service, rows in by_service]
        if not cells:
            raise CostDataError("there is no charge in either period")
        return Cube(("service",), tuple(cells), window, held, asked.currency or "USD", "a bill")

    def fetch_series(
        self, asked: CubeQuestion, segments: Sequence[Where]
    ) -> tuple[tuple[Decimal, ...], ...]:
        claimed = [(row, _first_match(row, segments)) for row in self._spend(asked.slo)]
        return tuple(
            tuple(
                _total(row for row, segment in claimed if (row.day, segment) == (day, index))
                for day in asked.window.dates
            )
            for index in range(len(segments))
        )

    def _spend(self, slo: Slo | None) -> tuple[DailySpend, ...]:
        names = [slo.name] if slo else list(self.reading.spend)
        return tuple(row for name in names for row in self.reading.spend[name])


def _service(row: DailySpend) -> str:
    return row.service


def _cell(
    service: str, rows: Sequence[DailySpend], window: Period, baseline: Period, weighed: Weights
) -> Cell:
    held = [row for row in rows if row.day in baseline]
    sums = [
        _total(row for row in held if row.day.isoweekday() in weighed.weekdays(level))
        for level in weighed.levels
    ]
    (before,) = weighed.scaled([sums])
    return Cell((service,), before, _total(row for row in rows if row.day in window))


def _first_match(row: DailySpend, segments: Sequence[Where]) -> int | None:
    matches = (
        index
        for index, where in enumerate(segments)
        if dict(where).get("service", row.service) == row.service
    )
    return next(matches, None)


def _total(rows: Iterable[DailySpend]) -> Decimal:
    return sum((row.total for row in rows), Decimal(0))


@dataclass
class FakeUnitSource:
    """Hands out one reading for each SLO by name, or fails for the SLOs in `errors`."""

    readings: Mapping[str, UnitReading] = field(default_factory=dict)
    errors: Mapping[str, Exception] = field(default_factory=dict)

    def fetch_units(self, slo: Slo, as_of: datetime) -> UnitReading:
        del as_of
        if slo.name in self.errors:
            raise self.errors[slo.name]
        return self.readings.get(slo.name, UnitReading({}, "no units"))


@dataclass
class FakeChangeSource:
    """Hands out one list of changes, or fails; `asked` holds what it was asked about."""

    changes: Changes = field(default_factory=Changes)
    error: Exception | None = None
    asked: list[tuple[datetime, datetime, tuple[str, ...]]] = field(default_factory=list)

    def fetch_changes(self, start: datetime, end: datetime, services: Sequence[str]) -> Changes:
        self.asked.append((start, end, tuple(services)))
        if self.error is not None:
            raise self.error
        return self.changes


@dataclass
class FakeNotifier:
    """Keeps what was sent; fails the next `fail_next` times, or always with `error`."""

    sent: list[Notification] = field(default_factory=list)
    fail_next: int = 0
    error: Exception | None = None

    def send_notification(self, notification: Notification) -> None:
        if self.error is not None:
            raise self.error
        if self.fail_next > 0:
            self.fail_next -= 1
            raise SourceError("the notifier is down", retryable=True)
        self.sent.append(notification)


@dataclass
class FakeStore:
    """A Store in memory.

    `fail_next_save` makes the next save fail and leave nothing, `fail_next_mark` the next
    `save_delivered`.
    """

    observations: dict[tuple[str, str, int], Observation] = field(default_factory=dict)
    events: dict[str, IncidentEvent] = field(default_factory=dict)
    outbox: dict[str, Notification] = field(default_factory=dict)
    delivered: dict[str, datetime] = field(default_factory=dict)
    deliveries: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    evaluated: dict[str, datetime] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    fail_next_save: bool = False
    fail_next_mark: bool = False
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def load_observations(self, series: str) -> Sequence[Observation]:
        return [row for (owner, *_), row in sorted(self.observations.items()) if owner == series]

    def load_events(
        self, *, slo: str | None = None, incident: str | None = None
    ) -> Sequence[IncidentEvent]:
        return [
            event
            for event in self.events.values()
            if slo in (None, event.slo) and incident in (None, event.incident)
        ]

    def load_evaluated(self) -> Mapping[str, datetime]:
        return dict(self.evaluated)

    def load_draft(self, fingerprint: str) -> str | None:
        return self.drafts.get(fingerprint)

    def save(self, change: StateChange) -> None:
        events = [_stored(event) for event in change.events]
        if self.fail_next_save:
            self.fail_next_save = False
            raise SourceError("the store is down", retryable=True)
        with self._lock:
            self._write(change, events)

    def _write(self, change: StateChange, events: Sequence[IncidentEvent]) -> None:
        for slo, expected in (change.expected or {}).items():
            if len(self.load_events(slo=slo)) != expected:
                raise StateConflictError(f"the events of {slo} are not those that were read")
        for row in change.observations:
            self.observations.setdefault((row.series, row.day.isoformat(), row.revision), row)
        for event in events:
            self.events.setdefault(event.key, event)
        for message in change.notifications:
            self.outbox.setdefault(message.key, message)
        for slo, as_of in (change.evaluated or {}).items():
            self.evaluated[slo] = max(as_of, self.evaluated.get(slo, as_of))
        self.drafts = dict(change.drafts or {}) | self.drafts

    def load_pending(self) -> Sequence[Notification]:
        waiting = [message for key, message in self.outbox.items() if key not in self.delivered]
        return sorted(waiting, key=lambda message: message.created_at)

    def load_notifications(self, slo: str) -> Sequence[Notification]:
        about = [message for message in self.outbox.values() if message.slo == slo]
        return sorted(about, key=lambda message: message.created_at)

    def save_delivered(self, key: str, at: datetime) -> None:
        if self.fail_next_mark:
            self.fail_next_mark = False
            raise SourceError("the store is down", retryable=True)
        if key in self.outbox:
            self.delivered.setdefault(key, at)

    def load_deliveries(self, key: str) -> Sequence[Delivery]:
        return [found for (owner, _), found in sorted(self.deliveries.items()) if owner == key]

    def save_delivery(self, delivery: Delivery) -> None:
        known = self.deliveries.get((delivery.key, delivery.channel))
        if known is None or not known.is_over:
            self.deliveries[delivery.key, delivery.channel] = delivery

    def load_requests(self, month: date) -> int:
        return self.requests.get(f"{month:%Y-%m}", 0)

    def add_requests(self, month: date, count: int) -> int:
        with self._lock:
            self.requests[f"{month:%Y-%m}"] = self.load_requests(month) + count
            return self.load_requests(month)


@dataclass
class FakeNarratives:
    """Narratives in memory; an edit is an assignment to `texts`."""

    texts: dict[str, str] = field(default_factory=dict)

    def load_narrative(self, incident: str) -> Narrative | None:
        text = self.texts.get(incident)
        return None if text is None else Narrative(text, text)

    def save_narrative(self, incident: str, text: str, *, over: str | None) -> None:
        if self.texts.get(incident) != over:
            raise StateConflictError(f"{incident} was edited since it was read; merge again")
        self.texts[incident] = text


def _stored(event: IncidentEvent) -> IncidentEvent:
    """The event as a real store gives it back: its snapshot has been JSON."""
    return replace(event, snapshot=json.loads(json.dumps(dict(event.snapshot), allow_nan=False)))
