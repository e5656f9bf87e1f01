# SPDX-License-Identifier: Apache-2.0
"""How does a narrative carry what its numbers can be checked by?

One JSON object in a code block at its end: the lines whose numbers are measured, the facts they
state, and the query of each. Code blocks survive GitHub, GitLab and Confluence; comments do not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cost_slo.domain.postmortem.facts.claim import Claim
from cost_slo.domain.postmortem.facts.fact import Fact, FactQuery, Formula, RecordQuery
from cost_slo.domain.postmortem.facts.findings import Findings
from cost_slo.domain.postmortem.facts.numerals import numbers
from cost_slo.domain.wording import iso

EVIDENCE_SCHEMA = "cost-slo/evidence/v1"


def proof(facts: Findings, claims: Iterable[Claim]) -> str:
    """The object as text, a fact or a claim on each line."""
    stated = [claim for claim in claims if claim.is_measured and numbers(claim.text)]
    every = {fact.id: fact for claim in stated for part in claim.facts for fact in part.with_needs}
    revisions = {item.series: item.revision for item in facts.latest.evidence if item.series}
    head = {
        "schema": EVIDENCE_SCHEMA,
        "incident": facts.incident.id,
        "slo": facts.incident.slo,
        "currency": facts.first.currency,
        "known_at": iso(facts.drafted_at),
        "revisions": revisions,
    }
    lines = [f"{_json(key)}: {_json(value)}" for key, value in head.items()]
    lines.append(f'"facts": {_listed(map(_fact, every.values()))}')
    lines.append(f'"claims": {_listed(map(_claim, stated))}')
    return "{{\n{}\n}}".format(",\n".join(lines))


def _listed(entries: Iterable[Mapping[str, Any]]) -> str:
    lines = ",\n".join(f"  {_json(entry)}" for entry in entries)
    return f"[\n{lines}\n]"


def _fact(fact: Fact) -> dict[str, Any]:
    return {"id": fact.id, "value": fact.value, "unit": fact.unit, **_query(fact.query)}


def _query(query: FactQuery) -> dict[str, Any]:
    if isinstance(query, RecordQuery):
        return {"event": query.event, "path": query.path}
    if isinstance(query, Formula):
        return {"formula": query.text}
    return {
        "ledger": query.series,
        "field": query.field,
        "first": query.first.isoformat(),
        "last": query.last.isoformat(),
        "known_at": iso(query.known_at),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {"says": claim.text, "facts": [fact.id for fact in claim.facts]}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
