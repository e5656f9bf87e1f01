# SPDX-License-Identifier: Apache-2.0
"""What does every Store promise? One suite over all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from cost_slo.adapters.sqlite_store import SqliteStore
from cost_slo.domain.delivery import Delivery, DeliveryState
from cost_slo.domain.errors import SourceError, StateConflictError
from cost_slo.domain.incident import EventKind, IncidentEvent, Severity
from cost_slo.domain.notification import Notification
from cost_slo.domain.spend import Observation
from cost_slo.ports import StateChange, Store
from tests.fakes import FakeNotifier, FakeStore

NOON = datetime(2026, 9, 5, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


@pytest.fixture(params=["fake", "sqlite"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens the same state each time it is called, as each run of a program does."""
    fake = FakeStore()
    stores: dict[str, Callable[[], Store]] = {
        "fake": lambda: fake,
        "sqlite": lambda: SqliteStore(tmp_path / "state.sqlite3"),
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
