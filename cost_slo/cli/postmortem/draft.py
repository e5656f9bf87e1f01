# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem draft`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.documents.narrative_file import write_narrative
from cost_slo.cli.arguments import AsOf, StateFolder, now
from cost_slo.cli.incidents import IncidentId, existing_store, load_incident
from cost_slo.cli.postmortem import export, verify
from cost_slo.cli.postmortem.update import update_narrative
from cost_slo.domain.errors import CostSloError
from cost_slo.use_cases.draft import drafted
from cost_slo.use_cases.publish import keep_draft
from cost_slo.wiring.local import drafter

postmortem_app = typer.Typer(
    help="Draft, verify and export the blameless narratives of incidents.\n\n"
    "Example: cost-slo postmortem draft metalabs-infrastructure-2026-11 --out draft.md",
    no_args_is_help=True,
)


@postmortem_app.callback()
def postmortem() -> None:
    """Draft, verify and export the blameless narratives of incidents."""


@postmortem_app.command()
def draft(
    incident: IncidentId,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here [default: print].")
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite the file, including edits.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Merge new evidence into the file; edits are kept.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --update: only show the changes.")
    ] = False,
    agenda: Annotated[
        bool, typer.Option("--agenda", help="Append the agenda of the 60-minute review.")
    ] = False,
    at: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Draft an incident's narrative from its evidence.

    Example: cost-slo postmortem draft metalabs-infrastructure-2026-11 --out draft.md
    """
    if update and (out is None or force):
        raise CostSloError("--update needs a file to merge into: --out FILE, without --force")
    if dry_run and not update:
        raise CostSloError("--dry-run needs --update: it shows what --update would change")
    store = existing_store(state)
    found = load_incident(store, incident)
    moment = at or now()
    if update and out is not None:
        update_narrative(store, found, out, moment, with_agenda=agenda, dry_run=dry_run)
        return
    if out is not None and out.exists() and not force:
        message = (
            f"{out} already exists and may contain edits; use --update to merge or --force to "
            "overwrite"
        )
        raise CostSloError(message)
    text = drafted(drafter(store), found, moment, with_agenda=agenda)
    keep_draft(store, text)
    if out is None:
        typer.echo(text, nl=False)
        return
    write_narrative(out, text)
    typer.echo(f"Draft written: {out}")


postmortem_app.command("verify")(verify.verify_narrative)
postmortem_app.command("export")(export.export)
