# SPDX-License-Identifier: Apache-2.0
"""Which incidents were there, at a glance?"""

from __future__ import annotations

from collections.abc import Iterable

from cost_slo.domain.incidents.incident import Incident, Status
from cost_slo.domain.postmortem.facts.findings import Findings, findings
from cost_slo.domain.postmortem.narrative.heading import excess_of
from cost_slo.domain.postmortem.narrative.remedies import follow_up
from cost_slo.domain.postmortem.narrative.timeline import level
from cost_slo.domain.wording import day, markdown

ABOVE = {"plan": "above plan", "pace": "above pace", "objective": "above the objective"}
DECIDED = "-"


def index_rows(incidents: Iterable[Incident]) -> list[dict[str, str]]:
    """A row for each incident that was evaluated, the newest first."""
    known = [incident for incident in incidents if incident.last_snapshot]
    newest_first = sorted(known, key=lambda incident: (incident.opened_at, incident.id))[::-1]
    return [_row(findings(incident, owner="")) for incident in newest_first]


def _row(facts: Findings) -> dict[str, str]:
    incident = facts.incident
    is_closed = incident.status is Status.CLOSED
    return {
        "id": incident.id,
        "date": day(incident.opened_at.date()),
        "product": markdown(facts.first.product),
        "severity": level(facts.severity),
        "cost": _cost(facts),
        "status": str(incident.status),
        "follow_up": DECIDED if is_closed else day(follow_up(incident.opened_at).date()),
    }


def _cost(facts: Findings) -> str:
    amount, above = excess_of(facts)
    if amount is None or above is None:
        return "not known"
    return f"{facts.peak.money(max(amount, amount * 0))} {ABOVE[above]}"
