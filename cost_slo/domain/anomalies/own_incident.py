# SPDX-License-Identifier: Apache-2.0
"""What happens to an anomaly that is in no SLO's scope for sure?

It has its own incident of severity investigate, which pages from an amount on if one is
given. The incident is resolved when a person marked the anomaly in the detector as none or
planned, and after 14 days without a further day of it. Once resolved, only a person reopens it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.anomalies.anomaly import Anomaly, Feedback
from cost_slo.domain.anomalies.scope import ScopeMatch
from cost_slo.domain.anomalies.sentences import anomaly_alert, anomaly_line, belonging
from cost_slo.domain.anomalies.timeline import (
    QUIET,
    AnomalyOutcome,
    Consequence,
    Heard,
    is_over,
    outgrows,
    over_at,
    own_incident,
    told,
    told_anomalies,
)
from cost_slo.domain.incidents.incident import (
    BY_ANOMALY,
    EventKind,
    Incident,
    IncidentEvent,
    Severity,
)
from cost_slo.domain.stored import to_json

# Prefix of the SLO name of an anomaly's own incident; no real SLO's name has a slash.
OWN = "anomaly/"

_SAID = {
    Feedback.NO: "a person marked it as no anomaly in the detector",
    Feedback.PLANNED_ACTIVITY: "a person marked it as planned in the detector",
}
_NO_NAME = re.compile(r"[^a-z0-9]+")


def own_slo(anomaly: Anomaly) -> str:
    """The SLO name of its own incident: `anomaly/amazon-ec2`."""
    return f"{OWN}{_NO_NAME.sub('-', anomaly.dimension.lower()).strip('-')[:63] or 'spend'}"


def at_its_own(heard: Heard, home: Incident | None) -> Consequence:
    """What an anomaly does to its own incident; `home` is None if it has none yet."""
    if home is None and is_over(heard):
        return Consequence(AnomalyOutcome.OVER, None)
    anomaly, incident = heard.anomaly, own_incident(heard.anomaly)
    slo = home.slo if home else own_slo(anomaly)
    opened = (_opened(heard, incident, slo),) if home is None else ()
    line = (_line(heard, incident, slo),) if home is None or outgrows(anomaly, home) else ()
    is_ended = anomaly.is_dismissed and (home is None or home.is_running)
    ended = (_ended(incident, slo, _why(anomaly), heard.at),) if is_ended else ()
    outcome = (
        AnomalyOutcome.OPENED if opened else AnomalyOutcome.GREW if line else AnomalyOutcome.KNOWN
    )
    return Consequence(
        outcome=AnomalyOutcome.RESOLVED if ended else outcome,
        incident=incident,
        events=(*opened, *line, *ended),
        notifications=tuple(_alert(heard, it) for it in line if _is_called(heard, it, home)),
    )


def quietened(incidents: Iterable[Incident], at: datetime) -> tuple[IncidentEvent, ...]:
    """The events that end anomalies' own incidents that are over by an instant."""
    return tuple(
        _ended(incident.id, incident.slo, f"{QUIET.days} days without a further day of it", at)
        for incident in incidents
        if incident.slo.startswith(OWN) and incident.is_running
        if all(at >= over_at(anomaly) for anomaly in told_anomalies(incident))
    )


def _opened(heard: Heard, incident: str, slo: str) -> IncidentEvent:
    key, text = f"{incident}/opened", "an anomaly was detected"
    opened = IncidentEvent(incident, slo, key, heard.at, EventKind.OPENED, text)
    return replace(opened, severity=Severity.INVESTIGATE, snapshot=to_json(BY_ANOMALY))


def _line(heard: Heard, incident: str, slo: str) -> IncidentEvent:
    is_large = heard.page_from is not None and heard.anomaly.impact.total >= heard.page_from
    severity = Severity.PAGE if is_large else Severity.INVESTIGATE
    text = anomaly_line(heard.anomaly, heard.spec.currency)
    return told(heard, incident, slo, text, severity=severity)


def _is_called(heard: Heard, line: IncidentEvent, home: Incident | None) -> bool:
    """Whether it opens or pages for the first time, and no person has dismissed it."""
    before = home.severity if home else Severity.NONE
    is_louder = line.severity is not None and line.severity > before
    return is_louder and (home is None or home.is_running) and not heard.anomaly.is_dismissed


def _alert(heard: Heard, line: IncidentEvent) -> Notification:
    key = f"{line.incident}/anomaly/{line.severity}"
    maybe = belonging([slo.name for slo, _ in heard.placed(ScopeMatch.UNKNOWN)])
    event = replace(line, key=key)
    return anomaly_alert(
        event, heard.anomaly, heard.spec.currency, remark=maybe, pointers=heard.pointers
    )


def _why(anomaly: Anomaly) -> str:
    return _SAID[anomaly.feedback] if anomaly.feedback else ""


def _ended(incident: str, slo: str, why: str, at: datetime) -> IncidentEvent:
    key = f"{incident}/{at.isoformat()}/resolved"
    ended = IncidentEvent(incident, slo, key, at, EventKind.RESOLVED, why)
    return replace(ended, severity=Severity.NONE, snapshot=to_json(BY_ANOMALY))
