# SPDX-License-Identifier: Apache-2.0
"""What is the story of an incident that an anomaly opened, before any evaluation?

What the detector measured, cited by the anomaly's id; everything else is a question.
"""

from __future__ import annotations

from typing import Any

from cost_slo.domain.anomaly import Anomaly
from cost_slo.domain.anomaly_text import by_size, cause_text
from cost_slo.domain.anomaly_told import told_anomalies
from cost_slo.domain.incident import EventKind, Incident, Severity
from cost_slo.domain.narrative.timeline import level, timeline
from cost_slo.domain.wording import days, instant, iso, markdown, one_line


def anomaly_facts(incident: Incident) -> dict[str, Any]:
    """Everything that the template of an anomaly's narrative needs."""
    told = [event for event in incident.events if event.kind is EventKind.ANOMALY]
    known = told_anomalies(incident)
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
        "title": f"Cost anomaly: {_where(incident, known)}",
        "opened": instant(incident.opened_at),
        "status": str(incident.status),
        "severity": f"{level(severity)} ({severity})",
        "impact": [f"{markdown(event.text)} *(measured)*" for event in told],
        "causes": [
            _measured(cause_text(cause, event.snapshot["currency"]), anomaly)
            for event, anomaly in zip(told, known, strict=True)
            for cause in by_size(anomaly.causes)
        ],
        "timeline": timeline(incident, None),
        "anomalies": [
            {"id": it.id, "days": days(it.first, it.last), "monitor": it.monitor, "link": it.link}
            for it in known
        ],
    }


def _where(incident: Incident, known: tuple[Anomaly, ...]) -> str:
    named = [one_line(anomaly.dimension) for anomaly in known if anomaly.dimension]
    return markdown(", ".join(dict.fromkeys(named)) or incident.slo)


def _measured(text: str, anomaly: Anomaly) -> str:
    return f"{markdown(text)} *(measured: anomaly {markdown(anomaly.id)})*"
