# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong at whichever call: a later run leaves what a run without faults leaves."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto.dynamodb.models import dynamodb_backends

from cost_slo.adapters.stores.dynamodb.store import DynamoStore
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.delivery import DeliveryState
from cost_slo.domain.incidents.incident import EventKind
from cost_slo.use_cases.anomalies import handle_anomalies
from cost_slo.use_cases.draft import publish
from cost_slo.use_cases.evaluate import run
from cost_slo.use_cases.outbox import insist
from cost_slo.wiring.deployed import Deployment
from tests.builders.anomalies import anomaly
from tests.fakes.faults import Fault, Faults, Killed
from tests.worlds.account import AFTER, BEFORE, NARRATIVES, TABLE, Account, account

LATER = timedelta(minutes=5)
Work = Callable[[Deployment, datetime], None]


def evaluate(working: Deployment, at: datetime) -> None:
    """One scheduled evaluation, as the Lambda does it."""
    result = run(working.monitor, at)
    _, failed = publish(working.drafter, working.narratives, at)
    insist([*result.undelivered, *failed])


def hear_anomaly(working: Deployment, at: datetime) -> None:
    """One message about an anomaly outside every scope, as the Lambda takes it."""
    insist(handle_anomalies(working.anomalies, [anomaly()], at).undelivered)


@dataclass
class World:
    """An account as it is after a quiet morning, again and again."""

    account: Account
    tables: bytes

    def again(self) -> None:
        """Put the state back, forget what was heard."""
        _database().tables = pickle.loads(self.tables)
        s3 = self.account.client("s3")
        for kept in s3.list_objects_v2(Bucket=NARRATIVES).get("Contents", []):
            s3.delete_object(Bucket=NARRATIVES, Key=kept["Key"])
        self.account.heard()

    def working(self, faults: Faults, at: datetime) -> Deployment:
        """A new process of the deployment."""
        return self.account.deployment(at, faults.client)

    def narratives(self) -> dict[str, str]:
        """The text of each, by its key."""
        s3 = self.account.client("s3")
        kept = s3.list_objects_v2(Bucket=NARRATIVES).get("Contents", [])
        bodies = [s3.get_object(Bucket=NARRATIVES, Key=each["Key"])["Body"] for each in kept]
        return {each["Key"]: body.read().decode() for each, body in zip(kept, bodies, strict=True)}

    def left(self) -> dict[str, Any]:
        """What a run leaves behind, in the order in which a reader meets it."""
        store = DynamoStore(TABLE, self.account.client("dynamodb"))
        events = store.load_events()
        slos = sorted({event.slo for event in events} | {"web", "api"})
        messages = [message for slo in slos for message in store.load_notifications(slo)]
        return {
            "events": [(it.incident, it.kind, it.key, it.at, it.text) for it in events],
            "messages": messages,
            "pending": [message.key for message in store.load_pending()],
            "deliveries": [
                (it.key, it.channel)
                for message in messages
                for it in store.load_deliveries(message.key)
                if it.state is DeliveryState.DELIVERED
            ],
            "evaluated": store.load_evaluated(),
            "narratives": self.narratives(),
            "ledger": [
                row
                for series in store.load_evaluated()
                if "/" in series
                for row in store.load_observations(series)
            ],
        }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with account(tmp_path_factory.mktemp("account")) as made:
        evaluate(made.deployment(BEFORE), BEFORE)
        made.costs.clock = AFTER
        yield World(made, pickle.dumps(_database().tables))


def _database() -> Any:
    """The stand-in behind the client, whose tables are copied faster than they are filled."""
    return dynamodb_backends["123456789012"]["us-east-1"]


def attempt(world: World, work: Work, faults: Faults, at: datetime) -> bool:
    """Whether a run came to its end."""
    try:
        work(world.working(faults, at), at)
    except (CostSloError, Killed):
        return False
    return True


# Calls that leave nothing behind: what happens after one is as if it had happened before it.
READS = ("Describe", "Get", "List", "Lookup", "Query")


