# SPDX-License-Identifier: Apache-2.0
"""How does an alert reach a chat channel through Amazon Q Developer (once AWS Chatbot)?

As a custom notification of schema 1.0, on an SNS topic of its own: anything else that is published
there vanishes without a word. Each incident is one thread.
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
# Bounds of ours, below every chat platform's: what is too long is not shown at all.
MOST_STEPS = 5

_STEPS = {"What to do: ": "", "What to check next: ": "check "}
_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
# What Slack and Teams both read as it stands: neither knows the other's way to quote a mark.
_MARKS = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "\u2217", "~": "\u223c", "`": "'"}
)


class ChatbotNotifier:
    """A Notifier that publishes custom notifications to the topic a chat channel listens to."""

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        """The topic is not the one of `SnsNotifier`: its messages would vanish here."""
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
    """The message as Amazon Q reads it: the next steps apart, everything in plain signs."""
    title = without_markup(subject_line(notification))[:LONGEST_LINE]
    steps, told = _parted(notification.body)
    content: dict[str, Any] = {
        "textType": "client-markdown",
        "title": title,
        "description": cut(without_markup(told), LONGEST_DESCRIPTION) or title,
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
    """The text with every sign that a chat platform would take for markup made harmless.

    >>> plain("db_main, `rm` <!channel>")
    "db_main, 'rm' &lt;!channel&gt;"
    """
    return _EDGE.sub("\u02cd", text.translate(_MARKS))


def _parted(body: str) -> tuple[list[str], str]:
    """The lines that say what to do next, and all the others."""
    steps, told = [], []
    for line in body.strip().splitlines():
        start = next((start for start in _STEPS if line.startswith(start)), None)
        if start is None:
            told.append(line)
        else:
            steps.append(sentence(_STEPS[start] + line.removeprefix(start)))
    return steps, "\n".join(told)
