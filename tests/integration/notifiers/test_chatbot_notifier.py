# SPDX-License-Identifier: Apache-2.0
"""What departs from Amazon Q's schema vanishes: so every kind of message is held against it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cost_slo.adapters.notifiers.chatbot_notifier import (
    ChatbotNotifier,
    custom_notification,
    without_markup,
)
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.alerts.message import CUT
from cost_slo.domain.errors import SourceError
from tests.builders import messages
from tests.builders.messages import KINDS
from tests.checks.golden_files import assert_golden

TOPIC = "arn:aws:sns:us-east-1:123456789012:chat"
SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "custom_notification.schema.json").read_text("utf-8"))
)


def faults(document: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(document)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_message_is_shown(kind: str) -> None:
    document = custom_notification(KINDS[kind]())

    assert faults(document) == []
    assert_golden(f"chat_{kind}.json", f"{json.dumps(document, indent=2, ensure_ascii=False)}\n")


@given(
    st.text(max_size=300) | st.text("&<*_\n", min_size=500, max_size=5000),
    st.text(max_size=300) | st.text("&<", max_size=300),
)
def test_whatever_a_message_says_it_is_shown(body: str, subject: str) -> None:
    told = replace(messages.plain(), body=body, subject=subject)

    assert faults(custom_notification(told)) == []


def test_a_message_about_all_slos_is_shown() -> None:
    digest = replace(messages.plain(incident=None), slo="")

    assert faults(custom_notification(digest)) == []


def test_a_long_message_is_cut_and_says_so() -> None:
    long = replace(messages.plain(), body="one more line\n" * 1000)

    assert custom_notification(long)["content"]["description"].endswith(CUT)


def test_an_incident_is_one_thread_and_an_slo_s_data_another() -> None:
    threads = [
        custom_notification(message)["metadata"]["threadId"]
        for message in (
            messages.paged(),
            messages.resolved(),
            messages.plain(incident=None),
        )
    ]

    assert threads == ["metalabs-infrastructure-2026-11"] * 2 + ["web/data"]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("db_main", "db_main"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("*bold* ~gone~ `code`", "\u2217bold\u2217 \u223cgone\u223c 'code'"),
        ("_slanted_ __init__", "\u02cdslanted\u02cd \u02cd\u02cdinit\u02cd\u02cd"),
    ],
)
def test_a_name_is_read_as_it_is_written_on_every_platform(name: str, read: str) -> None:
    assert without_markup(name) == read


@given(st.text())
def test_no_mark_that_a_platform_reads_as_markup_is_left(text: str) -> None:
    assert not set(without_markup(text)) & set("<>*~`")


def published(message: Callable[[], Notification]) -> dict[str, Any]:
    calls: list[dict[str, Any]] = []
    client = boto3.client("sns", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    client.meta.events.register(
        "provide-client-params.sns.Publish", lambda params, **_: calls.append(params)
    )
    with Stubber(client) as stub:
        stub.add_response("publish", {"MessageId": "1"})
        ChatbotNotifier(client, TOPIC).send_notification(message())
    return calls[0]


def test_the_message_is_published_as_it_is_with_its_key() -> None:
    call = published(messages.paged)

    assert json.loads(call["Message"]) == custom_notification(messages.paged())
    assert "MessageStructure" not in call
    assert call["MessageAttributes"]["key"]["StringValue"] == messages.paged().key


def test_a_throttle_may_pass() -> None:
    client = boto3.client("sns", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        stub.add_client_error("publish", "Throttling")

        with pytest.raises(SourceError, match="sns:Publish: AWS asks to slow down") as caught:
            ChatbotNotifier(client, TOPIC).send_notification(messages.plain())

    assert caught.value.retryable
