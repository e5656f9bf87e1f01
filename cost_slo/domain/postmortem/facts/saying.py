# SPDX-License-Identifier: Apache-2.0
"""How is a finding said, with how sure it is and what it rests on?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cost_slo.domain.drivers.movers import Mover, MoverKind
from cost_slo.domain.evidence.snapshot import Snapshot
from cost_slo.domain.incidents.judged import Evidence
from cost_slo.domain.postmortem.facts.claim import MEASURED, UNKNOWN, Claim
from cost_slo.domain.postmortem.facts.fact import Fact, shown
from cost_slo.domain.postmortem.facts.findings import Findings, identity
from cost_slo.domain.wording import change, instant, markdown, one_line, sentence

EVIDENCE_ID = re.compile(r"\bE\d+\b")
_ARRIVING = ", a day still arriving"


def measured(
    facts: Findings, known: Snapshot, text: str, *behind: Fact, about: str = "charge"
) -> Claim:
    """A claim that the evidence of a snapshot shows, with those facts that the text states."""
    mark = f"{MEASURED} {_cited(facts, known, about)}".rstrip()
    return Claim(text, mark, _stated(text, behind, known))


def measured_on_both(
    facts: Findings, one: Snapshot, other: Snapshot, text: str, *behind: Fact
) -> Claim:
    """A claim that the evidence of two snapshots shows."""
    cited = dict.fromkeys([_cited(facts, one, "charge"), _cited(facts, other, "charge")])
    mark = f"{MEASURED} {', '.join(filter(None, cited))}".rstrip()
    return Claim(text, mark, _stated(text, behind, one))


def timed(text: str, *behind: Fact) -> Claim:
    """A claim that the incident's own timeline shows."""
    return Claim(text, f"{MEASURED} timeline", behind)


def inferred(
    facts: Findings, known: Snapshot, text: str, basis: str = "", *, about: str = "charge"
) -> Claim:
    """A claim that follows from what a snapshot measured; `basis` names the step between."""
    ids = _cited(facts, known, about) or "the decision of " + instant(known.as_of)
    return Claim(text, f"inferred from {ids}{f', {basis}' if basis else ''}")


def cited(facts: Findings, claims: Iterable[Claim]) -> tuple[Evidence, ...]:
    """The evidence that claims name, of all that the incident has."""
    ids = {id_ for claim in claims for id_ in EVIDENCE_ID.findall(claim.mark)}
    return tuple(item for item in facts.evidence if item.id in ids)


def unknown(facts: Findings, question: str) -> Claim:
    """What only people know: a question to the owner."""
    return Claim(f"Question to {markdown(facts.owner)}: {question}", UNKNOWN)


def _stated(text: str, behind: Iterable[Fact], known: Snapshot) -> tuple[Fact, ...]:
    unique = {fact.id: fact for fact in behind}
    return tuple(
        fact for fact in unique.values() if shown(fact.value, fact.unit, known.currency) in text
    )


def _cited(facts: Findings, known: Snapshot, about: str) -> str:
    mine = [item for item in known.evidence if about in item.what.lower()] or known.evidence[:1]
    wanted = {identity(item) for item in mine}
    return ", ".join(item.id for item in facts.evidence if identity(item) in wanted)


def first_part(reason: str) -> str:
    """The finding of a reason, without what it is held against; the timeline has all of it."""
    return sentence(one_line(reason).split("; ")[0].split(_ARRIVING)[0])


def service_change(mover: Mover, known: Snapshot) -> str:
    """One service's change, short."""
    kind = f" ({mover.kind})" if mover.kind in (MoverKind.NEW, MoverKind.GONE) else ""
    return f"{markdown(mover.service)} {change(mover.change, known.currency)}{kind}"
