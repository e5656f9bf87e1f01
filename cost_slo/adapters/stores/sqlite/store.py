# SPDX-License-Identifier: Apache-2.0
"""Where does a laptop keep its ledger, incidents and outbox?

One SQLite file in the state folder. Each call opens its own connection, so threads and processes
may share the folder; `save` is one immediate transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from cost_slo.adapter_kit import stored_rows as rows
from cost_slo.adapters.stores.sqlite import schema
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import NewerStateError, SettingsError, SourceError, StateConflictError
from cost_slo.domain.incidents.delivery import Delivery
from cost_slo.domain.incidents.incident import IncidentEvent
from cost_slo.domain.incidents.state_words import reading
from cost_slo.domain.spend.reading import Observation
from cost_slo.ports import StateChange

_Row = TypeVar("_Row")

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_NOT_OURS = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN)


class SqliteStore:
    """The Store in a file; the first write makes the file and its folder, a read never does."""

    def __init__(self, file: Path, *, busy_seconds: float = 10) -> None:
        """Raises SettingsError when the file cannot be ours.

        `busy_seconds` is how long a call waits for another process to finish writing.
        """
        self._file = file
        self._busy_seconds = busy_seconds
        self._is_prepared = False
        self._prepare_if_there()

    def load_observations(self, series: str) -> Sequence[Observation]:
        """Every revision of every day of a series, ordered by day and revision."""
        query = "SELECT * FROM ledger WHERE series = ? ORDER BY day, revision"
        return self._load(rows.observation_of_row, query, series)

    def load_events(
        self, *, slo: str | None = None, incident: str | None = None
    ) -> Sequence[IncidentEvent]:
        """Incident events in the order they were written, of one SLO or incident, or all."""
        query = """
            SELECT key, incident, slo, at, kind, text, severity, snapshot FROM events
            WHERE slo = coalesce(?, slo) AND incident = coalesce(?, incident) ORDER BY sequence
        """
        return self._load(rows.event_of_row, query, slo, incident)

    def load_evaluated(self) -> dict[str, datetime]:
        """SLO name to the latest `as_of` it was evaluated at."""
        query = "SELECT slo, as_of FROM evaluated ORDER BY slo"
        return dict(self._load(lambda row: (row[0], datetime.fromisoformat(row[1])), query))

    def load_draft(self, fingerprint: str) -> str | None:
        """The text of a draft as it was handed out; None where it is not known."""
        query = "SELECT text FROM drafts WHERE fingerprint = ?"
        return next(iter(self._load(lambda row: str(row[0]), query, fingerprint)), None)

    def load_pending(self) -> Sequence[Notification]:
        """Notifications not yet delivered, oldest first."""
        query = f"{schema.MESSAGES} WHERE delivered_at IS NULL ORDER BY created_at, sequence"
        return self._load(rows.notification_of_row, query)

    def load_notifications(self, slo: str) -> Sequence[Notification]:
        """Every notification about an SLO, delivered or not, oldest first."""
        query = f"{schema.MESSAGES} WHERE slo = ? ORDER BY created_at, sequence"
        return self._load(rows.notification_of_row, query, slo)

    def save(self, change: StateChange) -> None:
        """Write all of a change in one transaction; what is already stored stays as it is."""
        evaluated = change.evaluated or {}
        with self._writing() as connection:
            _refuse_conflict(connection, change)
            connection.executemany(
                schema.ADD_OBSERVATION, map(rows.observation_row, change.observations)
            )
            connection.executemany(schema.ADD_EVENT, map(rows.event_row, change.events))
            connection.executemany(
                schema.ADD_NOTIFICATION, map(rows.notification_row, change.notifications)
            )
            connection.executemany(
                schema.ADVANCE, [(slo, rows.utc(at)) for slo, at in evaluated.items()]
            )
            connection.executemany(schema.ADD_DRAFT, (change.drafts or {}).items())

    def save_delivered(self, key: str, at: datetime) -> None:
        """Mark a notification as done with; the first time it was stays."""
        mark = "UPDATE outbox SET delivered_at = ? WHERE key = ? AND delivered_at IS NULL"
        with self._writing() as connection:
            connection.execute(mark, (rows.utc(at), key))

    def load_deliveries(self, key: str) -> Sequence[Delivery]:
        """What became of a notification so far, by channel; ordered by channel."""
        query = "SELECT * FROM deliveries WHERE key = ? ORDER BY channel"
        return self._load(rows.delivery_of_row, query, key)

    def save_delivery(self, delivery: Delivery) -> None:
        """Write how far a notification has come on a channel; what is over stays."""
        with self._writing() as connection:
            connection.execute(schema.SET_DELIVERY, rows.delivery_row(delivery))

    def load_requests(self, month: date) -> int:
        """Paid requests made in the calendar month of a day."""
        query = "SELECT count FROM requests WHERE month = ?"
        return next(iter(self._load(lambda row: int(row[0]), query, f"{month:%Y-%m}")), 0)

    def add_requests(self, month: date, count: int) -> int:
        """Count some more, or give some back; the month's new total."""
        with self._writing() as connection:
            counted = connection.execute(schema.COUNT_REQUESTS, (f"{month:%Y-%m}", count))
            return int(counted.fetchall()[0][0])

    def _prepare_if_there(self) -> bool:
        try:
            there = self._is_prepared or self._file.exists()
        except OSError as error:
            raise self._refused(error) from error
        if there:
            self._prepare()
        return there

    def _make(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._refused(error) from error
        self._prepare()

    def _refused(self, error: OSError) -> SettingsError:
        return SettingsError(f"{self._file.parent}: cannot be a state folder: {error.strerror}")

    def _prepare(self) -> None:
        if self._is_prepared:
            return
        with self._connected() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > schema.SCHEMA_VERSION:
                raise NewerStateError(
                    f"{self._file}: schema {version}, this version reads {schema.SCHEMA_VERSION}"
                )
            if version < schema.SCHEMA_VERSION:
                connection.executescript(schema.SCHEMA)
        self._is_prepared = True

    def _load(self, read: Callable[[Any], _Row], query: str, *values: str | None) -> list[_Row]:
        if not self._prepare_if_there():
            return []
        with self._connected() as connection:
            found = connection.execute(query, values).fetchall()
        with reading(str(self._file)):
            return [read(row) for row in found]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._make()
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


def _refuse_conflict(connection: sqlite3.Connection, change: StateChange) -> None:
    for slo, expected in (change.expected or {}).items():
        ((found,),) = connection.execute(schema.COUNT_EVENTS, (slo,)).fetchall()
        if found != expected:
            raise StateConflictError(
                f"{slo} has {found} events, {expected} were read: another cost-slo wrote; run again"
            )
