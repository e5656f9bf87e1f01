# SPDX-License-Identifier: Apache-2.0
"""What does every Store promise? One suite over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest

from cost_slo.adapters.stores.sqlite.store import SqliteStore
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import SourceError, StateConflictError
from cost_slo.domain.incidents.delivery import Delivery, DeliveryState
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent, Severity
from cost_slo.domain.spend.reading import Observation
from cost_slo.ports import StateChange, Store
from tests.fakes.ports import FakeNotifier, FakeStore
from tests.worlds.dynamodb import Tables, aws_client

NOON = datetime(2026, 9, 5, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


@pytest.fixture(name="tables", scope="module")
def dynamodb_tables() -> Iterator[Tables]:
    with aws_client("dynamodb") as client:
        yield Tables(client)


@pytest.fixture(params=["fake", "sqlite", "dynamodb"])
def open_store(
    request: pytest.FixtureRequest, tmp_path: Path, tables: Tables
) -> Callable[[], Store]:
    """Opens the same state each time it is called, as each run of a program does."""
    fake, table = FakeStore(), tables.new()
    stores: dict[str, Callable[[], Store]] = {
        "fake": lambda: fake,
        "sqlite": lambda: SqliteStore(tmp_path / "state.sqlite3"),
        "dynamodb": lambda: tables.store(table),
    }
    return stores[str(request.param)]


def seen(day: int = 1, revision: int = 1, usage: str = "24.00", **other: object) -> Observation:
    values: dict[str, object] = {
        "series": "web/1f",
        "day": date(2026, 9, day),
        "usage": Decimal(usage),
        "lumps": Decimal("0.000000000001"),
        "credits": Decimal("-3.10"),
        "units": None,
        "estimated": True,
        "observed_at": NOON,
        "revision": revision,
    }
    return Observation(**(values | other))  # type: ignore[arg-type]


def event(key: str, *, incident: str = "web-2026-09", text: str = "Spend is high") -> IncidentEvent:
    slo = incident.removesuffix("-2026-09")
    return IncidentEvent(incident, slo, key, NOON, EventKind.OPENED, text, Severity.PAGE)


def message(key: str, at: datetime = NOON, body: str = "Look now.") -> Notification:
    return Notification(key, "web-2026-09", "web", Severity.PAGE, at, "web: page", body)


def test_a_message_about_no_incident_comes_back_as_it_was(
    open_store: Callable[[], Store],
) -> None:
    about_data = replace(message("k"), incident=None)
    open_store().save(StateChange(notifications=(about_data,)))

    assert list(open_store().load_pending()) == [about_data]


def test_every_message_about_an_slo_is_found_delivered_or_not(
    open_store: Callable[[], Store],
) -> None:
    messages = (message("b", LATER), message("a"), replace(message("x"), slo="api"))
    open_store().save(StateChange(notifications=messages))
    open_store().save_delivered("a", LATER)

    assert [found.key for found in open_store().load_notifications("web")] == ["a", "b"]
    assert list(open_store().load_notifications("none")) == []


def test_a_message_about_all_slos_is_found_under_no_name(
    open_store: Callable[[], Store],
) -> None:
    digest = replace(message("digest/2026-09-05"), slo="", incident=None)
    open_store().save(StateChange(notifications=(digest, message("a"))))

    assert list(open_store().load_notifications("")) == [digest]
    assert digest in open_store().load_pending()


def test_a_new_store_is_empty(open_store: Callable[[], Store]) -> None:
    store = open_store()

    assert list(store.load_observations("web/1f")) == []
    assert list(store.load_events()) == []
    assert list(store.load_pending()) == []
    assert dict(store.load_evaluated()) == {}


def test_an_observation_comes_back_exactly_with_or_without_units(
    open_store: Callable[[], Store],
) -> None:
    rows = (seen(1, usage="1E+3"), seen(2, units=Decimal("0.10"), estimated=False))

    open_store().save(StateChange(observations=rows))

    found = open_store().load_observations("web/1f")
    assert tuple(found) == rows
    assert [str(row.usage) for row in found] == ["1E+3", "24.00"]


def test_observations_come_in_order_of_day_and_revision_of_one_series(
    open_store: Callable[[], Store],
) -> None:
    mixed = (seen(2), seen(1, 10), seen(1, 2), seen(1, 1), seen(1, series="api/2e"))

    open_store().save(StateChange(observations=mixed))

    found = open_store().load_observations("web/1f")
    assert [(row.day.day, row.revision) for row in found] == [(1, 1), (1, 2), (1, 10), (2, 1)]


def test_an_event_comes_back_with_its_accents_and_its_snapshot(
    open_store: Callable[[], Store],
) -> None:
    snapshot = {"spend": "20.52", "drivers": [{"é": None, "share": 0.5}], "settled": True}
    said = IncidentEvent(
        "web-2026-09", "web", "k", NOON, EventKind.UPDATED, "über → 5 €\n", None, snapshot
    )

    open_store().save(StateChange(events=(said,)))

    assert list(open_store().load_events()) == [said]


def test_events_come_in_the_order_they_were_written_whatever_their_keys(
    open_store: Callable[[], Store],
) -> None:
    open_store().save(StateChange(events=(event("z"), event("a", incident="api-2026-09"))))
    open_store().save(StateChange(events=(event("m"),)))

    assert [found.key for found in open_store().load_events()] == ["z", "a", "m"]


def test_events_can_be_asked_for_by_slo_and_by_incident(open_store: Callable[[], Store]) -> None:
    store = open_store()
    store.save(StateChange(events=(event("z"), event("a", incident="api-2026-09"))))

    assert [found.key for found in store.load_events(slo="api")] == ["a"]
    assert [found.key for found in store.load_events(incident="web-2026-09")] == ["z"]
    assert list(store.load_events(slo="api", incident="web-2026-09")) == []


def test_what_is_stored_is_never_rewritten(open_store: Callable[[], Store]) -> None:
    first = StateChange(observations=(seen(),), events=(event("k"),), notifications=(message("k"),))
    rewritten = StateChange(
        observations=(seen(usage="99"),),
        events=(event("k", text="Rewritten"),),
        notifications=(message("k", body="Rewritten"),),
    )

    open_store().save(first)
    open_store().save(rewritten)

    store = open_store()
    assert tuple(store.load_observations("web/1f")) == first.observations
    assert tuple(store.load_events()) == first.events
    assert tuple(store.load_pending()) == first.notifications


def test_a_draft_is_found_as_it_was_handed_out_and_is_never_rewritten(
    open_store: Callable[[], Store],
) -> None:
    open_store().save(StateChange(drafts={"3f": "Zeile é\r\n\nlast"}))
    open_store().save(StateChange(drafts={"3f": "rewritten", "a1": ""}))

    assert open_store().load_draft("3f") == "Zeile é\r\n\nlast"
    assert open_store().load_draft("a1") == ""
    assert open_store().load_draft("none") is None


def test_a_key_twice_in_one_change_is_stored_once(open_store: Callable[[], Store]) -> None:
    open_store().save(StateChange(events=(event("k"), event("k", text="Again"))))

    assert [found.text for found in open_store().load_events()] == ["Spend is high"]


def test_a_save_that_fails_half_way_leaves_nothing(open_store: Callable[[], Store]) -> None:
    unwritable = IncidentEvent(
        "web-2026-09", "web", "bad", NOON, EventKind.NOTED, "", None, {"not JSON": object()}
    )
    change = StateChange(
        observations=(seen(),),
        events=(event("good"), unwritable),
        notifications=(message("k"),),
        evaluated={"web": NOON},
    )

    with pytest.raises(TypeError):
        open_store().save(change)

    store = open_store()
    assert list(store.load_observations("web/1f")) == []
    assert list(store.load_events()) == []
    assert list(store.load_pending()) == []
    assert dict(store.load_evaluated()) == {}


def test_pending_notifications_come_oldest_first_until_delivered(
    open_store: Callable[[], Store],
) -> None:
    store = open_store()
    store.save(StateChange(notifications=(message("a-late", LATER), message("z-early", NOON))))
    store.save(StateChange(notifications=(message("middle", NOON + timedelta(hours=1)),)))

    store.save_delivered("middle", LATER)

    assert [waiting.key for waiting in open_store().load_pending()] == ["z-early", "a-late"]


def test_a_delivered_notification_saved_again_is_not_pending_again(
    open_store: Callable[[], Store],
) -> None:
    store = open_store()
    store.save(StateChange(notifications=(message("k"),)))
    store.save_delivered("k", NOON)
    store.save_delivered("k", LATER)

    store.save(StateChange(notifications=(message("k"),)))

    assert list(open_store().load_pending()) == []


def test_delivering_what_is_not_in_the_outbox_changes_nothing(
    open_store: Callable[[], Store],
) -> None:
    store = open_store()

    store.save_delivered("k", NOON)
    store.save(StateChange(notifications=(message("k"),)))

    assert [waiting.key for waiting in store.load_pending()] == ["k"]


def test_evaluated_moves_forward_for_each_slo_and_never_back(
    open_store: Callable[[], Store],
) -> None:
    open_store().save(StateChange(evaluated={"web": LATER, "api": NOON}))
    open_store().save(StateChange(evaluated={"web": NOON}))
    open_store().save(StateChange(evaluated={"api": NOON + timedelta(microseconds=1)}))

    found = dict(open_store().load_evaluated())
    assert found == {"web": LATER, "api": NOON + timedelta(microseconds=1)}


def test_one_instant_is_the_same_in_any_time_zone(open_store: Callable[[], Store]) -> None:
    summer = timezone(timedelta(hours=2))
    hour_earlier = (NOON - timedelta(hours=1)).astimezone(summer)

    open_store().save(StateChange(evaluated={"web": NOON}))
    open_store().save(StateChange(evaluated={"web": hour_earlier}))

    assert dict(open_store().load_evaluated()) == {"web": NOON}


def test_a_crash_between_save_and_delivery_is_made_good_by_the_next_run(
    open_store: Callable[[], Store],
) -> None:
    notifier = FakeNotifier(fail_next=1)
    open_store().save(StateChange(events=(event("k"),), notifications=(message("k"),)))

    with pytest.raises(SourceError):
        deliver(open_store(), notifier)
    deliver(open_store(), notifier)
    deliver(open_store(), notifier)

    assert [sent.key for sent in notifier.sent] == ["k"]


def test_a_crash_between_delivery_and_its_mark_sends_the_same_key_again(
    open_store: Callable[[], Store],
) -> None:
    notifier = FakeNotifier()
    open_store().save(StateChange(notifications=(message("k"),)))

    notifier.send_notification(open_store().load_pending()[0])
    deliver(open_store(), notifier)

    assert [sent.key for sent in notifier.sent] == ["k", "k"]


def test_nothing_is_written_when_somebody_else_wrote_events_of_the_slo(
    open_store: Callable[[], Store],
) -> None:
    open_store().save(StateChange(events=(event("first"),), expected={"web": 0, "api": 0}))
    late = StateChange((seen(),), (event("second"),), (message("m"),), expected={"web": 0})

    with pytest.raises(StateConflictError):
        open_store().save(late)

    assert [found.key for found in open_store().load_events()] == ["first"]
    assert list(open_store().load_observations("web/1f")) == []
    assert list(open_store().load_pending()) == []
    open_store().save(replace(late, expected={"web": 1}))
    assert [found.key for found in open_store().load_events()] == ["first", "second"]


def test_paid_requests_are_counted_by_calendar_month_and_can_be_given_back(
    open_store: Callable[[], Store],
) -> None:
    september = date(2026, 9, 5)

    assert open_store().load_requests(september) == 0
    assert open_store().add_requests(september, 2) == 2
    assert open_store().add_requests(date(2026, 9, 30), 1) == 3
    assert open_store().add_requests(date(2026, 9, 30), -1) == 2
    assert open_store().load_requests(september) == 2
    assert open_store().load_requests(date(2026, 10, 1)) == 0


def test_a_conflict_is_with_the_slo_that_changed_alone(open_store: Callable[[], Store]) -> None:
    store = open_store()
    store.save(StateChange(events=(event("a", incident="api-2026-09"),)))

    store.save(StateChange(events=(event("w"),), expected={"web": 0}))
    with pytest.raises(StateConflictError, match="api"):
        store.save(StateChange(evaluated={"web": NOON}, expected={"web": 1, "api": 0}))

    assert dict(store.load_evaluated()) == {}


def test_an_event_that_was_there_already_is_not_counted_again(
    open_store: Callable[[], Store],
) -> None:
    open_store().save(StateChange(events=(event("k"),)))
    open_store().save(StateChange(events=(event("k"), event("next"))))

    open_store().save(StateChange(events=(event("last"),), expected={"web": 2}))

    assert [found.key for found in open_store().load_events()] == ["k", "next", "last"]


def test_a_change_of_hundreds_of_rows_is_written_whole_and_can_be_written_again(
    open_store: Callable[[], Store],
) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(60)]
    keys = [f"k{number * 7919 % 1000:03}" for number in range(70)]
    change = StateChange(
        observations=tuple(replace(seen(), day=day) for day in days),
        events=tuple(event(key) for key in keys),
        notifications=tuple(message(key) for key in keys[:20]),
        evaluated={"web": NOON},
        drafts={f"{number:x}": f"draft {number}" for number in range(10)},
        expected={"web": 0},
    )

    open_store().save(change)
    open_store().save(replace(change, expected={"web": 70}))

    store = open_store()
    assert [row.day for row in store.load_observations("web/1f")] == days
    assert [found.key for found in store.load_events(slo="web")] == keys
    assert [waiting.key for waiting in store.load_pending()] == keys[:20]
    assert dict(store.load_evaluated()) == {"web": NOON}
    assert store.load_draft("9") == "draft 9"


def test_a_long_text_comes_back_as_it_was(open_store: Callable[[], Store]) -> None:
    long = "Zeile é über alles\r\n" * 40_000
    snapshot = {"drivers": [{"name": f"é{number}"} for number in range(20_000)]}
    said = replace(event("k"), text=long, snapshot=snapshot)

    open_store().save(StateChange((), (said,), (message("k", body=long),), drafts={"3f": long}))

    assert list(open_store().load_events()) == [said]
    assert open_store().load_pending()[0].body == long
    assert open_store().load_draft("3f") == long


def test_writers_at_once_never_write_on_what_they_did_not_read(
    open_store: Callable[[], Store],
) -> None:
    rounds = 30
    start = Barrier(2)

    def write(writer: str) -> dict[str, int]:
        store, places = open_store(), {}
        for number in range(rounds):
            start.wait(timeout=60)
            key = f"{writer}{number}"
            places[key] = _save_after_all(store, key)
        return places

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(write, ["one", "two"])

    keys = [found.key for found in open_store().load_events(slo="web")]
    assert [found.key for found in open_store().load_events()] == keys
    assert {key: place for place, key in enumerate(keys)} == first | second
    assert len(keys) == 2 * rounds


def _save_after_all(store: Store, key: str) -> int:
    """Save an event after those that are there; how many there were."""
    while True:
        place = len(store.load_events(slo="web"))
        try:
            store.save(StateChange(events=(event(key),), expected={"web": place}))
        except StateConflictError:
            continue
        return place


def test_requests_counted_at_once_are_all_counted(open_store: Callable[[], Store]) -> None:
    month = date(2026, 9, 1)

    with ThreadPoolExecutor(4) as pool:
        totals = list(pool.map(lambda count: open_store().add_requests(month, count), [1] * 20))

    assert sorted(totals) == list(range(1, 21))
    assert open_store().load_requests(month) == 20


def deliver(store: Store, notifier: FakeNotifier) -> None:
    for waiting in store.load_pending():
        notifier.send_notification(waiting)
        store.save_delivered(waiting.key, LATER)


def test_deliveries_of_a_message_are_known_by_channel_and_the_last_word_counts(
    open_store: Callable[[], Store],
) -> None:
    waiting = Delivery("k", "slack-2").failed(NOON, retryable=True)
    for delivery in (waiting, Delivery("k", "mail").delivered(NOON), Delivery("x", "mail")):
        open_store().save_delivery(delivery)
    again = waiting.failed(LATER, retryable=True)

    open_store().save_delivery(again)

    assert list(open_store().load_deliveries("k")) == [
        Delivery("k", "mail", DeliveryState.DELIVERED, at=NOON),
        again,
    ]
    assert list(open_store().load_deliveries("none")) == []


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.DEAD])
def test_a_delivery_that_is_over_stays_as_it_is(
    open_store: Callable[[], Store], state: DeliveryState
) -> None:
    over = Delivery("k", "mail", state, at=NOON)
    open_store().save_delivery(over)

    open_store().save_delivery(Delivery("k", "mail").failed(LATER, retryable=True))

    assert list(open_store().load_deliveries("k")) == [over]


def test_an_instant_of_a_delivery_is_one_instant_in_any_zone(
    open_store: Callable[[], Store],
) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))

    open_store().save_delivery(Delivery("k", "mail").delivered(elsewhere))

    (found,) = open_store().load_deliveries("k")
    assert found.at == NOON
