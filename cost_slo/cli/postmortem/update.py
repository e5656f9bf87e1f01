# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem draft --update`: new evidence between the words of people."""

from __future__ import annotations

from datetime import datetime
from difflib import unified_diff
from pathlib import Path

import typer

from cost_slo.adapters.documents.narrative_file import read_narrative, write_narrative
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.postmortem.editing.merge import Merged
from cost_slo.domain.wording import count
from cost_slo.ports import Store
from cost_slo.use_cases.draft import draft_of_today
from cost_slo.use_cases.publish import keep_draft, redrafted
from cost_slo.wiring.local import drafter


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
    draft = draft_of_today(drafter(store), incident, at)
    found = redrafted(store, incident.id, f"{file}", theirs, draft, with_agenda=with_agenda)
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


def _diff(before: str, after: str, file: Path) -> list[str]:
    old, new = (text.removesuffix("\n").split("\n") for text in (before, after))
    shown = unified_diff(old, new, f"{file}", f"{file} (updated)", lineterm="")
    return [line.rstrip("\r") for line in shown]


def _tell(merged: Merged, file: Path) -> None:
    for told in merged.suggested:
        typer.echo(f"{file}:{told.line}: the words above stay; as a comment: {told.text}")
    for told in merged.kept:
        typer.echo(f"{file}:{told.line}: stays, with the words below it: {told.text}")
