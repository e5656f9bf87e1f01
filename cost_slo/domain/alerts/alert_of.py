# SPDX-License-Identifier: Apache-2.0
"""Which message goes out about a decision, whatever fails while it is written?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from cost_slo.domain.alerts.alert import Notification, alert
from cost_slo.domain.incidents.incident import IncidentEvent, Severity
from cost_slo.domain.missing import Extras

WHAT_ELSE = "what else the alert should say"
_DETAILS = ("drivers", "recent", "segments", "unit_split", "changes", "missing")


def alert_of(
    event: IncidentEvent, *, opened_at: datetime, pointers: str, extras: Extras
) -> Notification:
    """The message about a decision event: whole, else without what changed, else in two lines."""

    def written(known: Mapping[str, Any]) -> Notification:
        return alert(replace(event, snapshot=known), opened_at=opened_at, pointers=pointers)

    plain = {name: value for name, value in event.snapshot.items() if name not in _DETAILS}
    for known in (event.snapshot, plain):
        message = extras.get(WHAT_ELSE, partial(written, known), None)
        if message is not None:
            return message
    return _brief(event, extras.missing[-1].says, pointers)


def _brief(event: IncidentEvent, missing: str, pointers: str) -> Notification:
    """What the decision itself says, made without any other text."""
    severity = event.severity or Severity.NONE
    slo = event.slo.encode("ascii", "replace").decode()
    said = " ".join(event.text.split())
    lines = (
        f"{severity.upper()} {event.kind}: {said}.",
        f"Missing: {missing}.",
        f"Incident: {event.incident}",
        pointers.replace("{incident}", event.incident),
    )
    return Notification(
        key=event.key,
        incident=event.incident,
        slo=event.slo,
        severity=severity,
        created_at=event.at,
        subject=f"[{severity}] {slo[:60]}: {event.kind}",
        body="\n".join(lines) + "\n",
    )
