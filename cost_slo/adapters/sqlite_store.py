# SPDX-License-Identifier: Apache-2.0
"""Where does a laptop keep its ledger, incidents and outbox?

One SQLite file in the state folder. Each call opens its own connection, so threads and processes
may share the folder; `save` is one immediate transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from cost_slo.domain.errors import SettingsError, SourceError
from cost_slo.domain.incident import EventKind, IncidentEvent, Severity
from cost_slo.domain.notification import Notification
from cost_slo.domain.spend import Observation
from cost_slo.ports import StateChange

Row = TypeVar("Row")

FILE_NAME = "state.sqlite3"
SCHEMA_VERSION = 1

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_NOT_OURS = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN)

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS ledger (
    series TEXT NOT NULL, day TEXT NOT NULL, revision INTEGER NOT NULL,
    usage TEXT NOT NULL, lumps TEXT NOT NULL, credits TEXT NOT NULL, units TEXT,
    estimated INTEGER NOT NULL, observed_at TEXT NOT NULL,
    PRIMARY KEY (series, day, revision)
);
CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
    incident TEXT NOT NULL, slo TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
    text TEXT NOT NULL, severity TEXT, snapshot TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
    incident TEXT NOT NULL, slo TEXT NOT NULL, severity TEXT NOT NULL,
    created_at TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, delivered_at TEXT
);
CREATE TABLE IF NOT EXISTS evaluated (slo TEXT PRIMARY KEY, as_of TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS ledger_keeps_rows BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_keeps_values BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_keep_rows BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the events are append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_keep_values BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the events are append-only'); END;
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""

_ADD_OBSERVATION = """
INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (series, day, revision) DO NOTHING
"""
_ADD_EVENT = """
INSERT INTO events (key, incident, slo, at, kind, text, severity, snapshot)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""
_ADD_NOTIFICATION = """
INSERT INTO outbox (key, incident, slo, severity, created_at, subject, body)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""
_ADVANCE = """
INSERT INTO evaluated VALUES (?, ?)
ON CONFLICT (slo) DO UPDATE SET as_of = excluded.as_of WHERE excluded.as_of > evaluated.as_of
"""


class SqliteStore:
    """The Store in a folder, which is made when absent."""

    def __init__(self, folder: Path, *, busy_seconds: float = 10) -> None:
        """Raises SettingsError when the folder cannot hold our file.

        `busy_seconds` is how long a call waits for another process to finish writing.
        """
        self._file = folder / FILE_NAME
        self._busy_seconds = busy_seconds
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"{folder}: cannot be a state folder: {error.strerror}") from error
        self._prepare()

    def load_observations(self, series: str) -> Sequence[Observation]:
        """Every revision of every day of a series, ordered by day and revision."""
        query = "SELECT * FROM ledger WHERE series = ? ORDER BY day, revision"
        return self._load(_observation, query, series)

    def load_events(
        self, *, slo: str | None = None, incident: str | None = None
    ) -> Sequence[IncidentEvent]:
        """Incident events in the order they were written, of one SLO or incident, or all."""
        query = """
            SELECT incident, slo, key, at, kind, text, severity, snapshot FROM events
            WHERE slo = coalesce(?, slo) AND incident = coalesce(?, incident) ORDER BY sequence
        """
        return self._load(_event, query, slo, incident)

    def load_evaluated(self) -> dict[str, datetime]:
        """SLO name to the latest `as_of` it was evaluated at."""
        query = "SELECT slo, as_of FROM evaluated ORDER BY slo"
        return dict(self._load(lambda row: (row[0], datetime.fromisoformat(row[1])), query))

    def load_pending(self) -> Sequence[Notification]:
        """Notifications not yet delivered, oldest first."""
        query = """
            SELECT key, incident, slo, severity, created_at, subject, body FROM outbox
            WHERE delivered_at IS NULL ORDER BY created_at, sequence
        """
        return self._load(_notification, query)

    def save(self, change: StateChange) -> None:
        """Write all of a change in one transaction; what is already stored stays as it is."""
        evaluated = change.evaluated or {}
        with self._writing() as connection:
            connection.executemany(_ADD_OBSERVATION, map(_observation_row, change.observations))
            connection.executemany(_ADD_EVENT, map(_event_row, change.events))
            connection.executemany(_ADD_NOTIFICATION, map(_notification_row, change.notifications))
            connection.executemany(_ADVANCE, [(slo, _utc(at)) for slo, at in evaluated.items()])

    def save_delivered(self, key: str, at: datetime) -> None:
        """Mark a notification as delivered; the first time it was delivered stays."""
        mark = "UPDATE outbox SET delivered_at = ? WHERE key = ? AND delivered_at IS NULL"
        with self._writing() as connection:
            connection.execute(mark, (_utc(at), key))

    def _prepare(self) -> None:
        with self._connected() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA_VERSION:
                raise SettingsError(
                    f"{self._file}: written by a newer cost-slo (schema {version}, this one reads "
                    f"{SCHEMA_VERSION}); upgrade cost-slo or name another state folder"
                )
            if version < SCHEMA_VERSION:
                connection.executescript(_SCHEMA)

    def _load(self, read: Callable[[Any], Row], query: str, *values: str | None) -> list[Row]:
        with self._connected() as connection:
            return [read(row) for row in connection.execute(query, values)]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own, rolled back unless committed, its errors translated."""
        try:
            opened = sqlite3.connect(self._file, timeout=self._busy_seconds, isolation_level=None)
            with closing(opened) as connection:
                yield connection
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def _translated(self, error: sqlite3.Error) -> SettingsError | SourceError:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _NOT_OURS:
            return SettingsError(
                f"{self._file}: cannot be opened as a SQLite file ({error}); "
                "name another state folder, or move the file away"
            )
        busy = code in _BUSY
        advice = "another cost-slo is writing; run again" if busy else "nothing was written"
        return SourceError(f"{self._file}: {error}; {advice}", retryable=busy)


def _utc(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone; state is kept in UTC")
    return at.astimezone(UTC).isoformat()


def _observation_row(seen: Observation) -> tuple[Any, ...]:
    money = (str(seen.usage), str(seen.lumps), str(seen.credits))
    units = None if seen.units is None else str(seen.units)
    key = (seen.series, seen.day.isoformat(), seen.revision)
    return (*key, *money, units, int(seen.estimated), _utc(seen.observed_at))


def _observation(row: tuple[Any, ...]) -> Observation:
    series, day, revision, usage, lumps, credited, units, estimated, observed_at = row
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


def _event_row(event: IncidentEvent) -> tuple[Any, ...]:
    snapshot = json.dumps(dict(event.snapshot), ensure_ascii=False, allow_nan=False)
    happened = (_utc(event.at), event.kind.value, event.text, event.severity, snapshot)
    return (event.key, event.incident, event.slo, *happened)


def _event(row: tuple[Any, ...]) -> IncidentEvent:
    incident, slo, key, at, kind, text, severity, snapshot = row
    return IncidentEvent(
        incident=incident,
        slo=slo,
        key=key,
        at=datetime.fromisoformat(at),
        kind=EventKind(kind),
        text=text,
        severity=None if severity is None else Severity(severity),
        snapshot=json.loads(snapshot),
    )


def _notification_row(message: Notification) -> tuple[Any, ...]:
    about = (message.key, message.incident, message.slo, message.severity.value)
    return (*about, _utc(message.created_at), message.subject, message.body)


def _notification(row: tuple[Any, ...]) -> Notification:
    key, incident, slo, severity, created_at, subject, body = row
    created = datetime.fromisoformat(created_at)
    return Notification(key, incident, slo, Severity(severity), created, subject, body)
