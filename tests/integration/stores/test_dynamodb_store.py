# SPDX-License-Identifier: Apache-2.0
"""What DynamoDB adds to the store's contract: calls that fail, pages, large texts, neighbours."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cost_slo.adapters.stores.dynamodb import store as dynamodb_store
from cost_slo.adapters.stores.dynamodb.store import SAVE_ATTEMPTS
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import SettingsError, SourceError, StateConflictError
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent, Severity
from cost_slo.domain.spend.reading import Observation
from cost_slo.ports import StateChange, Store
from cost_slo.use_cases.evaluate import run
from tests.builders.readings import morning, reading, september
from tests.worlds.dynamodb import Call, Tables, aws_client
from tests.worlds.rig import Rig

CANCELLED = "TransactionCanceledException"
NOON = datetime(2026, 9, 5, 12, tzinfo=UTC)


@pytest.fixture(name="tables", scope="module")
def dynamodb_tables() -> Iterator[Tables]:
    with aws_client("dynamodb") as client:
        yield Tables(client)


@pytest.fixture(name="table")
def new_table(tables: Tables) -> str:
    return tables.new()


def event(key: str, text: str = "") -> IncidentEvent:
    return IncidentEvent("web-2026-09", "web", key, NOON, EventKind.NOTED, text)


def message(key: str) -> Notification:
    return Notification(key, "web-2026-09", "web", Severity.PAGE, NOON, "web: page", "Look now.")


def observation(number: int) -> Observation:
    day, amount = date(2026, 1, 1) + timedelta(days=number), Decimal("24.10")
    return Observation(
        amount, series="web/1f", day=day, estimated=False, observed_at=NOON, revision=1
    )


LARGE = StateChange(
    observations=tuple(map(observation, range(40))),
    events=tuple(event(f"k{number}") for number in range(25)),
    notifications=tuple(message(f"k{number}") for number in range(20)),
    evaluated={"web": NOON},
    drafts={"3f": "a draft"},
    expected={"web": 0},
)


def contents(store: Store) -> tuple[Any, ...]:
    events = [found.key for found in store.load_events()]
    pending = [waiting.key for waiting in store.load_pending()]
    days = [row.day for row in store.load_observations("web/1f")]
    return events, pending, days, store.load_evaluated(), store.load_draft("3f")


def answer(code: str, *reasons: str) -> Any:
    return {
        "Error": {"Code": code, "Message": "no"},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }


class Faults:
    """Lets calls through, but for those whose number it is told."""

    def __init__(
        self, operation: str, fails: Callable[[int], bool], *, after: bool = False
    ) -> None:
        self._operation, self._fails, self._after = operation, fails, after
        self.calls = 0

    def __call__(self, operation: str, call: Call) -> Any:
        if operation != self._operation:
            return call()
        self.calls += 1
        if not self._fails(self.calls):
            return call()
        if self._after:
            call()
        raise ClientError(answer("InternalServerError"), operation)


def cancelled(tables: Tables, times: int, *reasons: str) -> Callable[[str, Call], Any]:
    """Answers like this so many times, with the class of error that the client knows."""
    left = iter(range(times))
    error = tables.client.exceptions.TransactionCanceledException

    def around(operation: str, call: Call) -> Any:
        if operation == "transact_write_items" and next(left, None) is not None:
            raise error(answer(CANCELLED, *reasons), "TransactWriteItems")
        return call()

    return around


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_crash_at_any_transaction_is_made_good_by_the_next_run(
    tables: Tables, table: str, number: int, *, after: bool
) -> None:
    whole = tables.new()
    tables.store(whole).save(LARGE)
    faults = Faults("transact_write_items", lambda call: call == number, after=after)

    with pytest.raises(SourceError):
        tables.store(table, faults).save(LARGE)
    found = len(tables.store(table).load_events())
    tables.store(table).save(replace(LARGE, expected={"web": found}))

    assert contents(tables.store(table)) == contents(tables.store(whole))


def test_evaluated_is_written_last(tables: Tables, table: str) -> None:
    faults = Faults("transact_write_items", lambda call: call == 2)

    with pytest.raises(SourceError):
        tables.store(table, faults).save(LARGE)

    assert tables.store(table).load_evaluated() == {}
    assert len(tables.store(table).load_observations("web/1f")) == 40


def test_messages_of_an_slo_are_there_no_later_than_its_events(tables: Tables, table: str) -> None:
    keys = [f"k{number:02}" for number in range(70)]
    huge = StateChange((), tuple(map(event, keys)), tuple(map(message, keys)))
    faults = Faults("transact_write_items", lambda call: call == 2)

    with pytest.raises(SourceError):
        tables.store(table, faults).save(huge)
    store = tables.store(table)
    assert list(store.load_events()) == []
    store.save(huge)

    assert [found.key for found in store.load_events()] == keys
    assert [waiting.key for waiting in store.load_pending()] == keys


def test_a_change_that_fits_is_one_transaction(tables: Tables, table: str) -> None:
    count = Faults("transact_write_items", lambda _: False)

    tables.store(table, count).save(replace(LARGE, observations=(), drafts=None))
    tables.store(table, count).save(replace(LARGE, observations=(), drafts=None, expected=None))

    assert count.calls == 2, "the second finds that all is there already, and writes nothing more"


def test_nothing_new_is_not_written(tables: Tables, table: str) -> None:
    tables.store(table).save(StateChange(evaluated={"web": NOON}))
    count = Faults("transact_write_items", lambda _: False)

    tables.store(table, count).save(StateChange(evaluated={"web": NOON}, expected={"web": 0}))

    assert count.calls == 0


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_neighbour_in_the_way_is_waited_for(tables: Tables, table: str, reason: str) -> None:
    store = tables.store(table, cancelled(tables, SAVE_ATTEMPTS - 1, "None", reason))

    store.save(StateChange(events=(event("k"),)))

    assert [found.key for found in store.load_events()] == ["k"]


def test_neighbours_that_never_stop_are_a_retryable_error(tables: Tables, table: str) -> None:
    tables.store(table).save(StateChange(notifications=(message("k"),)))
    store = tables.store(table, cancelled(tables, 3 * SAVE_ATTEMPTS, "TransactionConflict", "None"))

    with pytest.raises(SourceError, match="other cost-slo kept writing; run again") as saving:
        store.save(StateChange(events=(event("k"),)))
    with pytest.raises(SourceError, match="other cost-slo kept writing; run again") as marking:
        store.save_delivered("k", NOON)

    assert saving.value.retryable
    assert marking.value.retryable
    assert not isinstance(saving.value, StateConflictError)
    assert list(tables.store(table).load_events()) == []


def test_a_refusal_of_another_kind_is_an_error(tables: Tables, table: str) -> None:
    store = tables.store(table, cancelled(tables, 1, "ValidationError", "None"))

    with pytest.raises(SourceError, match="dynamodb:TransactWriteItems: TransactionCanceled"):
        store.save(StateChange(events=(event("k"),)))


def test_a_message_delivered_twice_at_once_keeps_its_first_mark(tables: Tables, table: str) -> None:
    store = tables.store(table)
    store.save(StateChange(notifications=(message("k"),)))

    def overtaken(operation: str, call: Call) -> Any:
        if operation == "transact_write_items":
            store.save_delivered("k", NOON)
        return call()

    tables.store(table, overtaken).save_delivered("k", NOON + timedelta(hours=1))

    key = {"pk": {"S": "slo#web"}, "sk": {"S": "message#k"}}
    item = tables.client.get_item(TableName=table, Key=key)["Item"]
    assert item["delivered_at"] == {"S": NOON.isoformat()}
    assert list(store.load_pending()) == []


def test_every_page_is_read(tables: Tables, table: str) -> None:
    tables.store(table).save(LARGE)
    client, pages = tables.client, []

    class Paged:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def query(self, **asked: Any) -> Any:
            assert asked["ConsistentRead"]
            pages.append(asked)
            return client.query(**asked, Limit=7)

    store = dynamodb_store.DynamoStore(table, Paged())  # type: ignore[arg-type]

    assert contents(store) == contents(tables.store(table))
    assert len(pages) > 10


def test_a_long_text_is_compressed_and_one_that_still_is_too_long_is_refused(
    tables: Tables, table: str
) -> None:
    store = tables.store(table)
    noise = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=900_000))

    store.save(StateChange(drafts={"long": "The same line.\n" * 100_000}))
    with pytest.raises(SourceError, match=r"a text of 900000 characters is \d+ bytes when compr"):
        store.save(StateChange(events=(event("k"),), drafts={"noise": noise}))

    assert list(store.load_events()) == []
    assert store.load_draft("long") == "The same line.\n" * 100_000


def test_a_table_that_is_not_there_is_a_wrong_deployment(tables: Tables) -> None:
    with pytest.raises(SettingsError, match="there is no DynamoDB table nowhere in this account"):
        tables.store("nowhere").load_pending()


def test_a_time_without_a_zone_is_refused(tables: Tables, table: str) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        tables.store(table).save(StateChange(evaluated={"web": NOON.replace(tzinfo=None)}))


def test_an_evaluation_asks_for_items_by_key_and_for_partitions_only(
    tables: Tables, table: str
) -> None:
    called = set()

    def around(operation: str, call: Call) -> Any:
        called.add(operation)
        return call()

    rig = Rig()
    rig.costs.reading = reading({"web": september(9, d9=400)})
    run(replace(rig.monitor, store=tables.store(table, around)), morning(10))

    assert called == {"get_item", "put_item", "query", "transact_write_items"}


def test_the_wait_grows_and_is_drawn_at_random(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)

    for attempt in range(SAVE_ATTEMPTS):
        dynamodb_store.wait(attempt)

    assert all(0 <= wait <= 2 for wait in waits)
    assert len(set(waits)) == SAVE_ATTEMPTS
