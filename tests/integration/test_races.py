# SPDX-License-Identifier: Apache-2.0
"""Two evaluators at once, over every store: one incident, one timeline, every alert sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.adapters.stores.sqlite.store import SqliteStore
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.incidents.incident import EventKind, incidents
from cost_slo.ports import Store
from cost_slo.use_cases.evaluate import run
from tests.builders.readings import Days, monthly, morning, reading, september
from tests.fakes.ports import FakeStore
from tests.worlds.dynamodb import Around, Tables, aws_client
from tests.worlds.rig import Rig
from tests.worlds.turns import interleaved

RUNS = {"fake": 100, "sqlite": 100, "dynamodb": 12}
RUNS_OF_TWO_INSTANTS = {"fake": 100, "sqlite": 10, "dynamodb": 4}
HandOver = Callable[[], None]
# Opens the same state again, handing over before each call.
Opener = Callable[[HandOver], Store]
# A seed and an empty state for each run, by how many runs each store is worth.
States = Callable[[Mapping[str, int]], Iterator[tuple[int, Opener]]]

SPEND: Mapping[str, Days] = {"web": september(9, d9=400)}
TIMELINE = [EventKind.OPENED, EventKind.ALERTED]


@pytest.fixture(name="tables", scope="module")
def dynamodb_tables() -> Iterator[Tables]:
    with aws_client("dynamodb") as client:
        yield Tables(client)


@pytest.fixture(params=list(RUNS))
def states(request: pytest.FixtureRequest, tmp_path: Path, tables: Tables) -> States:
    """States of one kind of store."""

    def opener(seed: int) -> Opener:
        if request.param == "dynamodb":
            table = tables.new()
            return lambda hand_over: tables.store(table, _first(hand_over))
        if request.param == "sqlite":
            file = tmp_path / f"{seed}.sqlite3"
            return lambda hand_over: _store(SqliteStore(file), hand_over)
        fake = FakeStore()
        return lambda hand_over: _store(fake, hand_over)

    return lambda runs: ((seed, opener(seed)) for seed in range(runs[str(request.param)]))


def test_two_evaluators_at_once_make_one_incident_with_one_timeline(
    states: States,
) -> None:
    for seed, open_state in states(RUNS):
        sent = _race(open_state, [morning(10), morning(10)], seed)

        store = open_state(_nothing)
        assert _timelines(store) == {"web-2026-09": TIMELINE}, seed
        (told,) = store.load_notifications("web")
        keys = [told.key, f"{told.key}/alerted"]
        assert [event.key for event in store.load_events(slo="web")] == keys, seed
        assert sent == {told.key}
        assert list(store.load_pending()) == []


def test_evaluators_of_different_instants_make_one_incident(
    states: States,
) -> None:
    early, late = morning(10), morning(10).replace(hour=9)
    for seed, open_state in states(RUNS_OF_TWO_INSTANTS):
        _race(open_state, [early, late], seed)

        store = open_state(_nothing)
        assert _timelines(store) == {"web-2026-09": TIMELINE}, seed
        assert store.load_evaluated()["web"] == late


def _race(open_state: Opener, instants: Sequence[datetime], seed: int) -> set[str]:
    """Two evaluators that hand over at every call of the store; the keys of what they sent."""
    rig = Rig(monthly("web"))
    rig.costs.reading = reading(SPEND)
    monitor = replace(rig.monitor, policy=_policy)

    def evaluator(as_of: datetime) -> Callable[[HandOver], Any]:
        return lambda hand_over: run(replace(monitor, store=open_state(hand_over)), as_of)

    named = zip(("one", "two"), instants, strict=True)
    interleaved({name: evaluator(as_of) for name, as_of in named}, seed)
    return {message.key for message in rig.notifier.sent}


@cache
def _policy(name: str) -> Policy:
    return load_policy(name, base=Path())


def _timelines(store: Store) -> Mapping[str, list[EventKind]]:
    found = incidents(store.load_events())
    return {incident.id: [event.kind for event in incident.events] for incident in found}


def _store(store: Store, hand_over: HandOver) -> Store:
    return cast("Store", Around(store, _first(hand_over)))


def _first(hand_over: HandOver) -> Callable[[str, Callable[[], Any]], Any]:
    def around(operation: str, call: Callable[[], Any]) -> Any:
        del operation
        hand_over()
        return call()

    return around


def _nothing() -> None:
    """Nobody else runs."""
