# SPDX-License-Identifier: Apache-2.0
"""Which numbers of the text differ from those recorded beside it?

A line belongs to a claim when it has the same words. A measured line whose words were changed may
state any numbers of one claim, and no others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cost_slo.domain.postmortem.facts.numerals import numbers, wording
from cost_slo.domain.postmortem.verification.corrections import CORRECTIONS_HEADING
from cost_slo.domain.postmortem.verification.proof_reader import BLOCK, Proof

_MARK = "_[measured"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the document, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A line that says other numbers than its claim: those found, and those expected."""

    line: int
    found: str
    expected: str
    claim: str


def edits(document: str, proof: Proof) -> list[Edit]:
    """The lines whose numbers were changed, in order. A line that was taken out is no edit."""
    lines = _lines(document)
    by_words: defaultdict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_words[wording(line.text)].append(line)
    claims: defaultdict[str, list[str]] = defaultdict(list)
    for claim in proof.claims:
        claims[wording(claim.says)].append(claim.says)
    found, known = list[Edit](), set[int]()
    for words, said in claims.items():
        here = by_words[words]
        found += _differences(said, here)
        known |= {line.number for line in here[: len(said)]}
    free = [line for line in lines if line.number not in known and _MARK in line.text]
    found += [edit for line in free if (edit := _reworded(line, proof))]
    return sorted(found, key=lambda edit: edit.line)


def _lines(document: str) -> list[_Line]:
    """The lines but those of the evidence block and of the corrections."""
    start = max((match.start() for match in BLOCK.finditer(document)), default=len(document))
    kept, is_correction = list[_Line](), False
    for number, text in enumerate(document[:start].split("\n"), start=1):
        is_correction = text == CORRECTIONS_HEADING if text.startswith("## ") else is_correction
        if not is_correction:
            kept.append(_Line(number, text))
    return kept


def _differences(said: Iterable[str], here: Iterable[_Line]) -> list[Edit]:
    """Claims and lines of the same words: those that agree leave, the rest are paired in order."""
    open_claims, open_lines = list(said), list(here)
    for claim in list(open_claims):
        same = next((line for line in open_lines if numbers(line.text) == numbers(claim)), None)
        if same is not None:
            open_claims.remove(claim)
            open_lines.remove(same)
    return [_edit(line, claim) for claim, line in zip(open_claims, open_lines, strict=False)]


def _edit(line: _Line, claim: str) -> Edit:
    pairs = zip(numbers(line.text), numbers(claim), strict=True)
    changed = [(now, then) for now, then in pairs if now != then]
    found, expected = (", ".join(side) for side in zip(*changed, strict=True))
    return Edit(line.number, found, expected, claim)


def _reworded(line: _Line, proof: Proof) -> Edit | None:
    stated = Counter(numbers(line.text))
    if any(stated <= Counter(numbers(claim.says)) for claim in proof.claims):
        return None
    shared = {claim.says: (Counter(numbers(claim.says)) & stated).total() for claim in proof.claims}
    closest = max(shared, key=lambda says: shared[says], default="")
    if not shared.get(closest):
        return Edit(line.number, ", ".join(stated.elements()), "no number", "")
    known = Counter(numbers(closest))
    found, expected = (", ".join(side.elements()) for side in (stated - known, known - stated))
    return Edit(line.number, found, expected or "no number", closest)
