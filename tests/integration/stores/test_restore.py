# SPDX-License-Identifier: Apache-2.0
"""Does the runbook's way to restore the state do so?"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent, Severity
from cost_slo.ports import StateChange, Store
from tests.worlds.dynamodb import Tables, aws_client

RUNBOOK = Path(__file__).resolve().parents[3] / "docs" / "operations.md"
NOON = datetime(2026, 9, 5, 12, tzinfo=UTC)


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with aws_client("dynamodb") as client:
        yield Tables(client)


def change(number: int) -> StateChange:
    """The `number`th decision about one SLO."""
    at, key = NOON + timedelta(days=number), f"k{number}"
    return StateChange(
        events=(IncidentEvent("web-2026-09", "web", key, at, EventKind.NOTED, key),),
        notifications=(Notification(key, "web-2026-09", "web", Severity.PAGE, at, key, "Look."),),
        evaluated={"web": at},
        expected={"web": number},
    )


def known(store: Store) -> tuple[object, ...]:
    return (*store.load_events(), *store.load_pending(), store.load_evaluated())


def run_the_runbooks_script(*, old: str, new: str) -> None:
    (script,) = re.findall(
        r"```python\n(import boto3.+?)```", RUNBOOK.read_text("utf-8"), re.DOTALL
    )
    exec(script.replace("RESTORED", old).replace("TABLE", new), {})


def test_a_restored_table_is_what_it_was_and_can_be_written_on(tables: Tables) -> None:
    live, restored = tables.new(), tables.new()
    store, then = tables.store(live), tables.store(restored)
    for each in (store, then):
        each.save(change(0))
    before = known(store)
    store.save(change(1))
    store.save(change(2))
    after = known(store)

    run_the_runbooks_script(old=restored, new=live)
    restored_to = known(store)
    store.save(change(1))
    store.save(change(2))

    assert restored_to == before == known(then) != after
    assert known(store) == after


def test_a_new_stack_goes_on_with_an_old_table(tables: Tables) -> None:
    old, new = tables.new(), tables.new()
    tables.store(old).save(change(0))

    run_the_runbooks_script(old=old, new=new)
    tables.store(new).save(change(1))

    assert [event.key for event in tables.store(new).load_events()] == ["k0", "k1"]
