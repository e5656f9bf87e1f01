# SPDX-License-Identifier: Apache-2.0
"""Sends notifications through an SNS topic to e-mail, SMS, queues, functions and webhooks."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.alerts.message import cut, machine_object, short_text, subject_line

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# Protocols read by programs; they get the documented object.
MACHINES = ("email-json", "firehose", "http", "https", "lambda", "sqs")

# The most bytes of a message and its attributes that SNS accepts.
LARGEST = 256 * 1024

_GROUP = re.compile(r"[\w.:-]{1,128}", re.ASCII)


class SnsNotifier:
    """A Notifier that publishes to one topic, standard or FIFO, a text for each protocol."""

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        """`client` must be in the topic's region."""
        self._client = client
        self._topic_arn = topic_arn

    def send_notification(self, notification: Notification) -> None:
        """Publish one message. Raises SourceError."""
        attributes = _attributes(notification)
        room = LARGEST - len(json.dumps(attributes).encode())
        order = _in_order(notification) if self._topic_arn.endswith(".fifo") else {}
        with calling("sns:Publish"):
            self._client.publish(
                TopicArn=self._topic_arn,
                Subject=subject_line(notification),
                Message=_message(notification, room),
                MessageStructure="json",
                MessageAttributes=attributes,
                **order,
            )


def _attributes(notification: Notification) -> dict[str, Any]:
    """Message attributes for the filter policies of subscriptions."""
    named = {
        "key": notification.key,
        "slo": notification.slo,
        "severity": notification.severity.value,
        "incident": notification.incident,
    }
    return {
        name: {"DataType": "String", "StringValue": value} for name, value in named.items() if value
    }


def _in_order(notification: Notification) -> dict[str, str]:
    """FIFO order per incident; SNS drops a repeat within five minutes."""
    group = notification.incident or notification.slo
    return {
        "MessageGroupId": group if _GROUP.fullmatch(group) else _digest(group),
        "MessageDeduplicationId": _digest(notification.key),
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _message(notification: Notification, room: int) -> str:
    """The texts by protocol; the body is cut until the message fits into `room` bytes."""
    message, body = _texts(notification), notification.body
    while len(message.encode()) > room:
        body = cut(body, len(body) * 3 // 4)
        message = _texts(replace(notification, body=body))
    return message


def _texts(notification: Notification) -> str:
    machine = json.dumps(machine_object(notification), ensure_ascii=False)
    return json.dumps(
        {
            "default": f"{subject_line(notification)}\n\n{notification.body}",
            "email": notification.body,
            "sms": short_text(notification),
            **dict.fromkeys(MACHINES, machine),
        },
        ensure_ascii=False,
    )
