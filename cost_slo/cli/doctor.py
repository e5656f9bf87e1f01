# SPDX-License-Identifier: Apache-2.0
"""`cost-slo doctor`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from cost_slo.cli.arguments import AsOf, OutputFormat, PrintedAs, StateFolder, now
from cost_slo.cli.failures import EXIT_CODES
from cost_slo.cli.tables import console
from cost_slo.domain.doctor.document import checkup_document
from cost_slo.domain.doctor.finding import CheckResult, State, verdict, worst
from cost_slo.domain.errors import SettingsError
from cost_slo.settings import TOPIC_ARN, load_settings
from cost_slo.use_cases.doctor.checkup import Checkup, examine

_COLOURS = {
    State.OK: "green",
    State.UNKNOWN: "magenta",
    State.WARN: "yellow",
    State.FAIL: "bold red",
}
# Evaluations a day: as often as AWS updates a bill.
_RUNS = 3


def topic_arn(text: str) -> str:
    if not re.fullmatch(TOPIC_ARN, text):
        message = f"{text!r} is not a topic; write arn:aws:sns:REGION:ACCOUNT:NAME"
        raise typer.BadParameter(message)
    return text


def doctor(
    *,
    spec: Annotated[
        Path | None,
        typer.Option("--spec", metavar="FILE", help="The spec [default: COST_SLO_SPEC]."),
    ] = None,
    state: StateFolder = None,
    anomaly_topic: Annotated[
        str | None,
        typer.Option(
            metavar="ARN",
            parser=topic_arn,
            help="Topic of Cost Anomaly Detection [default: the topics of its subscriptions].",
        ),
    ] = None,
    paid: Annotated[
        bool, typer.Option("--paid", help="Also send one Cost Explorer request: $0.01, counted.")
    ] = False,
    runs_per_day: Annotated[
        int, typer.Option(min=1, max=24, help="Evaluations a day, for the estimate.")
    ] = _RUNS,
    as_of: AsOf = None,
    output: OutputFormat = PrintedAs.TABLE,
) -> None:
    """Check the account, the deployment and the state; each finding says how to fix it.

    Changes nothing, and costs nothing without --paid.

    Example: cost-slo doctor --spec slos.yaml
    """
    from cost_slo.wiring.doctor import Named, patient  # noqa: PLC0415  botocore is heavy

    settings = load_settings()
    named = Named(spec or settings.spec, state, anomaly_topic, paid, runs_per_day)
    made = examine(patient(settings, named), as_of or now())
    if output is PrintedAs.JSON:
        typer.echo(json.dumps(_document(made), indent=2))
    else:
        print_checkup(made.findings)
    raise typer.Exit(doctor_exit_code(made.findings))


def doctor_exit_code(findings: Sequence[CheckResult]) -> int:
    """5 if a check fails, else 0."""
    return EXIT_CODES[SettingsError] if worst(findings) is State.FAIL else 0


def print_checkup(findings: Sequence[CheckResult]) -> None:
    """Print a row a finding, with its remedy below, and the verdict."""
    rows = Table("Check", "State", "Finding", box=box.SIMPLE_HEAD, show_edge=False)
    for each in findings:
        says = Text(each.says)
        if each.remedy:
            says.append(f"\n-> {each.remedy}", style="bold")
        rows.add_row(each.check, Text(each.state.word, style=_COLOURS[each.state]), says)
    out = console()
    out.print(rows)
    out.print(Text(verdict(findings)))


def _document(made: Checkup) -> dict[str, object]:
    return checkup_document(made.findings, made.as_of, made.next_run, made.self_costs)
