# SPDX-License-Identifier: Apache-2.0
"""The Lambdas, from the events that AWS sends, over an AWS in this process."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parser.models import (
    EventBridgeModel,
    SnsNotificationModel,
    SqsModel,
)

import lambdas.anomaly
import lambdas.evaluate
import lambdas.rituals
from cost_slo.domain.errors import SettingsError, SourceError
from cost_slo.domain.incidents.incident import incidents
from cost_slo.domain.incidents.verbs import resolve_as_planned
from cost_slo.ports import StateChange
from cost_slo.wiring.deployed import instant_of
from tests.builders.readings import morning
from tests.worlds.deployed import EVENTS, Cloud, World, refusal, stored_event

# The morning on which it is known that the 12th cost $200 instead of $10.
SPIKE = morning(14)
ANOMALY = {"accountId", "anomalyId", "anomalyStartDate", "impact", "monitorArn", "rootCauses"}
BROKEN = '{"Type": "Notification", "Message": "{not json'
ALL_EVENTS = sorted(EVENTS.glob("*.json"))


@pytest.fixture
def world(clouds: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(clouds, tmp_path, monkeypatch)


@pytest.mark.parametrize("path", ALL_EVENTS, ids=lambda path: path.stem)
def test_a_stored_event_has_the_shape_that_aws_documents(path: Path) -> None:
    event = json.loads(path.read_text("utf-8"))

    if "Records" not in event:
        assert EventBridgeModel.model_validate(event).detail_type == "Scheduled Event"
        return
    for record in SqsModel.model_validate(event).Records:
        if record.body == BROKEN:
            continue
        body = json.loads(str(record.body))
        if "TopicArn" in body:
            body = json.loads(str(SnsNotificationModel.model_validate(body).Message))
        if "detail" in body:
            assert EventBridgeModel.model_validate(body).source == "aws.ce"
            body = body["detail"]
        assert set(body) >= ANOMALY


def test_evaluations_are_quiet_until_the_spike_and_tell_it_once(world: World) -> None:
    quiet = [world.call(lambdas.evaluate, world.at(morning(day))) for day in (10, 11, 12, 13)]

    assert [called.answer["slos"] for called in quiet] == [1] * 4
    assert world.received() == []

    loud = world.call(lambdas.evaluate, world.at(SPIKE))

    assert loud.answer["slos"] == 1
    (told,) = world.received()
    assert (told["schema"], told["incident"]) == ("cost-slo/notification/v1", "web-2026-09")
    assert told["severity"] in {"page", "emergency"}
    assert world.published[-1]["email"] == told["text"]
    assert "web" in told["subject"]


def test_an_alert_says_where_the_narrative_is_and_is_shown(world: World) -> None:
    world.set(DASHBOARD_URL="https://console.aws.amazon.com/cloudwatch/home#dashboards:name=mine")
    world.call(lambdas.evaluate, world.at(SPIKE))
    world.call(lambdas.anomaly, stored_event("sqs_sns_envelope"))

    told = world.received()
    assert {each["incident"] for each in told} == {it.id for it in running(world)}
    assert len(told) == 2
    for each in told:
        lines = each["text"].splitlines()
        (said,) = [line for line in lines if line.startswith("Narrative draft: ")]
        place, _, shown = said.removeprefix("Narrative draft: ").partition(", shown at ")
        assert place == f"s3://{world.name}/narratives/{each['incident']}.md"
        assert shown == "https://console.aws.amazon.com/cloudwatch/home#dashboards:name=mine"


def test_an_evaluation_prints_its_metrics(world: World) -> None:
    metrics = world.call(lambdas.evaluate, world.at(SPIKE)).metrics

    assert metrics["web", "SpendToDate"] == 11 * 10 + 200
    assert metrics["web", "BudgetRemaining"] == 300 - 190
    assert metrics["web", "BurnRate"] > 1
    assert metrics["web", "Pace"] > 1
    assert metrics["web", "DataAge"] == timedelta(hours=30).total_seconds()
    assert metrics["all", "RequestsSpent"] >= 1
    assert metrics["all", "EvaluationSucceeded"] == 1


@pytest.mark.parametrize("name", ["eventbridge_rule", "eventbridge_scheduler"])
def test_an_event_is_judged_as_of_its_time_however_late_it_comes(world: World, name: str) -> None:
    world.at(SPIKE)
    due = datetime(2026, 9, 10, 6, tzinfo=UTC)

    called = world.call(lambdas.evaluate, stored_event(name))

    assert world.deployed().monitor.store.load_evaluated()["web"] == due
    assert called.metrics["web", "SpendToDate"] == 100


def test_the_same_event_again_changes_nothing_and_sends_nothing(world: World) -> None:
    event = world.at(SPIKE)
    world.call(lambdas.evaluate, event)
    told, before = world.received(), without_requests(world.state)

    again = world.call(lambdas.evaluate, event)

    assert len(told) == 1
    assert again.error is None
    assert without_requests(world.state) == before
    assert world.received() == []


def test_an_event_without_a_time_is_judged_as_of_now() -> None:
    before = datetime.now(UTC).replace(microsecond=0)

    assert before <= instant_of({}) <= datetime.now(UTC)


@pytest.mark.parametrize("time", ["yesterday", "", 7, []])
def test_an_event_whose_time_is_none_is_refused(time: object) -> None:
    with pytest.raises(SettingsError, match="is not an instant"):
        instant_of({"time": time})


def test_an_evaluation_without_costs_fails_and_says_so_to_the_alarm(world: World) -> None:
    world.refusals["ce:get_cost_and_usage"] = refusal("GetCostAndUsage", "AccessDeniedException")

    called = world.call(lambdas.evaluate, world.at(SPIKE))

    assert isinstance(called.error, SourceError)
    assert "allow ce:GetCostAndUsage" in str(called.error)
    assert called.metrics == {("all", "EvaluationSucceeded"): 0}


def test_a_deployment_that_names_no_table_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COST_SLO_TABLE_NAME")
    world.set()

    called = world.call(lambdas.evaluate, world.at(SPIKE))

    assert isinstance(called.error, SettingsError)
    assert "COST_SLO_TABLE_NAME" in str(called.error)


def test_an_alert_that_cannot_leave_fails_the_run_and_leaves_with_the_next(world: World) -> None:
    world.refusals["sns:publish"] = refusal("Publish", "InternalError", status=500)

    failed = world.call(lambdas.evaluate, world.at(SPIKE))

    assert isinstance(failed.error, SourceError)
    assert "delivered" in str(failed.error)
    assert failed.metrics["all", "EvaluationSucceeded"] == 0
    assert "sns:Publish: AWS failed (InternalError, 500)" in failed.said

    world.refusals.clear()
    repaired = world.call(lambdas.evaluate, world.at(SPIKE + timedelta(hours=6)))

    assert repaired.error is None
    assert [it["incident"] for it in world.received()] == ["web-2026-09"]


def test_changes_that_may_not_be_looked_up_hold_up_no_alert_and_fail_the_run(world: World) -> None:
    denied = refusal("LookupEvents", "AccessDeniedException")
    world.refusals["cloudtrail:lookup_events"] = denied

    failed = world.call(lambdas.evaluate, world.at(SPIKE))
    again = world.call(lambdas.evaluate, world.at(SPIKE))

    assert isinstance(failed.error, SourceError)
    assert "allow cloudtrail:LookupEvents to this role" in failed.said
    (told,) = world.received()
    assert told["incident"] == "web-2026-09"
    assert "cloudtrail:LookupEvents" in "".join(world.state)
    assert again.error is None


def test_changes_that_cannot_be_looked_up_for_now_fail_no_run(world: World) -> None:
    world.refusals["cloudtrail:lookup_events"] = refusal("LookupEvents", "ThrottlingException")

    called = world.call(lambdas.evaluate, world.at(SPIKE))

    assert called.error is None
    assert "asks to slow down" in "".join(world.state)


@pytest.mark.parametrize("name", ["sqs_sns_envelope", "sqs_raw_delivery", "sqs_event_bridge"])
def test_an_anomaly_is_put_where_it_belongs_whatever_its_envelope(world: World, name: str) -> None:
    world.at(SPIKE)

    called = world.call(lambdas.anomaly, stored_event(name))

    assert called.answer == {"batchItemFailures": []}
    assert [told["incident"] for told in world.received()] == [it.id for it in running(world)]
    assert "a-1" in "".join(world.state)


def test_only_the_broken_message_of_a_batch_comes_again(world: World) -> None:
    world.at(SPIKE)
    event = stored_event("sqs_one_of_three_broken")

    called = world.call(lambdas.anomaly, event)

    broken = event["Records"][1]["messageId"]
    assert called.answer == {"batchItemFailures": [{"itemIdentifier": broken}]}
    assert "not JSON" in called.said
    assert {"a-1", "a-2"} <= {name for name in ("a-1", "a-2") if name in "".join(world.state)}


def test_duplicates_of_anomalies_change_nothing(world: World) -> None:
    world.at(SPIKE)
    event = stored_event("sqs_sns_envelope")
    world.call(lambdas.anomaly, event)
    told, before = world.received(), world.state

    for name in ("sqs_sns_envelope", "sqs_raw_delivery", "sqs_event_bridge"):
        twice = deepcopy(stored_event(name))
        twice["Records"] *= 2
        assert world.call(lambdas.anomaly, twice).answer == {"batchItemFailures": []}

    assert len(told) == 1
    assert world.received() == []
    assert world.state == before


def test_an_anomaly_whose_alert_cannot_leave_comes_again_and_is_told_once(world: World) -> None:
    world.at(SPIKE)
    event = stored_event("sqs_sns_envelope")
    world.refusals["sns:publish"] = refusal("Publish", "InternalError", status=500)

    failed = world.call(lambdas.anomaly, event)
    world.refusals.clear()
    repaired = world.call(lambdas.anomaly, event)

    (record,) = event["Records"]
    assert failed.answer == {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    assert repaired.answer == {"batchItemFailures": []}
    assert len(world.received()) == 1


def test_the_digest_is_told_once_on_a_date_of_the_readers(world: World) -> None:
    world.set(TIME_ZONE="Europe/Berlin")
    instants = (
        datetime(2026, 9, 14, 21, tzinfo=UTC),  # 14 September, 23:00 in Berlin
        datetime(2026, 9, 14, 21, 30, tzinfo=UTC),
        datetime(2026, 9, 14, 22, 30, tzinfo=UTC),  # 15 September, 00:30 in Berlin
        datetime(2026, 9, 15, 5, tzinfo=UTC),
    )

    answers = [world.call(lambdas.rituals, world.at(it)).answer["delivered"] for it in instants]

    assert answers == [1, 0, 1, 0]
    assert [told["key"] for told in world.received()] == ["digest/2026-09-14", "digest/2026-09-15"]


def test_the_digest_links_the_dashboard_and_says_how_many_requests_are_allowed(
    world: World,
) -> None:
    world.set(DASHBOARD_URL="https://console.aws.amazon.com/cloudwatch/home#dashboards:name=mine")
    world.set(CE_MONTHLY_CAP="120")

    world.call(lambdas.rituals, world.at(SPIKE))

    (told,) = world.received()
    *_, cost, link = told["text"].splitlines()
    assert cost.endswith(", of 120 allowed.")
    assert link == "Dashboard: https://console.aws.amazon.com/cloudwatch/home#dashboards:name=mine"


def test_a_ritual_that_is_named_is_told_and_an_unknown_one_is_refused(world: World) -> None:
    told = world.call(lambdas.rituals, world.at(SPIKE) | {"ritual": "digest"})
    refused = world.call(lambdas.rituals, world.at(SPIKE) | {"ritual": "dance"})

    assert told.answer["delivered"] == 1
    assert isinstance(refused.error, SettingsError)
    assert "`ritual` is unknown; known: digest" in str(refused.error)


def test_a_digest_that_cannot_leave_fails_and_leaves_with_the_next(world: World) -> None:
    world.refusals["sns:publish"] = refusal("Publish", "InternalError", status=500)

    failed = world.call(lambdas.rituals, world.at(SPIKE))
    world.refusals.clear()
    repaired = world.call(lambdas.rituals, world.at(SPIKE))

    assert isinstance(failed.error, SourceError)
    assert repaired.answer == {"delivered": 1, "feedback": 0}
    assert [told["key"] for told in world.received()] == ["digest/2026-09-14"]


def test_the_detector_learns_once_that_an_anomaly_was_planned(world: World) -> None:
    plan_the_anomaly(world)
    world.refusals["ce:provide_anomaly_feedback"] = refusal("Provide", "AccessDeniedException")

    denied = world.call(lambdas.rituals, world.at(SPIKE))
    world.refusals.clear()
    told = world.call(lambdas.rituals, world.at(SPIKE + timedelta(days=1)))
    again = world.call(lambdas.rituals, world.at(SPIKE + timedelta(days=2)))

    assert isinstance(denied.error, SourceError)
    assert "allow ce:ProvideAnomalyFeedback" in denied.said
    assert [each.answer["feedback"] for each in (told, again)] == [1, 0]
    asked = [call for call in world.cloud.fake.calls if "Feedback" in call.operation]
    assert asked[-1].parameters == {"AnomalyId": "a-1", "Feedback": "PLANNED_ACTIVITY"}


PAGE = Path(__file__).resolve().parents[3] / "docs" / "live-aws.md"
# No stack was deployed, no SLO counts units by a metric; S3 tells an absent object by its list.
NOT_CALLED_HERE = {
    "cloudformation:DescribeStackEvents",
    "cloudwatch:GetMetricData",
    "s3:ListBucket",
}
IN_A_TRANSACTION = {"PutItem", "UpdateItem", "DeleteItem"}


def documented(handler: str) -> set[str]:
    """The actions of a handler's rows in the table of the page."""
    rows = [line.split("|") for line in PAGE.read_text("utf-8").splitlines() if "|" in line]
    cells = [row[2] for row in rows if row[1].strip() in (handler, "all three")]
    return {action for cell in cells for action in re.findall(r"`(\w+:\w+)`", cell)}


