# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem export`: every narrative in one folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.bootstrap import renderer
from cost_slo.cli.arguments import StateFolder
from cost_slo.cli.incidents import existing_store
from cost_slo.cli.narratives import narrative
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incident import incidents
from cost_slo.domain.narrative.index import index_rows
from cost_slo.domain.wording import count

INDEX = "index.md"
DRAFTS = ".drafts.json"
"""Digests of the files as exported, by which an edited one is known."""


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go.")],
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite narratives that people changed.")
    ] = False,
    state: StateFolder = None,
) -> None:
    """Write the narratives of all incidents into a folder, with an index, the newest first.

    The same state makes the same bytes. Example: cost-slo postmortem export postmortems
    """
    store = existing_store(state)
    found = [incident for incident in incidents(store.load_events()) if incident.last_snapshot]
    texts = {f"{incident.id}.md": narrative(store, incident) for incident in found}
    exported = _exported(folder)
    kept = [] if force else [name for name in texts if _is_edited(folder / name, exported)]
    written = {name: text for name, text in texts.items() if name not in kept}
    written[INDEX] = renderer().render("index.md.j2", {"rows": index_rows(found)})
    written[DRAFTS] = _drafts(
        exported | {name: _digest(texts[name]) for name in texts if name not in kept}
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    typer.echo(f"{count(len(found), 'narrative')} and {INDEX} in {folder}")
    for name in kept:
        typer.echo(f"{name} was edited by people and stays as it is; --force overwrites it")


def _exported(folder: Path) -> dict[str, str]:
    """The digest of each file as it was last exported."""
    file = folder / DRAFTS
    try:
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}
    except ValueError as error:
        message = f"{file} is damaged: {error}; delete it, or export to another folder"
        raise CostSloError(message) from error


def _is_edited(file: Path, exported: Mapping[str, str]) -> bool:
    """Whether it is not what the last export wrote."""
    return file.exists() and _digest(file.read_text(encoding="utf-8")) != exported.get(file.name)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _drafts(digests: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(digests.items())), indent=2) + "\n"
