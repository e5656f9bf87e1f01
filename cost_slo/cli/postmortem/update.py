# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem draft --update`: new evidence is merged into an edited file."""

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
    """Merge today's draft into an edited file and print the difference.

    Raises CostSloError for a file of another incident or of an unknown draft.
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
    _report(merged, file)
    if dry_run:
        typer.echo(f"Dry run: {file} was not written.")
        return
    keep_draft(store, found.draft)
    write_narrative(file, merged.text)
    lines = sum(line.startswith("+") for line in diff[2:])
    typer.echo(f"Updated: {file}, {count(lines, 'new line')}.")


def _diff(before: str, after: str, file: Path) -> list[str]:
    old, new = (text.removesuffix("\n").split("\n") for text in (before, after))
    shown = unified_diff(old, new, f"{file}", f"{file} (updated)", lineterm="")
    return [line.rstrip("\r") for line in shown]


def _report(merged: Merged, file: Path) -> None:
    for each in merged.suggested:
        typer.echo(
            f"{file}:{each.line}: kept your text; new evidence added as a comment: {each.text}"
        )
    for each in merged.kept:
        typer.echo(f"{file}:{each.line}: kept, with your answer: {each.text}")
