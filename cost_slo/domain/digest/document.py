# SPDX-License-Identifier: Apache-2.0
"""The object `cost-slo/digest/v1`; its words and units are those of `cost-slo/evaluation/v1`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cost_slo.domain.actions.items import action_to_json
from cost_slo.domain.digest.digest import Digest, DigestEntry, SelfCost, count_moves
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.money import plain
from cost_slo.domain.stored import to_json
from cost_slo.domain.verdict.assessment import Assessment
from cost_slo.domain.verdict.document import judged_objective, measured
from cost_slo.domain.wording import iso

_SCHEMA = "cost-slo/digest/v1"


def digest_document(digest: Digest) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "date": digest.on.isoformat(),
        "as_of": iso(digest.as_of),
        "since": iso(digest.since),
        "is_first": digest.is_first,
        "summary": {
            "slos": len(digest.entries),
            "burning": digest.alarming - digest.exhausted,
            "exhausted": digest.exhausted,
            "not_judged": digest.blind,
            "moved": {name.value: number for name, number in count_moves(digest.entries).items()},
        },
        "slos": [_slo(entry, digest) for entry in digest.entries],
        "incidents": [_incident(incident, digest.as_of) for incident in digest.running],
        "actions": [action_to_json(item, digest.as_of) for item in digest.due],
        "self_cost": _self_cost(digest.self_cost),
    }


def _slo(entry: DigestEntry, digest: Digest) -> dict[str, Any]:
    slo, figures = entry.now.slo, entry.now.figures
    shown = to_json(measured(figures))
    age = entry.data_age(digest.as_of)
    return {
        "name": slo.name,
        "product": slo.product,
        "owner": slo.owner,
        "movement": entry.movement.value,
        **_judged(entry.now),
        "reason": entry.now.decision.reason,
        "before": _judged(entry.before) if entry.before else None,
        "objective": to_json(judged_objective(slo, digest.currency)),
        "data_through": iso(figures.data_through) if figures else None,
        "data_age_hours": None if age is None else age.total_seconds() / 3600,
        **{key: shown[key] for key in ("spend", "budget", "pace", "burn", "exhausts_on")},
        "unit_cost": shown["unit_cost"],
    }


def _judged(assessment: Assessment) -> dict[str, str]:
    decision = assessment.decision
    return {"verdict": decision.verdict.value, "severity": decision.severity.value}


def _incident(incident: Incident, as_of: datetime) -> dict[str, Any]:
    return {
        "id": incident.id,
        "slo": incident.slo,
        "severity": incident.severity.value,
        "status": incident.status.value,
        "opened_at": iso(incident.opened_at),
        "age_hours": (as_of - incident.opened_at).total_seconds() / 3600,
        "summary": incident.summary,
    }


def _self_cost(spent: SelfCost) -> dict[str, Any]:
    return {
        "month": f"{spent.month:%Y-%m}",
        "requests": spent.requests,
        "cost": plain(spent.cost),
        "currency": "USD",
        "cap": spent.cap,
    }
