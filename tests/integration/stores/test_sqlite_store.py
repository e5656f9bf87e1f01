# SPDX-License-Identifier: Apache-2.0
"""What SQLite adds to the store's contract: a file, neighbours, and its own errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cost_slo.adapters.stores.sqlite.schema import SCHEMA_VERSION
from cost_slo.adapters.stores.sqlite.store import SqliteStore
from cost_slo.domain.errors import SettingsError, SourceError
from cost_slo.domain.incidents.delivery import Delivery
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent
from cost_slo.domain.spend.reading import Observation
from cost_slo.ports import StateChange

FILE_NAME = "state.sqlite3"
NOON = datetime(2026, 9, 5, 12, tzinfo=UTC)


def event(key: str) -> IncidentEvent:
    return IncidentEvent("web-2026-09", "web", key, NOON, EventKind.NOTED, "")


def observation(at: datetime = NOON) -> Observation:
    day, amount = date(2026, 9, 1), Decimal(24)
    return Observation(
        amount, series="web/1f", day=day, estimated=False, observed_at=at, revision=1
    )


@pytest.fixture(name="raw")
def open_raw(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The file of a store with one row in each append-only table, opened past the store."""
    SqliteStore(tmp_path / FILE_NAME).save(
        StateChange(observations=(observation(),), events=(event("k"),))
    )
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as connection:
        yield connection


def test_an_absent_folder_is_made_and_holds_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "state"

    SqliteStore(folder / FILE_NAME).save(StateChange(events=(event("k"),)))

    assert [file.name for file in folder.iterdir()] == [FILE_NAME]


def test_reading_makes_no_folder_and_finds_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "state" / FILE_NAME)

    found = (store.load_events(), store.load_observations("web/1f"), store.load_pending())

    assert (*found, store.load_evaluated()) == ([], [], [], {})
    assert not (tmp_path / "state").exists()


def test_a_store_sees_what_another_one_wrote_after_it_was_opened(tmp_path: Path) -> None:
    early = SqliteStore(tmp_path / "state" / FILE_NAME)

    SqliteStore(tmp_path / "state" / FILE_NAME).save(StateChange(events=(event("k"),)))

    assert [found.key for found in early.load_events()] == ["k"]


@pytest.mark.parametrize("table", ["ledger", "events"])
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM {}", "UPDATE {} SET rowid = rowid + 1"],
)
def test_not_even_sql_edits_the_record(raw: sqlite3.Connection, table: str, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=f"the {table} (is|are) append-only"):
        raw.execute(statement.format(table))


def test_a_file_from_a_newer_version_is_refused(raw: sqlite3.Connection, tmp_path: Path) -> None:
    raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")

    with pytest.raises(
        SettingsError, match=r"schema 5, this version reads 4: written by a newer cost-slo"
    ):
        SqliteStore(tmp_path / FILE_NAME)


def test_a_file_that_is_not_sqlite_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    file.write_text("my notes, which are long enough to be taken for a header\n" * 9)
    before = file.read_bytes()

    with pytest.raises(SettingsError, match=r"state\.sqlite3: cannot be opened as a SQLite file"):
        SqliteStore(tmp_path / FILE_NAME)

    assert file.read_bytes() == before


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")

    store = SqliteStore(tmp_path / "state" / FILE_NAME)

    with pytest.raises(SettingsError, match="state: cannot be a state folder: File exists"):
        store.save(StateChange())


def test_a_folder_where_the_file_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(SettingsError, match="cannot be opened as a SQLite file"):
        SqliteStore(tmp_path / FILE_NAME)


def test_a_neighbour_that_writes_for_too_long_is_a_retryable_error(
    raw: sqlite3.Connection, tmp_path: Path
) -> None:
    patient_for_an_instant = SqliteStore(tmp_path / FILE_NAME, busy_seconds=0.01)
    raw.execute("BEGIN IMMEDIATE")

    with pytest.raises(SourceError, match="another cost-slo is writing; run again") as caught:
        patient_for_an_instant.save(StateChange(events=(event("later"),)))

    assert caught.value.retryable
    assert [found.key for found in patient_for_an_instant.load_events()] == ["k"]


def test_a_damaged_file_is_an_error_that_retrying_does_not_help(
    raw: sqlite3.Connection, tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path / FILE_NAME)
    raw.execute("DROP TABLE outbox")

    with pytest.raises(SourceError, match="no such table: outbox") as caught:
        store.load_pending()

    assert not caught.value.retryable


def test_an_error_in_the_middle_of_a_save_leaves_nothing_of_it(
    raw: sqlite3.Connection, tmp_path: Path
) -> None:
    raw.execute("DROP TABLE evaluated")

    with pytest.raises(SourceError):
        SqliteStore(tmp_path / FILE_NAME).save(
            StateChange(events=(event("new"),), evaluated={"web": NOON})
        )

    assert [found.key for found in SqliteStore(tmp_path / FILE_NAME).load_events()] == ["k"]


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    nowhere = NOON.replace(tzinfo=None)

    with pytest.raises(ValueError, match="has no time zone"):
        SqliteStore(tmp_path / FILE_NAME).save(StateChange(observations=(observation(nowhere),)))


def test_writers_at_the_same_time_lose_nothing_and_write_nothing_twice(tmp_path: Path) -> None:
    keys = [f"k{number % 20}" for number in range(60)]

    def write(key: str) -> None:
        SqliteStore(tmp_path / FILE_NAME).save(
            StateChange(events=(event(key),), evaluated={"web": NOON})
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, keys))

    found = [one.key for one in SqliteStore(tmp_path / FILE_NAME).load_events()]
    assert sorted(found) == sorted(set(keys))


def test_first_runs_at_the_same_time_make_one_file(tmp_path: Path) -> None:
    stores = [SqliteStore(tmp_path / "state" / FILE_NAME) for _ in range(16)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda store: store.save(StateChange(events=(event("k"),))), stores))

    assert [[found.key for found in store.load_events()] for store in stores] == [["k"]] * 16


def test_a_file_from_before_channels_had_deliveries_gets_room_for_them(
    raw: sqlite3.Connection, tmp_path: Path
) -> None:
    raw.execute("DROP TABLE deliveries")
    raw.execute("PRAGMA user_version = 3")
    store = SqliteStore(tmp_path / FILE_NAME)

    store.save_delivery(Delivery("k", "mail"))

    assert list(store.load_deliveries("k")) == [Delivery("k", "mail")]
    assert [found.key for found in store.load_events()] == ["k"]
