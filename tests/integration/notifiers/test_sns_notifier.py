# SPDX-License-Identifier: Apache-2.0
"""What a subscriber of the alerts' topic receives, over a topic and queues in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from cost_slo.adapters.notifiers.sns_notifier import LARGEST, MACHINES, SnsNotifier
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.alerts.message import CUT, machine_object
from cost_slo.domain.errors import SourceError
from tests.builders.messages import KINDS, plain
from tests.checks.documents import assert_documented
from tests.checks.golden_files import assert_golden

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


class Subscriber:
    """A queue at a topic of its own."""

    def __init__(self, *, raw: bool, fifo: bool = False, wants: object = None) -> None:
        self.sns = boto3.client("sns", "us-east-1")
        self._sqs = boto3.client("sqs", "us-east-1")
        suffix, kind = (".fifo", {"FifoTopic": "true"}) if fifo else ("", {})
        self.topic = self.sns.create_topic(Name=f"alerts{suffix}", Attributes=kind)["TopicArn"]
        queue = {"FifoQueue": "true"} if fifo else {}
        made = self._sqs.create_queue(QueueName=f"on-call{suffix}", Attributes=queue)  # type: ignore[arg-type]
        self._queue = made["QueueUrl"]
        attributes = {"RawMessageDelivery": str(raw).lower()}
        if wants is not None:
            attributes["FilterPolicy"] = json.dumps(wants)
        self.sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:us-east-1:123456789012:on-call{suffix}",
            Attributes=attributes,
        )

    def received(self) -> list[Any]:
        found = self._sqs.receive_message(
            QueueUrl=self._queue,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        return found.get("Messages", [])


def published(notification: Notification, topic: str = TOPIC) -> dict[str, Any]:
    """The parameters of the one call, as botocore's own model accepts them."""
    calls: list[dict[str, Any]] = []
    client: SNSClient = boto3.client(
        "sns", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    client.meta.events.register(
        "provide-client-params.sns.Publish", lambda params, **_: calls.append(params)
    )
    with Stubber(client) as stub:
        stub.add_response("publish", {"MessageId": "1"})
        SnsNotifier(client, topic).send_notification(notification)
    return calls[0]


def texts(notification: Notification) -> dict[str, str]:
    found: dict[str, str] = json.loads(published(notification)["Message"])
    return found


def named(call: dict[str, Any]) -> dict[str, str]:
    return {name: held["StringValue"] for name, held in call["MessageAttributes"].items()}


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("message", KINDS.values(), ids=KINDS)
def test_a_queue_gets_the_documented_object_raw(message: Callable[[], Notification]) -> None:
    queue = Subscriber(raw=True)

    SnsNotifier(queue.sns, queue.topic).send_notification(message())

    (received,) = queue.received()
    assert json.loads(received["Body"]) == machine_object(message())
    assert received["MessageAttributes"]["key"]["StringValue"] == message().key


@pytest.mark.usefixtures("account")
def test_a_queue_gets_the_documented_object_in_an_envelope() -> None:
    queue = Subscriber(raw=False)

    SnsNotifier(queue.sns, queue.topic).send_notification(plain())

    (received,) = queue.received()
    envelope = json.loads(received["Body"])
    assert envelope["Subject"] == "[page] web"
    assert json.loads(envelope["Message"]) == machine_object(plain())
    assert envelope["MessageAttributes"]["severity"]["Value"] == "page"


@pytest.mark.usefixtures("account")
def test_a_subscriber_may_ask_for_some_severities_only() -> None:
    queue = Subscriber(raw=True, wants={"severity": ["page", "emergency"]})
    notifier = SnsNotifier(queue.sns, queue.topic)

    for message in (KINDS["data"](), plain()):
        notifier.send_notification(message)

    assert [json.loads(found["Body"])["key"] for found in queue.received()] == ["k"]


@pytest.mark.usefixtures("account")
def test_a_fifo_topic_keeps_an_incident_in_order_and_drops_a_repeat() -> None:
    queue = Subscriber(raw=True, fifo=True)
    notifier = SnsNotifier(queue.sns, queue.topic)

    for _ in range(2):
        notifier.send_notification(plain())

    found = queue.received()
    assert {one["Attributes"]["MessageGroupId"] for one in found} == {"web-2026-09"}
    assert {one["Attributes"]["MessageDeduplicationId"] for one in found} == {
        hashlib.sha256(b"k").hexdigest()
    }


def test_a_message_about_no_incident_is_ordered_by_its_slo() -> None:
    call = published(plain(incident=None), f"{TOPIC}.fifo")

    assert call["MessageGroupId"] == "web"
    assert "incident" not in call["MessageAttributes"]


def test_a_group_that_sns_would_refuse_is_given_as_its_digest() -> None:
    call = published(plain(incident="a name with spaces"), f"{TOPIC}.fifo")

    assert call["MessageGroupId"] == hashlib.sha256(b"a name with spaces").hexdigest()


@pytest.mark.parametrize("kind", KINDS)
def test_people_read_mail_and_machines_read_an_object(kind: str) -> None:
    message = KINDS[kind]()

    call, found = published(message), texts(message)

    assert_golden(f"mail_{kind}.txt", f"Subject: {call['Subject']}\n\n{found['email']}")
    assert_golden(f"mail_{kind}.json", f"{json.dumps(json.loads(found['sqs']), indent=2)}\n")
    assert {found[name] for name in MACHINES} == {found["sqs"]}
    assert len(found["sms"]) <= 140
    assert call["MessageStructure"] == "json"
    assert named(call)["key"] == message.key


@pytest.mark.parametrize("sign", ["x", "\n", '"', "\u20ac", "\x01", "\U0001f4b8"])
def test_what_sns_would_not_take_is_cut_and_says_so(sign: str) -> None:
    huge = replace(plain(), body=f"Look now.\n{sign * 300_000}\n")

    call = published(huge)

    found = json.loads(call["Message"])
    attributes = json.dumps(call["MessageAttributes"])
    assert len(call["Message"].encode()) + len(attributes.encode()) <= LARGEST
    assert found["email"].startswith("Look now.\n")
    assert found["email"].endswith(CUT)
    assert_documented("notification", json.loads(found["lambda"]))


def test_a_refusal_names_the_call_and_nobody() -> None:
    client = boto3.client("sns", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        stub.add_client_error("publish", "NotFound", "Topic of jane@example.com", 404)

        with pytest.raises(SourceError, match=r"^sns:Publish: NotFound: Topic of \[address\]$"):
            SnsNotifier(client, TOPIC).send_notification(plain())