def actions(world: World) -> set[str]:
    """The actions of the calls that were made, as IAM names them."""
    found = set()
    for service, _, method in (call.partition(":") for call in world.called):
        operation = "".join(word.capitalize() for word in method.split("_"))
        if operation == "TransactWriteItems":
            found |= {f"{service}:{each}" for each in IN_A_TRANSACTION}
        elif operation == "GetPaginator":
            found.add("cloudformation:DescribeStacks")
        else:
            found.add(f"{service}:{operation}")
    return found


@pytest.mark.parametrize("handler", ["evaluate", "anomaly", "rituals"])
def test_the_page_names_every_action_that_a_handler_needs(world: World, handler: str) -> None:
    if handler == "rituals":
        plan_the_anomaly(world)
    world.secret("json://127.0.0.1:1/hook")
    event = stored_event("sqs_sns_envelope") if handler == "anomaly" else world.at(SPIKE)
    world.called.clear()

    world.call(import_module(f"lambdas.{handler}"), event)

    assert actions(world) == documented(handler) - NOT_CALLED_HERE


def running(world: World) -> list[Any]:
    """The incidents that are not over."""
    known = incidents(world.deployed().monitor.store.load_events())
    return [it for it in known if it.is_running]


def plan_the_anomaly(world: World) -> None:
    """An anomaly's incident that a person resolved as planned."""
    world.at(SPIKE - timedelta(hours=1))
    world.cloud.fake.anomalies = [{"AnomalyId": "a-1"}]
    world.call(lambdas.anomaly, stored_event("sqs_sns_envelope"))
    store = world.deployed().monitor.store
    (incident,) = running(world)
    planned = resolve_as_planned(incident, "a load test", SPIKE - timedelta(minutes=30))
    store.save(StateChange(events=(planned,)))


def without_requests(state: list[str]) -> list[str]:
    """All but the count of paid requests: a repeat asks again, and pays."""
    return [item for item in state if "requests" not in item.lower()]
