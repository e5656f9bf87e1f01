# SPDX-License-Identifier: Apache-2.0
"""Sends notifications to chat channels through Amazon Q Developer (formerly AWS Chatbot).

As custom notifications of schema 1.0 on a separate SNS topic: Amazon Q silently drops anything else
published there. Each incident is one thread.
"""

from __future__ import annotations

import json
import re
from datetime import UTC
from typing import TYPE_CHECKING, Any

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.alerts.message import cut, subject_line
from cost_slo.domain.wording import sentence

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

LONGEST_LINE = 250
LONGEST_STEP = 350
LONGEST_DESCRIPTION = 3000
# Our limits, below those of every chat platform: longer messages are not shown at all.
MOST_STEPS = 5

_STEPS = {"What to do: ": "", "What to check next: ": "check "}
_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
# Substitutes that Slack and Teams both show unchanged; their escapes differ.
_MARKS = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "\u2217", "~": "\u223c", "`": "'"}
)


class ChatbotNotifier:
    """A Notifier that publishes custom notifications to the topic of a chat channel."""

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        """The topic must not be that of `SnsNotifier`, whose messages Amazon Q would drop."""
        self._client = client
        self._topic_arn = topic_arn

    def send_notification(self, notification: Notification) -> None:
        """Publish one message. Raises SourceError."""
        with calling("sns:Publish"):
            self._client.publish(
                TopicArn=self._topic_arn,
                Message=json.dumps(custom_notification(notification)),
                MessageAttributes={
                    "key": {"DataType": "String", "StringValue": notification.key},
                    "severity": {"DataType": "String", "StringValue": notification.severity.value},
                },
            )


def custom_notification(notification: Notification) -> dict[str, Any]:
    """The message for Amazon Q: next steps are separate, markup is made harmless."""
    title = without_markup(subject_line(notification))[:LONGEST_LINE]
    steps, lines = _parted(notification.body)
    content: dict[str, Any] = {
        "textType": "client-markdown",
        "title": title,
        "description": cut(without_markup(lines), LONGEST_DESCRIPTION) or title,
        "keywords": [word for word in (notification.slo, notification.severity.value) if word],
    }
    if steps:
        content["nextSteps"] = [
            cut(without_markup(step), LONGEST_STEP) for step in steps[:MOST_STEPS]
        ]
    return {
        "version": "1.0",
        "source": "custom",
        "id": notification.key,
        "content": content,
        "metadata": {
            "threadId": (notification.incident or f"{notification.slo or 'all'}/data")[
                :LONGEST_LINE
            ],
            "summary": subject_line(notification),
            "eventType": "cost-slo incident" if notification.incident else "cost-slo data",
            "additionalContext": _context(notification),
        },
    }


def _context(notification: Notification) -> dict[str, str]:
    at = notification.created_at.astimezone(UTC)
    named = {
        "key": notification.key,
        "slo": notification.slo,
        "severity": notification.severity.value,
        "at": at.isoformat().replace("+00:00", "Z"),
        "incident": notification.incident,
    }
    return {name: value for name, value in named.items() if value}


def without_markup(text: str) -> str:
    """The text with every character that chat platforms read as markup replaced.

    >>> plain("db_main, `rm` <!channel>")
    "db_main, 'rm' &lt;!channel&gt;"
    """
    return _EDGE.sub("\u02cd", text.translate(_MARKS))


def _parted(body: str) -> tuple[list[str], str]:
    """The lines of next steps, and the others."""
    steps, others = [], []
    for line in body.strip().splitlines():
        start = next((start for start in _STEPS if line.startswith(start)), None)
        if start is None:
            others.append(line)
        else:
            steps.append(sentence(_STEPS[start] + line.removeprefix(start)))
    return steps, "\n".join(others)
