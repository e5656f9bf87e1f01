# SPDX-License-Identifier: Apache-2.0
"""`cost-slo notify test`: a message through every channel that the settings name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cost_slo.domain.errors import SettingsError
from cost_slo.settings import load_settings
from cost_slo.wiring.local import fan_out
from tests.builders.messages import MARK
from tests.checks.command_line import cost_slo
from tests.worlds.webhook import webhook


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


def topic_and_queue(name: str) -> tuple[str, str]:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:us-east-1:123456789012:{name}",
        Attributes={"RawMessageDelivery": "true"},
    )
    return topic, queue


def received(queue: str) -> list[Any]:
    messages = boto3.client("sqs").receive_message(QueueUrl=queue).get("Messages", [])
    return [json.loads(message["Body"]) for message in messages]


@pytest.mark.usefixtures("account")
def test_every_channel_gets_the_message_and_the_one_that_fails_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (alerts, mail), (chat, room) = topic_and_queue("alerts"), topic_and_queue("chat")
    monkeypatch.setenv("COST_SLO_ALERT_TOPIC_ARN", alerts)
    monkeypatch.setenv("COST_SLO_CHAT_TOPIC_ARN", chat)
    monkeypatch.setenv("COST_SLO_CHANNELS_SECRET_ID", "hooks")
    with webhook() as hook:
        secret = f"{hook.url(MARK)}\nslack://{MARK}"
        boto3.client("secretsmanager").create_secret(Name="hooks", SecretString=secret)

        ran = cost_slo("notify", "test")

    assert ran.code == 4
    assert ran.out.splitlines() == [
        "alert-topic: sent",
        "chat-topic: sent",
        "json-1: sent",
        "slack-2: NOT SENT: slack, 2nd of 2: Apprise cannot read this URL; correct it in the list",
    ]
    assert [found["severity"] for found in received(mail)] == ["none"]
    assert [found["source"] for found in received(room)] == ["custom"]
    assert len(hook.told) == 1
    assert MARK not in ran.out + ran.err


@pytest.mark.usefixtures("account")
def test_a_topic_that_is_not_there_is_exit_4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COST_SLO_ALERT_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:gone")

    ran = cost_slo("notify", "test")

    assert ran.code == 4
    assert ran.out.startswith("alert-topic: NOT SENT: sns:Publish: NotFound")


def test_without_a_channel_the_message_is_a_file_in_the_state_folder(tmp_path: Path) -> None:
    ran = cost_slo("notify", "test", "--state", tmp_path)

    assert (ran.code, ran.out.splitlines()[0]) == (0, "alerts: sent")
    assert len(list((tmp_path / "alerts").glob("test_*.txt"))) == 1


def test_chat_and_alerts_on_one_topic_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALERT", "CHAT"):
        arn = "arn:aws:sns:us-east-1:123456789012:both"
        monkeypatch.setenv(f"COST_SLO_{name}_TOPIC_ARN", arn)

    with pytest.raises(
        SettingsError, match="COST_SLO_CHAT_TOPIC_ARN equals COST_SLO_ALERT_TOPIC_ARN"
    ):
        fan_out(load_settings())


def test_a_setting_of_another_form_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COST_SLO_ALERT_TOPIC_ARN", MARK)

    ran = cost_slo("notify", "test")

    assert ran.code == 5
    assert "COST_SLO_ALERT_TOPIC_ARN: not of the form that is expected" in ran.err
    assert MARK not in ran.err


def test_a_secret_without_a_region_is_a_matter_of_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COST_SLO_CHANNELS_SECRET_ID", "hooks")

    ran = cost_slo("notify", "test")

    assert ran.code == 5
    assert "set up AWS credentials and a region" in ran.err
