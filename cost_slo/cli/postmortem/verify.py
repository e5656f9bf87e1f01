# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem verify`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cost_slo.adapters.documents.narrative_file import read_narrative, write_narrative
from cost_slo.cli.arguments import OutputFormat, PrintedAs, StateFolder
from cost_slo.cli.incidents import existing_store
from cost_slo.cli.tables import console
from cost_slo.domain.errors import CostDataError, CostSloError
from cost_slo.domain.postmortem.facts.fact import Records
from cost_slo.domain.postmortem.verification.check import Mismatch, MismatchKind, Verification
from cost_slo.domain.postmortem.verification.check import verify as verified
from cost_slo.domain.postmortem.verification.corrections import correction, with_corrections
from cost_slo.domain.postmortem.verification.proof_reader import read_proof
from cost_slo.domain.wording import count, instant, iso
from cost_slo.ports import Store

_SCHEMA = "cost-slo/verification/v1"
MISMATCH = 1
_SAID = {
    MismatchKind.EDITED: "text says {written}; evidence says {expected}",
    MismatchKind.UNPROVED: "evidence says {written}; state says {expected}",
    MismatchKind.RESTATED: "written as {written}; source now reports {expected}",
}


def verify_narrative(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A narrative, edited or not.")],
    write: Annotated[
        bool, typer.Option("--write", help="Append a correction for each restated number.")
    ] = False,
    state: StateFolder = None,
    output: OutputFormat = PrintedAs.TABLE,
) -> None:
    """Recompute every measured number of a narrative and report mismatches.

    Exits with 1 if there are any.

    Example: cost-slo postmortem verify draft.md
    """
    written = read_narrative(file)
    document = written.replace("\r\n", "\n")
    try:
        found = verified(document, _records(existing_store(state), document))
    except CostDataError as error:
        raise CostDataError(f"{file}: {error}") from error
    corrections = _corrections(found)
    if write and corrections:
        newline = "\r\n" if document != written else "\n"
        text = with_corrections(document, corrections)
        write_narrative(file, text.replace("\n", newline))
    if output is PrintedAs.TABLE:
        _report(file, found, corrections if write else [])
    else:
        typer.echo(json.dumps(_document(file, found, corrections if write else []), indent=2))
    if found.mismatches:
        raise typer.Exit(MISMATCH)


def _records(store: Store, document: str) -> Records:
    proof = read_proof(document)
    events = store.load_events(incident=proof.incident)
    if not events:
        message = f"no incident {proof.incident!r} in this state; use its own: --state STATE"
        raise CostSloError(message)
    ledgers = {series: store.load_observations(series) for series in proof.series}
    return Records(ledgers, {event.key: event for event in events})


def _corrections(found: Verification) -> list[str]:
    return [
        correction(
            bad.fact,
            written=bad.written,
            now=bad.expected,
            value=bad.value,
            known_at=found.known_at,
        )
        for bad in found.mismatches
        if bad.kind is MismatchKind.RESTATED
    ]


def _report(file: Path, found: Verification, written: list[str]) -> None:
    say = console().print
    for bad in found.mismatches:
        said = _SAID[bad.kind].format(written=bad.written, expected=bad.expected)
        place = f"{file}:{bad.line}" if bad.line else f"{file} ({bad.fact})"
        say(f"{place}: {bad.kind}: {said}", soft_wrap=True)
        say(f"  in: {bad.claim}", soft_wrap=True)
    for line in written:
        say(f"Correction appended: {line.removeprefix('- ')}", soft_wrap=True)
    claims, facts = len(found.proof.claims), len(found.proof.facts)
    checked = f"Checked {count(claims, 'line')} and {count(facts, 'fact')}"
    said = count(len(found.mismatches), "mismatch") if found.mismatches else "no mismatches"
    state = f"state as of {instant(found.known_at)}"
    say(f"{found.proof.incident}: {checked} ({state}): {said}.", soft_wrap=True)


def _document(file: Path, found: Verification, written: list[str]) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "file": str(file),
        "incident": found.proof.incident,
        "known_at": iso(found.known_at),
        "claims": len(found.proof.claims),
        "facts": len(found.proof.facts),
        "mismatches": [_entry(bad) for bad in found.mismatches],
        "corrections": written,
    }


def _entry(bad: Mismatch) -> dict[str, Any]:
    return {
        "kind": bad.kind,
        "line": bad.line or None,
        "fact": bad.fact or None,
        "written": bad.written,
        "expected": bad.expected,
        "claim": bad.claim or None,
    }
