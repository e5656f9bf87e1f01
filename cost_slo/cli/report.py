# SPDX-License-Identifier: Apache-2.0
"""`cost-slo report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cost_slo.cli.arguments import AsOf, SpecFile, StateFolder, known_state, now
from cost_slo.use_cases.dashboard import report_page as page
from cost_slo.wiring.local import local_dashboard


def report_command(
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The HTML file to write.")],
    spec: SpecFile,
    state: StateFolder = None,
    narratives: Annotated[
        str,
        typer.Option(
            metavar="PLACE", help="Folder with the narratives, INCIDENT.md each, or s3://BUCKET."
        ),
    ] = "narratives",
    as_of: AsOf = None,
) -> None:
    """Write a standalone HTML report of all SLOs, open incidents and their narratives.

    Uses stored evaluations; reads no bill.

    Example: cost-slo report --spec slos.yaml --out report.html
    """
    text = page(local_dashboard(spec, known_state(state), narratives), as_of or now())
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8", newline="\n")
    typer.echo(f"Report written: {out}")
