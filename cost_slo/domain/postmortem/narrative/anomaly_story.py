# SPDX-License-Identifier: Apache-2.0
"""What is the story of an incident that an anomaly opened, before any evaluation?

What the detector measured, cited by the anomaly's id; everything else is a question.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cost_slo.domain.actions.items import Agreed, Priority
from cost_slo.domain.anomalies.anomaly import Anomaly
from cost_slo.domain.anomalies.sentences import by_size, cause_text
from cost_slo.domain.anomalies.timeline import anomaly_record, told_anomalies
from cost_slo.domain.incidents.incident import EventKind, Incident, Severity
from cost_slo.domain.postmortem.narrative.action_rows import agreed_rows, suggested_row
from cost_slo.domain.postmortem.narrative.remedies import follow_up
from cost_slo.domain.postmortem.narrative.timeline import level, timeline
from cost_slo.domain.wording import day, days, instant, iso, markdown, one_line


def anomaly_facts(incident: Incident, as_of: datetime) -> dict[str, Any]:
    """Everything that the template of an anomaly's narrative needs.

    Action items are overdue or not as of an instant.
    """
    known = told_anomalies(incident)
    told = [event for event in incident.events if event.kind is EventKind.ANOMALY]
    pairs = list(zip(told, known, strict=True))
    severity = max(incident.peak, Severity.INVESTIGATE)
    return {
        "front": {
            "incident": incident.id,
            "slo": incident.slo,
            "severity": level(severity),
            "status": str(incident.status),
            "opened_at": iso(incident.opened_at),
            "resolved_at": iso(incident.resolved_at) if incident.resolved_at else None,
        },
        "where": _where(incident, known),
        "opened": instant(incident.opened_at),
        "status": str(incident.status),
        "severity": f"{level(severity)} ({severity})",
        "impact": [_measured(event.text, anomaly) for event, anomaly in pairs],
        "causes": [
            _measured(
                f"{cause_text(cause, anomaly_record(event).currency)}: {_days(anomaly)}", anomaly
            )
            for event, anomaly in pairs
            for cause in by_size(anomaly.causes)
        ],
        "timeline": timeline(incident, None),
        "actions": agreed_rows(incident, as_of) or [suggested_row(_suggested(incident, known))],
        "anomalies": [
            {"id": it.id, "days": _days(it), "monitor": it.monitor, "link": it.link} for it in known
        ],
    }


def _suggested(incident: Incident, known: tuple[Anomaly, ...]) -> Agreed:
    """That somebody decides; an anomaly of no SLO has no owner of its own."""
    due, where = follow_up(incident.opened_at).date(), _where(incident, known)
    return Agreed(
        text=f"Decide by {day(due)} whether the rise in {where} stays: off, or counted by an SLO",
        owner="on-call rotation",
        due=due,
        priority=Priority(level(incident.peak)),
        effect=f"no further day of it in {where}",
    )


def _where(incident: Incident, known: tuple[Anomaly, ...]) -> str:
    named = [one_line(anomaly.dimension) for anomaly in known if anomaly.dimension]
    return markdown(", ".join(dict.fromkeys(named)) or incident.slo)


def _days(anomaly: Anomaly) -> str:
    return days(anomaly.first, anomaly.last)


def _measured(text: str, anomaly: Anomaly) -> str:
    return f"{markdown(text)} _[measured, anomaly {markdown(anomaly.id[:8])}]_"
