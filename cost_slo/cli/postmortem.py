# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem`: the narrative draft, and what is done with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cost_slo.cli import export, verify
from cost_slo.cli.arguments import StateFolder
from cost_slo.cli.incidents import IncidentId, existing_store, load_incident
from cost_slo.cli.narratives import narrative
from cost_slo.domain.errors import CostSloError

app = typer.Typer(
    help="Draft, verify and export the blameless narratives of incidents.\n\n"
    "Example: cost-slo postmortem draft metalabs-infrastructure-2026-11 --out draft.md",
    no_args_is_help=True,
)


@app.callback()
def postmortem() -> None:
    """Draft, verify and export the blameless narratives of incidents."""


@app.command()
def draft(
    incident: IncidentId,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here [default: print].")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file, and the words people wrote in it.")
    ] = False,
    agenda: Annotated[
        bool, typer.Option("--agenda", help="Append the agenda of the 60-minute review.")
    ] = False,
    state: StateFolder = None,
) -> None:
    """Draft an incident's narrative from its evidence.

    Example: cost-slo postmortem draft metalabs-infrastructure-2026-11 --out draft.md
    """
    store = existing_store(state)
    text = narrative(store, load_incident(store, incident), with_agenda=agenda)
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists() and not force:
        message = f"{out} exists and may hold people's words; name another file, or use --force"
        raise CostSloError(message)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"Draft written: {out}")


app.command("verify")(verify.verify)
app.command("export")(export.export)
