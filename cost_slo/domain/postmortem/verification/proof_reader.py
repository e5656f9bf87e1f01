# SPDX-License-Identifier: Apache-2.0
"""Which facts and claims does a narrative carry?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.postmortem.facts.fact import (
    Fact,
    FactQuery,
    FactUnit,
    Formula,
    LedgerQuery,
    RecordQuery,
)
from cost_slo.domain.postmortem.narrative.proof import EVIDENCE_SCHEMA

BLOCK = re.compile(r"^```json\n(\{\n\"schema\": .*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Stated:
    """A line as it was written, and the ids of the facts whose numbers it states."""

    says: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the block at the end of a narrative says; facts stand after those they need."""

    incident: str
    currency: str
    known_at: datetime
    facts: tuple[Fact, ...]
    claims: tuple[Stated, ...]

    def fact(self, name: str) -> Fact:
        """The fact of that id."""
        return next(fact for fact in self.facts if fact.id == name)

    def claim_of(self, name: str) -> str:
        """The first line that states the fact, empty where only other facts need it."""
        return next((claim.says for claim in self.claims if name in claim.facts), "")

    @property
    def stated(self) -> list[Fact]:
        """The facts that some line states."""
        return [fact for fact in self.facts if self.claim_of(fact.id)]

    @property
    def series(self) -> list[str]:
        """The ledger series that its facts are summed over."""
        queries = (fact.query for fact in self.facts)
        return sorted({query.series for query in queries if isinstance(query, LedgerQuery)})


def read_proof(document: str) -> Proof:
    """The evidence of a narrative. Raises CostDataError where there is none, or it is damaged."""
    found = BLOCK.findall(document)
    if not found:
        raise CostDataError(
            "no evidence in this file: a narrative ends with a block of JSON that holds its "
            "numbers and their queries; draft it again with `cost-slo postmortem draft`"
        )
    try:
        return _proof(json.loads(found[-1]))
    except (ArithmeticError, KeyError, TypeError, ValueError, StopIteration) as error:
        message = f"the evidence in this file is damaged ({error!r}); take it from an older version"
        raise CostDataError(message) from error


def _proof(written: Mapping[str, Any]) -> Proof:
    if written["schema"] != EVIDENCE_SCHEMA:
        message = f"schema {written['schema']!r}, this version reads {EVIDENCE_SCHEMA!r}"
        raise ValueError(message)
    proof = Proof(
        incident=written["incident"],
        currency=written["currency"],
        known_at=datetime.fromisoformat(written["known_at"]),
        facts=tuple(_fact(entry) for entry in written["facts"]),
        claims=tuple(Stated(entry["says"], tuple(entry["facts"])) for entry in written["claims"]),
    )
    for claim in proof.claims:
        for name in claim.facts:
            proof.fact(name)
    return proof


def _fact(entry: Mapping[str, str]) -> Fact:
    return Fact(entry["id"], entry["value"], FactUnit(entry["unit"]), _query(entry))


def _query(entry: Mapping[str, str]) -> FactQuery:
    if "formula" in entry:
        return Formula(entry["formula"])
    if "event" in entry:
        return RecordQuery(entry["event"], entry["path"])
    return LedgerQuery(
        series=entry["ledger"],
        first=date.fromisoformat(entry["first"]),
        last=date.fromisoformat(entry["last"]),
        field=entry["field"],
        known_at=datetime.fromisoformat(entry["known_at"]),
    )
