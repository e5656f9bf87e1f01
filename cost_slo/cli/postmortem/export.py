# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem export`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.documents.narrative_file import read_narrative, write_narrative
from cost_slo.cli.arguments import AsOf, StateFolder, now
from cost_slo.cli.incidents import existing_store
from cost_slo.domain.incidents.incident import Incident, incidents
from cost_slo.domain.postmortem.narrative.index import index_rows
from cost_slo.domain.wording import count
from cost_slo.use_cases.draft import Drafter, draft_of_today
from cost_slo.use_cases.publish import keep_draft, redrafted
from cost_slo.wiring.local import drafter

INDEX = "index.md"


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the files.")],
    at: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Write the narratives of all incidents into a folder, with an index, newest first.

    Edited files are merged and edits kept. The same state gives the same files.

    Example: cost-slo postmortem export postmortems
    """
    store = existing_store(state)
    narrator = drafter(store)
    found = [incident for incident in incidents(store.load_events()) if incident.last_snapshot]
    for file, text in list(_texts(narrator, found, folder, at or now())):
        write_narrative(file, text)
    index = narrator.renderer.render("index.md.j2", {"rows": index_rows(found)})
    write_narrative(folder / INDEX, index)
    typer.echo(f"{count(len(found), 'narrative')} and {INDEX} in {folder}")


def _texts(
    narrator: Drafter, found: list[Incident], folder: Path, at: datetime
) -> Iterator[tuple[Path, str]]:
    for incident in found:
        file, draft_it = folder / f"{incident.id}.md", draft_of_today(narrator, incident, at)
        if file.exists():
            theirs = read_narrative(file)
            again = redrafted(narrator.store, incident.id, f"{file}", theirs, draft_it)
            draft, text = again.draft, again.merged.text
        else:
            draft = text = draft_it(False)
        keep_draft(narrator.store, draft)
        yield file, text
