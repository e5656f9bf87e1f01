# SPDX-License-Identifier: Apache-2.0
"""A fault of the program in a deployment: the others are sent, and then the alarm rings.

Faults are put in by patching: no part of the outside can make them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lambdas.anomaly
import lambdas.evaluate
from cost_slo.domain.errors import SourceError
from cost_slo.domain.verdict.assessment import assess
from tests.builders.readings import morning
from tests.worlds.deployed import SPEC, Cloud, World, stored_event

SPIKE = morning(14)
TWO = f"{SPEC}{SPEC.partition('slos:')[2].replace('name: web', 'name: shop').lstrip(chr(10))}"


@pytest.fixture
def world(clouds: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(clouds, tmp_path, monkeypatch)
    made.spec.write_text(TWO)
    return made


def broken(*_: object, **__: object) -> Any:
    raise OverflowError("put in from outside")


def judging_breaks(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """The judging of these SLOs raises."""

    def judged(slo: Any, *rest: Any, **named: Any) -> Any:
        return broken() if slo.name in names else assess(slo, *rest, **named)

    monkeypatch.setattr("cost_slo.use_cases.evaluate.assess", judged)


def test_a_fault_in_one_slo_is_logged_the_others_are_told_and_the_run_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judging_breaks(monkeypatch, "shop")

    called = world.call(lambdas.evaluate, world.at(SPIKE))

    assert [told["incident"] for told in world.received()] == ["web-2026-09"]
    assert isinstance(called.error, SourceError)
    assert called.metrics["all", "EvaluationSucceeded"] == 0
    assert called.metrics["web", "SpendToDate"] == 310
    assert "OverflowError: put in from outside" in called.said
    assert "in judged" in called.said, "the log has the traceback"


def test_a_fault_in_every_slo_fails_the_run_and_the_metric(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judging_breaks(monkeypatch, "web", "shop")

    called = world.call(lambdas.evaluate, world.at(SPIKE))

    assert isinstance(called.error, OverflowError)
    assert called.metrics == {("all", "EvaluationSucceeded"): 0}


def test_a_detail_that_breaks_is_logged_once_the_alert_has_left_and_the_alarm_rings_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cost_slo.domain.drivers.segment_movers.closer_breakdown", broken)

    called = world.call(lambdas.evaluate, world.at(SPIKE))
    again = world.call(lambdas.evaluate, world.at(SPIKE))

    assert {told["incident"] for told in world.received()} == {"web-2026-09", "shop-2026-09"}
    assert isinstance(called.error, SourceError)
    assert called.metrics["all", "EvaluationSucceeded"] == 1
    assert "what changed in detail" in called.said
    assert "in broken" in called.said
    assert again.error is None


def test_a_narrative_that_cannot_be_drafted_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cost_slo.use_cases.draft import drafted  # noqa: PLC0415  what is patched

    def drafts(drafter: Any, incident: Any, *rest: Any, **named: Any) -> str:
        return broken() if incident.slo == "shop" else drafted(drafter, incident, *rest, **named)

    monkeypatch.setattr("cost_slo.use_cases.draft.drafted", drafts)

    called = world.call(lambdas.evaluate, world.at(SPIKE))

    assert isinstance(called.error, SourceError)
    assert ["# " in text for text in world.objects] == [True]
    assert len(world.received()) == 2


def test_an_anomaly_with_a_fault_comes_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.at(SPIKE)
    event = stored_event("sqs_sns_envelope")
    (record,) = event["Records"]
    monkeypatch.setattr("cost_slo.use_cases.anomalies.follow", broken)

    called = world.call(lambdas.anomaly, event)

    assert called.answer == {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    assert "was not handled" in called.said
    assert "in broken" in called.said
