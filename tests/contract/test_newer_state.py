# SPDX-License-Identifier: Apache-2.0
"""Every store, of a state that holds what it cannot read: a sentence that names the state."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cost_slo.adapters.stores.sqlite.schema import SCHEMA_VERSION
from cost_slo.adapters.stores.sqlite.store import SqliteStore
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import NewerStateError, SettingsError
from cost_slo.domain.incidents.delivery import Delivery
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent, Severity
from cost_slo.domain.spend.reading import Observation
from cost_slo.ports import StateChange, Store
from tests.worlds.dynamodb import Tables, aws_client

NOON = datetime(2026, 9, 5, 12, tzinfo=UTC)
EVENT = IncidentEvent("i", "web", "k", NOON, EventKind.OPENED, "high", Severity.PAGE)
MESSAGE = Notification("k", "i", "web", Severity.PAGE, NOON, "web: page", "Look now.")
SEEN = Observation(
    series="web/1f",
    day=date(2026, 9, 1),
    usage=Decimal(24),
    lumps=Decimal(0),
    credits=Decimal(0),
    units=None,
    estimated=False,
    observed_at=NOON,
    revision=1,
)


class Raw(NamedTuple):
    """A state, its name for people, and a way past the store to one value of it."""

    open: Callable[[], Store]
    name: str
    put: Callable[[str, str, Any], None]


def sqlite(folder: Path) -> Raw:
    file = folder / "state.sqlite3"

    def put(table: str, column: str, value: Any) -> None:
        with closing(sqlite3.connect(file)) as raw, raw:
            if column == "schema":
                raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
                return
            for (name,) in raw.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                raw.execute(f"DROP TRIGGER {name}")
            raw.execute(f"UPDATE {table} SET {column} = ?", (value,))

    return Raw(lambda: SqliteStore(file), str(file), put)


def dynamodb(tables: Tables) -> Raw:
    name = tables.new()
    keys = {
        "ledger": ("series#web/1f", "2026-09-01#000001"),
        "events": ("slo#web", "event#k"),
        "outbox": ("pending", "k"),
        "deliveries": ("delivery#k", "mail"),
        "head": ("head", "head"),
    }

    def put(table: str, column: str, value: Any) -> None:
        pk, sk = keys["head" if column == "schema" else table]
        typed = {"N": "2"} if column == "schema" else {"S": value}
        tables.client.update_item(
            TableName=name,
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            UpdateExpression="SET #column = :value",
            ExpressionAttributeNames={"#column": column},
            ExpressionAttributeValues={":value": typed},
        )

    return Raw(lambda: tables.store(name), f"DynamoDB table {name}", put)


@pytest.fixture(name="tables", scope="module")
def dynamodb_tables() -> Iterator[Tables]:
    with aws_client("dynamodb") as client:
        yield Tables(client)


@pytest.fixture(name="state", params=["sqlite", "dynamodb"])
def a_state(request: pytest.FixtureRequest, tmp_path: Path, tables: Tables) -> Raw:
    """A state with one of everything."""
    state = sqlite(tmp_path) if request.param == "sqlite" else dynamodb(tables)
    store = state.open()
    change = StateChange(observations=(SEEN,), events=(EVENT,), notifications=(MESSAGE,))
    store.save(change)
    store.save_delivery(Delivery("k", "mail"))
    return state


READS: dict[str, Callable[[Store], object]] = {
    "ledger": lambda store: store.load_observations("web/1f"),
    "events": lambda store: store.load_events(),
    "outbox": lambda store: store.load_pending(),
    "deliveries": lambda store: store.load_deliveries("k"),
    "evaluated": lambda store: store.load_evaluated(),
}


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("events", "kind", "snoozed", "event k: unknown kind of event 'snoozed'"),
        ("events", "severity", "siren", "event k: unknown severity 'siren'"),
        ("outbox", "severity", "siren", "message k: unknown severity 'siren'"),
        ("deliveries", "state", "parked", "delivery of k: unknown state of delivery 'parked'"),
        ("evaluated", "schema", None, "this version reads"),
    ],
)
def test_a_word_of_a_newer_version_is_a_sentence_that_names_the_state(
    state: Raw, table: str, column: str, value: str, said: str
) -> None:
    state.put(table, column, value)

    with pytest.raises(NewerStateError) as caught:
        READS[table](state.open())

    text = str(caught.value)
    assert text.startswith(f"{state.name}: ")
    assert said in text
    assert text.endswith("written by a newer cost-slo; upgrade cost-slo, or name another state")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("ledger", "usage", "a lot"),
        ("ledger", "observed_at", "yesterday"),
        ("events", "at", "noon"),
        ("events", "snapshot", '{"torn'),
        ("outbox", "created_at", ""),
        ("deliveries", "at", "later"),
    ],
)
def test_a_damaged_value_is_a_sentence_that_names_the_state_and_the_record(
    state: Raw, table: str, column: str, value: str
) -> None:
    state.put(table, column, value)

    with pytest.raises(SettingsError, match="cannot be read") as caught:
        READS[table](state.open())

    assert not isinstance(caught.value, NewerStateError)
    assert str(caught.value).startswith(f"{state.name}: ")
    assert "restore a copy of the state" in str(caught.value)
