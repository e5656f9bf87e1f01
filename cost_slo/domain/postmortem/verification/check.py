# SPDX-License-Identifier: Apache-2.0
"""Do the numbers of a narrative still hold?

Each measured number is compared with the fact recorded beside the text (*edited*), each fact is
computed again from the state as known then (*unproved*), and as known now (*restated*).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cost_slo.domain.postmortem.facts.fact import LedgerQuery, Records, recompute, same, shown
from cost_slo.domain.postmortem.verification.corrections import corrected
from cost_slo.domain.postmortem.verification.proof_reader import Proof, read_proof
from cost_slo.domain.postmortem.verification.text import Edit, edits

NOW = datetime.max.replace(tzinfo=UTC)


class MismatchKind(StrEnum):
    """Why a number does not hold."""

    EDITED = "edited"
    """The text says another number than the fact recorded beside it."""
    UNPROVED = "unproved"
    """The state does not give the recorded fact, as known then."""
    RESTATED = "restated"
    """The source changed the days since the narrative was drafted."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One number that does not hold: as written and as it should be; line 0 without one."""

    kind: MismatchKind
    line: int
    written: str
    expected: str
    claim: str
    fact: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, and what does not hold; `known_at` is the newest observation behind it."""

    proof: Proof
    mismatches: tuple[Mismatch, ...]
    known_at: datetime


def verify(document: str, records: Records) -> Verification:
    """Check every measured number of a narrative against the state.

    Raises CostDataError where the document carries no readable evidence.
    """
    proof = read_proof(document)
    known_at = _newest(proof, records)
    found = (
        *(_edited(edit) for edit in edits(document, proof)),
        *_unproved(proof, records),
        *_restated(proof, records, corrected(document)),
    )
    return Verification(proof, found, known_at)


def _edited(edit: Edit) -> Mismatch:
    return Mismatch(MismatchKind.EDITED, edit.line, edit.found, edit.expected, edit.claim)


def _unproved(proof: Proof, records: Records) -> Iterable[Mismatch]:
    then = recompute(proof.facts, records)
    for fact in proof.facts:
        value = then[fact.id]
        if not same(value, fact.value):
            gives = "nothing: the state has no such record" if value is None else value
            yield Mismatch(
                MismatchKind.UNPROVED, 0, fact.value, gives, proof.claim_of(fact.id), fact.id
            )
    for claim in proof.claims:
        for fact in map(proof.fact, claim.facts):
            number = shown(fact.value, fact.unit, proof.currency)
            if number not in claim.says:
                yield Mismatch(MismatchKind.UNPROVED, 0, claim.says, number, claim.says, fact.id)


def _restated(proof: Proof, records: Records, known: dict[str, str]) -> Iterable[Mismatch]:
    drafted = recompute(proof.facts, records, proof.known_at)
    now = recompute(proof.facts, records, NOW)
    for fact in proof.stated:
        value = now[fact.id]
        is_new = value is not None and not same(value, known.get(fact.id, drafted[fact.id]))
        if value is not None and is_new:
            written, expected = (
                shown(amount, fact.unit, proof.currency) for amount in (fact.value, value)
            )
            claim = proof.claim_of(fact.id)
            yield Mismatch(MismatchKind.RESTATED, 0, written, expected, claim, fact.id, value)


def _newest(proof: Proof, records: Records) -> datetime:
    series = {fact.query.series for fact in proof.facts if isinstance(fact.query, LedgerQuery)}
    seen = (row.observed_at for name in series for row in records.ledgers.get(name, ()))
    return max([proof.known_at, *seen])
