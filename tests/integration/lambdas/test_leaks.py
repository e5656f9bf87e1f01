# SPDX-License-Identifier: Apache-2.0
"""Marked names, addresses, keys and secrets go in everywhere; no text that comes out has a mark."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

import lambdas.anomaly
import lambdas.evaluate
import lambdas.rituals
from cost_slo.domain.errors import CostSloError, SettingsError
from cost_slo.domain.incidents.incident import incidents
from cost_slo.domain.incidents.verbs import resolve_as_planned
from cost_slo.ports import StateChange
from cost_slo.settings import load_settings
from cost_slo.use_cases.draft import drafted
from tests.builders.readings import morning
from tests.worlds.deployed import Called, Cloud, NoTrail, World, refusal, stored_event
from tests.worlds.webhook import Webhook, webhook

MARK = "zq7mark"
KEY = "AKIAZQ7MARKZQ7MARK00"
PERSON = "AIDAZQ7MARKZQ7MARK00"
SESSION = f"AROAZQ7MARKZQ7MARK00:{MARK}-session"
SPIKE = morning(14)
RISE = datetime(2026, 9, 11, 20, tzinfo=UTC)
HANDLERS = (lambdas.evaluate, lambdas.anomaly, lambdas.rituals)

# What AWS may say of a call.
SAID = (
    f"User: arn:aws:sts::111122223333:assumed-role/Ops/{MARK}-session is not authorized, nor "
    f"{MARK}-mail@example.com, arn:aws:iam::111122223333:user/team,{MARK}, {PERSON}, {SESSION}, "
    f"{KEY}; see https://hooks.example/{MARK}-token"
)


@pytest.fixture(name="hook", scope="module")
def one_webhook() -> Iterator[Webhook]:
    with webhook() as listening:
        yield listening


@pytest.fixture
def world(clouds: Cloud, hook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "SOME_TOKEN"):
        monkeypatch.setenv(name, f"{MARK}-{name}")
    made = World(clouds, tmp_path, monkeypatch, trail=NoTrail([trailed(it) for it in PEOPLE]))
    made.secret(hook.url(f"{MARK}-token"))
    hook.status = 200
    hook.told.clear()
    clouds.fake.anomalies = [{"AnomalyId": "a-1"}]
    return made


def identity(kind: str, **more: Any) -> dict[str, Any]:
    """A `userIdentity` of a person."""
    return {
        "type": kind,
        "accountId": "111122223333",
        "accessKeyId": KEY,
        "principalId": SESSION,
        "arn": f"arn:aws:sts::111122223333:assumed-role/Deploy/{MARK}-session",
        **more,
    }


PEOPLE = (
    identity(
        "IAMUser",
        principalId=PERSON,
        userName=f"{MARK}-user",
        arn=f"arn:aws:iam::111122223333:user/{MARK}-user",
    ),
    identity(
        "AssumedRole", sessionContext={"sessionIssuer": {"type": "Role", "userName": "Deploy"}}
    ),
    identity(
        "AssumedRole",
        arn=f"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/"
        f"{MARK}-mail@example.com",
    ),
    identity("FederatedUser", userName=f"{MARK}-federated"),
    identity("WebIdentityUser", userName=f"{MARK}-web", identityProvider=f"{MARK}.example.com"),
    identity("Root", userName=f"{MARK}-alias"),
)


def trailed(who: dict[str, Any]) -> dict[str, Any]:
    """What LookupEvents tells of instances that somebody started."""
    record = {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RunInstances",
        "readOnly": False,
        "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333",
        "sourceIPAddress": f"{MARK}.example.com",
        "userAgent": f"{MARK}-laptop",
        "userIdentity": who,
        "requestParameters": {"userData": f"{MARK}-data"},
    }
    return {
        "EventTime": RISE,
        "Username": f"{MARK}-user",
        "AccessKeyId": KEY,
        "CloudTrailEvent": json.dumps(record),
        "Resources": [
            {"ResourceType": "AWS::IAM::AccessKey", "ResourceName": KEY},
            {"ResourceType": "AWS::EC2::KeyPair", "ResourceName": f"{MARK}-mail@example.com"},
            {"ResourceType": "AWS::EC2::Instance", "ResourceName": "i-0123456789abcdef0"},
        ],
    }


def marked_anomaly(name: str) -> dict[str, Any]:
    """A stored event, whoever it names being marked."""
    text = json.dumps(stored_event(name))
    for person in ("jane-doe-sandbox", "jane-doe-payer"):
        text = text.replace(person, f"{MARK}-mail@example.com {MARK}")
    text = text.replace("AIDAIENQZJOLO23YVJ4VO", PERSON)
    event: dict[str, Any] = json.loads(text)
    assert MARK in text
    return event


def broken_anomalies() -> dict[str, Any]:
    """Messages that cannot be read, each marked in another place."""
    (record,) = stored_event("sqs_raw_delivery")["Records"]
    whole = json.loads(record["body"])
    bodies: tuple[object, ...] = (
        f"{MARK} not JSON",
        [f"{MARK}"],
        {MARK: MARK},
        whole | {"impact": {"totalImpact": MARK}},
        whole | {"impact": {"totalImpact": {MARK: MARK}}},
        whole | {"anomalyStartDate": MARK},
        whole | {"rootCauses": MARK},
        whole | {"rootCauses": [MARK]},
    )
    texts = (body if isinstance(body, str) else json.dumps(body) for body in bodies)
    return {
        "Records": [record | {"messageId": str(it), "body": body} for it, body in enumerate(texts)]
    }


def story(world: World) -> list[Called]:
    """A spike, anomalies that can be read or not, an incident that was planned, a digest."""
    calls = [
        world.call(lambdas.evaluate, world.at(SPIKE)),
        world.call(lambdas.anomaly, marked_anomaly("sqs_sns_envelope")),
        world.call(lambdas.anomaly, marked_anomaly("sqs_event_bridge")),
        world.call(lambdas.anomaly, broken_anomalies()),
    ]
    resolve_all(world)
    later = SPIKE + timedelta(hours=1)
    calls += [world.call(lambdas.rituals, world.at(later))]
    return [*calls, world.call(lambdas.evaluate, world.at(later))]


def resolve_all(world: World) -> None:
    """A person says of each incident that it was planned, where the state can be had."""
    if any(name.startswith("dynamodb") for name in world.refusals):
        return
    try:
        store = world.deployed().desk.store
        running = [it for it in incidents(store.load_events()) if it.is_running]
    except CostSloError:
        return
    at = world.clock + timedelta(minutes=30)
    planned = (resolve_as_planned(it, "a load test", at) for it in running)
    store.save(StateChange(events=tuple(planned)))


def narratives(world: World) -> list[str]:
    """The draft of every incident."""
    deployed = world.deployed()
    known = incidents(deployed.desk.store.load_events())
    return [drafted(deployed.drafter, it, world.clock) for it in known]


def everything_said(world: World, hook: Webhook, calls: list[Called]) -> list[str]:
    """What a reader of logs, errors, messages, state or narratives sees."""
    world.refusals.clear()
    return [
        *(f"{call.answer} {call.said}" for call in calls),
        *map(json.dumps, world.published),
        *map(json.dumps, world.received()),
        *map(json.dumps, hook.told),
        *world.state,
        *world.objects,
        *narratives(world),
    ]


def assert_unmarked(texts: list[str]) -> None:
    for text in texts:
        at = text.lower().find(MARK)
        assert at < 0, text[max(0, at - 300) : at + 100]


def test_a_run_that_succeeds_names_nobody(world: World, hook: Webhook) -> None:
    calls = story(world)

    said = everything_said(world, hook, calls)
    assert [call.error for call in calls] == [None] * len(calls)
    assert hook.told
    assert "role Deploy" in "".join(narratives(world))
    assert_unmarked(said)


@pytest.mark.parametrize(
    "service", ["ce", "cloudformation", "cloudtrail", "dynamodb", "secretsmanager", "sns"]
)
def test_a_refusal_of_aws_is_passed_on_without_names(
    world: World, hook: Webhook, service: str
) -> None:
    world.refusals[f"{service}:*"] = refusal("Call", "ValidationException", SAID)

    calls = story(world)

    assert_unmarked(everything_said(world, hook, calls))


@pytest.mark.parametrize(
    "error",
    [
        refusal("Call", "AccessDeniedException", SAID),
        refusal("Call", "InternalError", SAID, 500),
        EndpointConnectionError(endpoint_url=f"https://{MARK}.example.com"),
        NoCredentialsError(),
    ],
    ids=["denied", "failed", "unreachable", "no credentials"],
)
def test_whatever_is_out_of_reach_names_nobody(
    world: World, hook: Webhook, error: BaseException
) -> None:
    for service in ("cloudformation", "cloudtrail", "secretsmanager", "sns"):
        world.refusals[f"{service}:*"] = error

    calls = story(world)

    assert any(call.error for call in calls)
    assert_unmarked(everything_said(world, hook, calls))


def test_a_webhook_that_refuses_keeps_its_token(world: World, hook: Webhook) -> None:
    hook.status = 500

    calls = story(world)

    assert any(call.error for call in calls)
    assert_unmarked(everything_said(world, hook, calls))


@pytest.mark.parametrize(
    "secret",
    [
        f"json://127.0.0.1:1/{MARK}",
        f'{{"slack": "https://hooks.example/{MARK}"}}',
        f'["https://hooks.example/{MARK}"',
        f"{MARK}://{MARK}",
    ],
)
def test_a_secret_that_cannot_be_used_stays_one(world: World, hook: Webhook, secret: str) -> None:
    world.secret(secret)

    calls = story(world)

    assert any(call.error for call in calls)
    assert_unmarked(everything_said(world, hook, calls))


def test_a_secret_that_is_not_there(world: World, hook: Webhook) -> None:
    world.set(CHANNELS_SECRET_ID="nowhere")

    calls = story(world)

    assert any("secretsmanager:GetSecretValue" in call.said for call in calls)
    assert_unmarked(everything_said(world, hook, calls))


@pytest.mark.parametrize("setting", ["ALERT_TOPIC_ARN", "CHAT_TOPIC_ARN", "TIME_ZONE"])
@pytest.mark.parametrize("handler", HANDLERS, ids=lambda module: module.__name__)
def test_a_setting_that_is_wrong_is_named_and_not_shown(
    world: World, setting: str, handler: ModuleType
) -> None:
    world.set(**{setting: f"{MARK}@example.com"})
    is_queue = handler is lambdas.anomaly
    event = stored_event("sqs_raw_delivery") if is_queue else world.at(SPIKE)

    called = world.call(handler, event)

    assert f"COST_SLO_{setting}" in called.said
    assert_unmarked([f"{called.answer} {called.said}"])


def test_a_setting_that_is_wrong_stays_out_of_what_the_error_carries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COST_SLO_TIME_ZONE", f"{MARK}@example.com")

    with pytest.raises(SettingsError) as refused:
        load_settings()

    assert refused.value.__context__ is None


def test_an_event_whose_time_is_anything_else_is_not_shown(world: World) -> None:
    called = world.call(lambdas.evaluate, {"time": f"{MARK}@example.com"})

    assert called.error
    assert_unmarked([called.said])


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda module: module.__name__)
def test_no_trace_has_the_address_of_a_call(handler: ModuleType) -> None:
    assert handler.tracer.auto_patch is False
