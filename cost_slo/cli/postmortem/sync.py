# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem sync`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.documents.narrative_file import read_narrative, write_narrative
from cost_slo.cli.arguments import AsOf, StateFolder, now
from cost_slo.cli.incidents import existing_store, load_incident
from cost_slo.domain.actions.items import Priority
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.postmortem.editing.action_sync import Sync, synced
from cost_slo.domain.postmortem.editing.lines import draft_of, incident_of, texts, with_lines
from cost_slo.domain.postmortem.narrative.timeline import level
from cost_slo.domain.wording import count
from cost_slo.ports import StateChange


def sync(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An edited draft.")],
    at: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Import action items from an edited draft, and number their rows.

    Example: cost-slo postmortem sync draft.md
    """
    text, store = read_narrative(file), existing_store(state)
    named = incident_of(text)
    if named is None:
        raise CostSloError(f"{file} has no `incident` line in its front matter; restore it")
    incident = load_incident(store, named)
    drafted = store.load_draft(draft_of(text) or "") or ""
    found = synced(
        incident,
        texts(text),
        drafted=texts(drafted),
        priority=Priority(level(incident.peak)),
        at=at or now(),
        file=str(file),
    )
    store.save(StateChange(events=tuple(event for _, event in found.events)))
    if found.filled:
        write_narrative(file, with_lines(text, found.filled))
    for line in _report(found, file):
        typer.echo(line)


def _report(found: Sync, file: Path) -> Iterator[str]:
    for line, event in found.events:
        yield f"{file}:{line}: {event.kind.value.replace('_', ' ')}: {event.text}"
    if not found.events:
        yield f"{file}: no new, changed or finished action items."
    for line, number in found.outdated:
        yield f"{file}:{line}: action item {number} was changed by a command since; that stays."
    if found.suggestions:
        suggestions = count(found.suggestions, "suggestion")
        yield f"{file}: {suggestions} left unaccepted; set status to `open` to accept one."
    for number in found.unlisted:
        yield f"{file}: action item {number} is not in the table; it stays recorded."
