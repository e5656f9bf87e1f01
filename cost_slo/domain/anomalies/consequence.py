# SPDX-License-Identifier: Apache-2.0
"""What follows from an anomaly?

| the anomaly | what follows |
|---|---|
| is on an incident's timeline | its line grows with the impact; nothing else happens twice |
| is in an SLO's scope | a line on its running incident, or one is opened or reopened |
| is in no scope for sure | its own incident (`own_incident.py`) |
| ended 14 days ago or more | opens nothing |
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from cost_slo.domain.anomalies.own_incident import at_its_own
from cost_slo.domain.anomalies.scope import Placing, ScopeMatch
from cost_slo.domain.anomalies.sentences import anomaly_alert, anomaly_line, share_text
from cost_slo.domain.anomalies.timeline import (
    AnomalyOutcome,
    Consequence,
    Heard,
    is_over,
    is_told,
    outgrows,
    own_incident,
    told,
)
from cost_slo.domain.evidence.snapshot import read_snapshot
from cost_slo.domain.incidents.incident import BY_ANOMALY, Incident, IncidentEvent, Severity
from cost_slo.domain.incidents.transitions import Signal, is_notified, transition
from cost_slo.domain.period import DAY, Month, midnight
from cost_slo.domain.spec.document import MonthlyObjective, Slo
from cost_slo.domain.stored import to_json


def follow(heard: Heard) -> tuple[Consequence, ...]:
    """What follows from an anomaly at each incident it belongs to.

    It stays attached to its first incident, even if a later message would match another.
    """
    homes = {it.slo: it for it in heard.incidents if is_told(heard.anomaly, it)}
    own = next((it for it in homes.values() if it.id == own_incident(heard.anomaly)), None)
    inside = {slo.name: placed for slo, placed in heard.placed(ScopeMatch.INSIDE)}
    if own is not None or not (homes or inside):
        return (at_its_own(heard, own),)
    slos = {slo.name: slo for slo in heard.spec.slos}
    return tuple(
        _grown(heard, homes[name], slos[name], inside.get(name, Placing(ScopeMatch.UNKNOWN)))
        if name in homes
        else _joined(heard, slos[name], inside[name])
        for name in slos
        if name in homes or name in inside
    )


def _grown(heard: Heard, home: Incident, slo: Slo, placed: Placing) -> Consequence:
    if not outgrows(heard.anomaly, home):
        return Consequence(AnomalyOutcome.KNOWN, home.id)
    text, share = _said(heard, slo, placed, [home])
    event = told(heard, home.id, slo.name, text, share=share)
    return Consequence(AnomalyOutcome.GREW, home.id, (event,))


def _joined(heard: Heard, slo: Slo, placed: Placing) -> Consequence:
    """A line on the SLO's latest incident, which is opened or reopened if necessary."""
    known = [incident for incident in heard.incidents if incident.slo == slo.name]
    current = known[-1] if known else None
    opened = _opening(heard, slo, current, known)
    if not opened and (current is None or (is_over(heard) and not current.is_running)):
        return Consequence(AnomalyOutcome.OVER, None)
    incident = opened[0].incident if opened else current.id if current else ""
    text, share = _said(heard, slo, placed, known)
    event = told(heard, incident, slo.name, text, share=share)
    remark = f"SLO {slo.name}: {share}"
    alerts = tuple(
        anomaly_alert(
            it,
            heard.anomaly,
            heard.spec.currency,
            about=slo,
            remark=remark,
            pointers=heard.pointers,
        )
        for it in opened
        if is_notified(current, it.kind, it.severity)
    )
    outcome = AnomalyOutcome(opened[0].kind.value) if opened else AnomalyOutcome.JOINED
    return Consequence(outcome, incident, (*opened, event), alerts)


def _opening(
    heard: Heard, slo: Slo, current: Incident | None, known: Sequence[Incident]
) -> tuple[IncidentEvent, ...]:
    """Empty if an incident runs, or the anomaly is over or ended before the last incident."""
    ended = current.resolved_at if current else None
    is_old = ended is not None and midnight(heard.anomaly.last + DAY) <= ended
    if (current is not None and current.is_running) or is_over(heard) or is_old:
        return ()
    signal = Signal(
        slo=slo.name,
        severity=Severity.INVESTIGATE,
        as_of=heard.at,
        month_start=Month.containing((heard.at - timedelta.resolution).date()).start,
        text="an anomaly was detected in its scope",
        snapshot=to_json(BY_ANOMALY),
    )
    return transition(current, signal, [incident.id for incident in known])


def _said(heard: Heard, slo: Slo, placed: Placing, known: Sequence[Incident]) -> tuple[str, str]:
    """The line of the timeline, and the part of it about the error budget."""
    currency = heard.spec.currency
    share = share_text(placed, _budget(heard, slo, known), currency)
    return anomaly_line(heard.anomaly, currency, share), share


def _budget(heard: Heard, slo: Slo, known: Sequence[Incident]) -> Decimal | None:
    """The month's error budget as last evaluated; the objective if there is no plan."""
    if slo.plan == "none" and isinstance(slo.objective, MonthlyObjective):
        return slo.objective.monthly
    snapshot = next((it.last_snapshot for it in reversed(known) if it.last_snapshot), None)
    judged = read_snapshot(snapshot) if snapshot else None
    if judged is None or judged.window is None or heard.anomaly.last not in judged.window:
        return None
    return judged.budget_size or None
