# SPDX-License-Identifier: Apache-2.0
"""One key, many channels: nobody is left out, nobody waits for another, nobody is told twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import GivenUpError, SettingsError, SourceError
from cost_slo.domain.incidents.delivery import MOST_TRIES, DeliveryState
from cost_slo.domain.incidents.incident import EventKind
from cost_slo.ports import StateChange
from cost_slo.use_cases.outbox import ONLY, FanOut, deliver
from tests.builders.messages import plain
from tests.builders.readings import september
from tests.builders.stories import OPENED
from tests.fakes.ports import FakeNotifier, FakeStore
from tests.worlds.rig import Rig

HOUR = timedelta(hours=1)


@dataclass
class Refusing:
    """A channel that refuses for good."""

    tries: list[str] = field(default_factory=list)

    def send_notification(self, notification: Notification) -> None:
        self.tries.append(notification.key)
        raise SourceError("no such channel")


def holding(*messages: Notification) -> FakeStore:
    store = FakeStore()
    store.save(StateChange(notifications=messages))
    return store


def fan_out(**channels: FakeNotifier | Refusing) -> FanOut:
    return FanOut(lambda: channels)


def states(store: FakeStore) -> Mapping[str, DeliveryState]:
    return {channel: found.state for (_, channel), found in store.deliveries.items()}


def kinds(store: FakeStore) -> list[EventKind]:
    return [event.kind for event in store.events.values()]


def test_every_channel_gets_a_message_once_and_it_is_told_once() -> None:
    mail, chat, store = FakeNotifier(), FakeNotifier(), holding(plain())

    results = [deliver(store, fan_out(mail=mail, chat=chat), OPENED) for _ in range(2)]

    assert results == [((plain(),), ()), ((), ())]
    assert mail.sent == chat.sent == [plain()]
    assert kinds(store) == [EventKind.ALERTED]


def test_a_channel_that_fails_holds_up_no_other_and_a_retry_goes_to_it_alone() -> None:
    mail, chat, store = FakeNotifier(fail_next=1), FakeNotifier(), holding(plain())
    channels = fan_out(mail=mail, chat=chat)

    sent, failed = deliver(store, channels, OPENED)

    assert sent == ()
    assert [str(error) for _, error in failed] == ["mail: the notifier is down"]
    assert chat.sent == [plain()]
    assert kinds(store) == [EventKind.ALERTED]
    assert deliver(store, channels, OPENED + HOUR) == ((plain(),), ())
    assert mail.sent == chat.sent == [plain()]


def test_a_channel_is_named_only_where_there_are_several() -> None:
    _, failed = deliver(holding(plain()), FakeNotifier(fail_next=1), OPENED)

    assert [str(error) for _, error in failed] == ["the notifier is down"]


def test_a_message_refused_for_good_is_given_up_and_the_timeline_says_so() -> None:
    chat, pager, store = FakeNotifier(), Refusing(), holding(plain())
    channels = fan_out(chat=chat, pager=pager)

    runs = [deliver(store, channels, OPENED + hour * HOUR) for hour in range(MOST_TRIES + 2)]

    errors = [[type(error) for _, error in failed] for _, failed in runs]
    assert errors == [*[[SourceError]] * (MOST_TRIES - 1), [GivenUpError], [], []]
    assert len(pager.tries) == MOST_TRIES
    assert states(store) == {"chat": DeliveryState.DELIVERED, "pager": DeliveryState.DEAD}
    assert store.load_pending() == []
    assert [event.text for event in store.events.values()] == [
        "alert sent",
        "an alert did not reach pager in 10 tries: given up",
    ]
    assert chat.sent == [plain()]


def test_an_evaluation_says_which_alert_was_given_up() -> None:
    rig = Rig()
    rig.notifier.fail_next = 100

    rig.run({"web": september(9, d9=400)}, 10)
    rig.run({"web": september(9, d9=400)}, 11)
    result = rig.run({"web": september(9, d9=400)}, 12)

    said = [fault["error"] for fault in result.document["errors"]]
    assert "an alert about web-2026-09 was given up: the notifier is down" in said
    assert EventKind.NOTED in kinds(rig.store)
    assert rig.store.deliveries[result.undelivered[0].key, ONLY].state is DeliveryState.DEAD


def test_a_message_about_data_that_is_given_up_is_no_incident_s_business() -> None:
    store = holding(plain(incident=None))

    for day in range(3):
        deliver(store, Refusing(), OPENED + day * timedelta(days=1))

    assert states(store) == {ONLY: DeliveryState.DEAD}
    assert store.events == {}


def test_a_channel_that_is_added_is_owed_what_still_waits() -> None:
    mail, late, store = FakeNotifier(fail_next=1), FakeNotifier(), holding(plain())
    deliver(store, fan_out(mail=mail), OPENED)

    deliver(store, fan_out(mail=mail, late=late), OPENED + HOUR)

    assert mail.sent == late.sent == [plain()]


def test_a_channel_that_is_taken_away_is_not_waited_for() -> None:
    store = holding(plain())
    deliver(store, fan_out(mail=FakeNotifier(), gone=Refusing()), OPENED)

    deliver(store, fan_out(mail=FakeNotifier()), OPENED + HOUR)

    assert store.load_pending() == []


def test_without_a_channel_nothing_is_taken_for_sent() -> None:
    store = holding(plain())

    with pytest.raises(SettingsError, match="no channel to send alerts to is configured"):
        deliver(store, fan_out(), OPENED)

    assert store.load_pending() == [plain()]


def test_which_channels_there_are_is_not_asked_while_nothing_is_due() -> None:
    def secret() -> Mapping[str, FakeNotifier]:
        raise AssertionError("a paid call")

    assert deliver(FakeStore(), FanOut(secret), OPENED) == ((), ())


def test_several_channels_are_one_notifier_that_tries_them_all() -> None:
    mail, down = FakeNotifier(), FakeNotifier(fail_next=1)

    with pytest.raises(SourceError, match=r"^down: the notifier is down; gone: no such channel$"):
        fan_out(down=down, gone=Refusing(), mail=mail).send_notification(plain())

    assert mail.sent == [plain()]


@dataclass
class Mortal:
    """A store whose process dies at its n-th write, if ever."""

    store: FakeStore
    dies_at: int | None
    writes: int = 0

    def __getattr__(self, name: str) -> object:
        found = getattr(self.store, name)
        return self._counted(found) if name.startswith("save") else found

    def _counted(self, method: object) -> object:
        def call(*arguments: object) -> None:
            self.writes += 1
            if self.writes == self.dies_at:
                raise KeyboardInterrupt
            method(*arguments)  # type: ignore[operator]

        return call


@given(
    fails=st.lists(st.integers(min_value=0, max_value=3), min_size=1, max_size=4),
    messages=st.integers(min_value=1, max_value=4),
    dies_at=st.none() | st.integers(min_value=1, max_value=30),
)
def test_each_channel_gets_each_message_and_twice_only_if_killed_between_send_and_mark(
    fails: list[int], messages: int, dies_at: int | None
) -> None:
    channels = {f"c{number}": FakeNotifier(fail_next=fail) for number, fail in enumerate(fails)}
    due = [plain(f"k{number}", hours=number) for number in range(messages)]
    store, deaths = holding(*due), 0
    mortal = Mortal(store, dies_at)

    for run in range(6):
        try:
            deliver(mortal, FanOut(lambda: channels), OPENED + run * HOUR)  # type: ignore[arg-type]
        except KeyboardInterrupt:
            deaths += 1

    for channel in channels.values():
        counted = Counter(message.key for message in channel.sent)
        assert set(counted) == {message.key for message in due}
    sent = sum(len(channel.sent) for channel in channels.values())
    assert sent <= len(channels) * len(due) + deaths
    assert store.load_pending() == []
    assert kinds(store) == [EventKind.ALERTED] * messages
