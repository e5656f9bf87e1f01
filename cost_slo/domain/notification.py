# SPDX-License-Identifier: Apache-2.0
"""What do we tell the people on call?

An *alert* is a decision; a *notification* is the message about it. It leaves through the outbox,
at least once, and its `key` lets a receiver drop a repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cost_slo.domain.incident import Severity


@dataclass(frozen=True, slots=True)
class Notification:
    """A message: `subject` has under 100 ASCII characters; `body` is plain text."""

    key: str
    incident: str
    slo: str
    severity: Severity
    created_at: datetime
    subject: str
    body: str
