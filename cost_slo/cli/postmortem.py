# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem`: the narrative draft."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cost_slo.bootstrap import renderer
from cost_slo.cli.arguments import StateFolder
from cost_slo.cli.incidents import IncidentId, existing_store, load_incident
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.narrative import narrative_facts

app = typer.Typer(
    help="Draft the blameless narrative of an incident.\n\n"
    "Example: cost-slo postmortem draft metalabs-infrastructure-2026-11 --out draft.md",
    no_args_is_help=True,
)


@app.callback()
def postmortem() -> None:
    """Draft the blameless narrative of an incident."""


@app.command()
def draft(
    incident: IncidentId,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here [default: print].")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file, and the words people wrote in it.")
    ] = False,
    state: StateFolder = None,
) -> None:
    """Draft an incident's narrative from its evidence.

    Example: cost-slo postmortem draft metalabs-infrastructure-2026-11 --out draft.md
    """
    found = load_incident(existing_store(state), incident)
    text = renderer().render(
        "narrative.md.j2", narrative_facts(found, owner=found.last_snapshot["slo"]["owner"])
    )
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists() and not force:
        message = f"{out} exists and may hold people's words; name another file, or use --force"
        raise CostSloError(message)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"Draft written: {out}")
