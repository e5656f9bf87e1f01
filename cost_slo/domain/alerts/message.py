# SPDX-License-Identifier: Apache-2.0
"""How does a notification read to a machine, on a phone, and where there is little room?"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.wording import ascii_subject

_SCHEMA = "cost-slo/notification/v1"
SMS_LENGTH = 140
CUT = "... cut, read the draft"


def machine_object(notification: Notification) -> dict[str, Any]:
    """The documented object, `docs/notification.schema.json`; `key` lets a reader drop a repeat."""
    return {
        "schema": _SCHEMA,
        "key": notification.key,
        "incident": notification.incident,
        "slo": notification.slo,
        "severity": notification.severity.value,
        "at": notification.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "subject": subject_line(notification),
        "text": notification.body,
    }


def subject_line(notification: Notification) -> str:
    """One line of 1 to 99 printable ASCII characters, wherever the message came from."""
    return ascii_subject(notification.subject) or "cost-slo"


def short_text(notification: Notification) -> str:
    """One line for a phone, at most 140 ASCII characters: the subject, and where to read on."""
    about = f" ({notification.incident})" if notification.incident else ""
    return ascii_subject(f"{subject_line(notification)}{about}", SMS_LENGTH)


def cut(text: str, length: int) -> str:
    """At most so many characters, 40 or more; a text that lost its end says so on its last line."""
    if len(text) <= length:
        return text
    kept = text[: length - len(CUT) - 1]
    return "\n".join((kept.rpartition("\n")[0] or kept, CUT))
