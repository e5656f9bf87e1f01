# SPDX-License-Identifier: Apache-2.0
"""Who changed what, before the spend changed?

A person is never named: `made_by` is the role, pipeline or service that acted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded write to an account.

    `service` is a FOCUS ServiceName where it is known, else the source's own name of it. `action`
    is what was called, such as `RunInstances`; `resource` what it was done to, "" where unknown.
    """

    at: datetime
    account: str
    region: str
    service: str
    action: str
    resource: str
    made_by: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes that were found, oldest first; `notes` say what the source could not tell."""

    found: tuple[Change, ...] = ()
    description: str = ""
    notes: tuple[str, ...] = ()
