# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong at whichever call: a later run leaves what a run without faults leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from cost_slo.adapters.dynamodb_store import DynamoStore
from cost_slo.adapters.dynamodb_store.table import create_table
from cost_slo.anomalies import handle_anomalies
from cost_slo.domain.errors import CostSloError
from cost_slo.live import Deployment, deployment
from cost_slo.monitor import run
from cost_slo.outbox import insist_on_delivery
from tests.account import AFTER, BEFORE, TABLE, Account, account
from tests.anomalies import anomaly
from tests.faults import Fault, Faults, Killed

LATER = timedelta(minutes=5)
Work = Callable[[Deployment, datetime], None]


def evaluate(working: Deployment, at: datetime) -> None:
    """One scheduled evaluation, as the Lambda does it."""
    insist_on_delivery(run(working.monitor, at).undelivered)


def hear_anomaly(working: Deployment, at: datetime) -> None:
    """One message about an anomaly outside every scope, as the Lambda takes it."""
    insist_on_delivery(handle_anomalies(working.anomalies, [anomaly()], at).undelivered)


@dataclass
class World:
    """An account as it is after a quiet morning, again and again."""

    account: Account
    state: list[dict[str, Any]]

    def again(self) -> None:
        """Put the state back, forget what was heard."""
        dynamodb = self.account.client("dynamodb")
        dynamodb.delete_table(TableName=TABLE)
        create_table(dynamodb, TABLE)
        for item in self.state:
            dynamodb.put_item(TableName=TABLE, Item=item)
        self.account.heard()

    def working(self, faults: Faults, at: datetime) -> Deployment:
        """A new process of the deployment."""
        return deployment(self.account.settings, faults.client, now=lambda: at)

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
                (it.key, it.channel, it.state)
                for message in messages
                for it in store.load_deliveries(message.key)
            ],
            "evaluated": store.load_evaluated(),
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
        quiet = deployment(made.settings, made.client, now=lambda: BEFORE)
        evaluate(quiet, BEFORE)
        made.costs.clock = AFTER
        yield World(made, made.client("dynamodb").scan(TableName=TABLE)["Items"])


def attempt(world: World, work: Work, faults: Faults, at: datetime) -> bool:
    """Whether a run came to its end."""
    try:
        work(world.working(faults, at), at)
    except (CostSloError, Killed):
        return False
    return True


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

    for place, call in enumerate(faultless.calls):
        world.again()
        faults = Faults(world.account.client, place, fault)
        attempt(world, work, faults, AFTER)
        told = world.account.heard()
        again = Faults(world.account.client)
        assert attempt(world, work, again, AFTER) or attempt(world, work, again, AFTER + LATER)

        assert len(faults.calls) > place, call
        assert_same(world.left(), expected, call)
        assert_heard(told, world.account.heard(), heard, call, at_once=_is_certain(fault))
    record_property("fault_points", len(faultless.calls))
    summary = f"{work.__name__}: {len(faultless.calls)} calls, each {fault.value}"
    print(summary)  # noqa: T201  how many fault points were tried


def assert_same(left: dict[str, Any], expected: dict[str, Any], call: str) -> None:
    for name, value in expected.items():
        assert left[name] == value, f"{name}, after a fault at {call}"


def assert_heard(
    first: dict[str, Counter[str]],
    then: dict[str, Counter[str]],
    expected: dict[str, Counter[str]],
    call: str,
    *,
    at_once: bool,
) -> None:
    """Every message at least once; twice only where nobody could know that it had left."""
    for subscriber, keys in expected.items():
        both = first[subscriber] + then[subscriber]
        assert set(both) == set(keys), f"{subscriber}, after a fault at {call}"
        if at_once:
            assert both == keys, f"{subscriber}, after a fault at {call}"


def _is_certain(fault: Fault) -> bool:
    """Whether the caller is told the truth: what is refused had no effect."""
    return fault in (Fault.FAIL_BEFORE, Fault.THROTTLE)
