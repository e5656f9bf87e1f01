# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem draft --update`: new evidence between the words of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from pathlib import Path

import typer

from cost_slo.adapters.narrative_file import read_narrative, write_narrative
from cost_slo.cli.drafting import drafted, keep_draft
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incident import Incident
from cost_slo.domain.narrative.agenda import TITLE as AGENDA
from cost_slo.domain.narrative.document import draft_of, incident_of
from cost_slo.domain.narrative.merge import Merged, merge, still_holds
from cost_slo.domain.wording import count
from cost_slo.ports import Store


@dataclass(frozen=True, slots=True)
class Redrafted:
    """A file merged with the draft of today."""

    draft: str
    merged: Merged


def update_narrative(
    store: Store,
    incident: Incident,
    file: Path,
    at: datetime,
    *,
    with_agenda: bool,
    dry_run: bool,
) -> None:
    """Merge the draft of today into an edited file and show the difference.

    Raises CostSloError for a file of another incident, or whose own draft is not known.
    """
    theirs = read_narrative(file)
    found = redrafted(store, incident, file, theirs, at, with_agenda=with_agenda)
    merged = found.merged
    diff = _diff(theirs, merged.text, file)
    if merged.text == theirs:
        typer.echo(f"Nothing new for {file}.")
        return
    typer.echo("\n".join(diff))
    _tell(merged, file)
    if dry_run:
        typer.echo(f"Not written: {file}, a dry run.")
        return
    keep_draft(store, found.draft)
    write_narrative(file, merged.text)
    lines = sum(line.startswith("+") for line in diff[2:])
    typer.echo(f"Updated: {file}, {count(lines, 'new line')}.")


def redrafted(
    store: Store,
    incident: Incident,
    file: Path,
    theirs: str,
    at: datetime,
    *,
    with_agenda: bool = False,
) -> Redrafted:
    """The draft of today, with an agenda where the file has one, and the file with its news.

    Raises CostSloError for a file of another incident, or whose own draft is not known.
    """
    base = _handed_out(store, incident.id, file, theirs)
    keeps_agenda = with_agenda or still_holds(base, theirs, AGENDA)
    draft = drafted(store, incident, at, with_agenda=keeps_agenda)
    return Redrafted(draft, merge(base, theirs, draft))


def _handed_out(store: Store, incident: str, file: Path, text: str) -> str:
    """The draft that a file was edited from. Raises CostSloError where that is not known."""
    told, fingerprint = incident_of(text), draft_of(text)
    if told != incident:
        raise CostSloError(f"{file} tells of {told or 'no incident'}, not of {incident}")
    if fingerprint is None:
        raise CostSloError(
            f"{file} has no `draft` between its first two `---`, so words of people cannot be told "
            "from the draft's; put the line back, or draft into a new file and copy them over"
        )
    base = store.load_draft(fingerprint)
    if base is None:
        raise CostSloError(
            f"{file} was written from draft {fingerprint}, which is not in this state folder; "
            "name the one it was drafted with (--state), or draft into a new file"
        )
    return base


def _diff(before: str, after: str, file: Path) -> list[str]:
    old, new = (text.removesuffix("\n").split("\n") for text in (before, after))
    shown = unified_diff(old, new, f"{file}", f"{file} (updated)", lineterm="")
    return [line.rstrip("\r") for line in shown]


def _tell(merged: Merged, file: Path) -> None:
    for told in merged.suggested:
        typer.echo(f"{file}:{told.line}: the words above stay; as a comment: {told.text}")
    for told in merged.kept:
        typer.echo(f"{file}:{told.line}: stays, with the words below it: {told.text}")