def is_read(call: str) -> bool:
    return call.partition(":")[2].startswith(READS)


def fault_points(calls: Sequence[str], fault: Fault) -> list[int]:
    """Where a fault makes a difference of its own.

    A failure is tried at every call. A throttle takes another way only where its code is read, so
    each kind of call is throttled once. What follows the effect of a read is what precedes it. A
    dead process leaves what was written: it dies before each write, and after it.
    """
    if fault is Fault.FAIL_BEFORE:
        return list(range(len(calls)))
    if fault is Fault.THROTTLE:
        return [calls.index(call) for call in dict.fromkeys(calls)]
    return [place for place, call in enumerate(calls) if not is_read(call)]


@pytest.mark.slow
@pytest.mark.parametrize("work", [evaluate, hear_anomaly])
@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_at_any_call_changes_nothing_but_the_time_it_takes(
    world: World, work: Work, fault: Fault, record_property: Callable[[str, object], None]
) -> None:
    world.again()
    faultless = Faults(world.account.client)
    assert attempt(world, work, faultless, AFTER)
    expected, heard = world.left(), world.account.heard()
    assert any(heard.values())

    detail = _asking_for_detail(faultless.calls)
    places = fault_points(faultless.calls, fault)

    for place in places:
        call = faultless.calls[place]
        world.again()
        faults = Faults(world.account.client, place, fault)
        attempt(world, work, faults, AFTER)
        told = world.account.heard()
        again = Faults(world.account.client)
        assert attempt(world, work, again, AFTER) or attempt(world, work, again, AFTER + LATER)

        assert len(faults.calls) > place, call
        assert_same(world.left(), expected, call, went_without=place in detail)
        is_marking = call.startswith("dynamodb:") and "sns:Publish" in faultless.calls[:place]
        at_once = not is_marking and fault in (Fault.FAIL_BEFORE, Fault.THROTTLE)
        assert_heard(told, world.account.heard(), heard, call, at_once=at_once)
    record_property("fault_points", len(places))
    summary = f"{work.__name__}: {len(places)} calls of {len(faultless.calls)}, each {fault.value}"
    print(summary)  # noqa: T201  how many fault points were tried


def assert_same(
    left: dict[str, Any], expected: dict[str, Any], call: str, *, went_without: bool
) -> None:
    """The same to the letter; but an alert that went without detail has what it told at once."""
    if went_without:
        left, expected = _without_detail(left), _without_detail(expected)
    for name, value in expected.items():
        assert left[name] == value, f"{name}, after a fault at {call}"


def _without_detail(left: dict[str, Any]) -> dict[str, Any]:
    """What is left but for what changed, which a later run adds to the timeline."""
    events = [event for event in left["events"] if event[1] is not EventKind.UPDATED]
    messages = [replace(message, body="") for message in left["messages"]]
    narratives = {key: _drivers(text) for key, text in left["narratives"].items()}
    return {**left, "events": events, "messages": messages, "narratives": narratives}


def _drivers(narrative: str) -> list[str]:
    """The rows of the table of what changed."""
    return [line for line in narrative.splitlines() if line.startswith("| Amazon ")]


def assert_heard(
    first: dict[str, Counter[str]],
    then: dict[str, Counter[str]],
    expected: dict[str, Counter[str]],
    call: str,
    *,
    at_once: bool,
) -> None:
    """Every message at least once, under one key; twice only where nobody knew that it had left."""
    for subscriber, keys in expected.items():
        both = first[subscriber] + then[subscriber]
        assert set(both) == set(keys), f"{subscriber}, after a fault at {call}"
        if at_once:
            assert both == keys, f"{subscriber}, after a fault at {call}"


def _asking_for_detail(calls: Sequence[str]) -> range:
    """The calls without which an alert goes out, and says less."""
    ends = [place for place, call in enumerate(calls) if call.startswith("cloudformation:")]
    starts = [place for place, call in enumerate(calls) if call == "dynamodb:UpdateItem"]
    return range(starts[-1], ends[-1] + 1) if ends else range(0)
