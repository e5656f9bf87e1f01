# SPDX-License-Identifier: Apache-2.0
"""`cost-slo evaluate`."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from cost_slo.cli.arguments import (
    AsOf,
    OutputFormat,
    PrintedAs,
    SpecFile,
    StateFolder,
    UnitsFile,
    now,
    state_folder,
)
from cost_slo.cli.failures import EXIT_CODES, FAULT, say_fault, trace
from cost_slo.cli.plans import plan_document, print_plan
from cost_slo.cli.progress import progress
from cost_slo.cli.tables import print_evaluation
from cost_slo.domain.errors import SourceError
from cost_slo.use_cases.evaluate import run
from cost_slo.use_cases.result import Evaluation
from cost_slo.wiring.local import LIVE, Inputs, local_monitor
from cost_slo.wiring.request_plan import request_plan

_ALARMING = {"burning", "exhausted"}


class BadRows(StrEnum):
    """What to do with a row that cannot be read."""

    STOP = "stop"
    REPORT = "report"


class FormatHint(StrEnum):
    """What a bill can be written in."""

    FOCUS = "focus"
    CUR = "cur"
    CUR2 = "cur2"
    COST_EXPLORER = "cost-explorer"


def evaluate_command(
    *,
    spec: SpecFile,
    costs: Annotated[
        str,
        typer.Option(
            metavar="SRC",
            help="Bill: a file, folder or glob of FOCUS or CUR (parquet, csv, csv.gz), "
            "or a saved GetCostAndUsage response (.json); or ce:, Cost Explorer itself, "
            "which costs $0.01 a request.",
        ),
    ],
    units: UnitsFile = None,
    as_of: AsOf = None,
    state: StateFolder = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Write nothing and send nothing; with --costs ce:, ask nothing either and print "
            "the requests and their price.",
        ),
    ] = False,
    second_opinion: Annotated[
        bool,
        typer.Option(
            "--second-opinion",
            help="With --costs ce:, note AWS's own forecast beside ours, one more request "
            "for each monthly objective.",
        ),
    ] = False,
    output: OutputFormat = PrintedAs.TABLE,
    format_hint: Annotated[
        FormatHint | None, typer.Option(help="The bill's format, when its columns mislead.")
    ] = None,
    on_bad_row: Annotated[
        BadRows, typer.Option(help="Stop at a row that cannot be read, or count and name it.")
    ] = BadRows.STOP,
) -> None:
    """Judge every SLO on a bill, keep the incidents, and say who is called.

    Example: cost-slo evaluate --spec slos.yaml --costs bill.parquet --as-of 2026-11-02
    """
    if second_opinion and costs != LIVE:
        message = "--second-opinion asks AWS; it goes with --costs ce:"
        raise typer.BadParameter(message)
    inputs = Inputs(
        spec=spec,
        costs=costs,
        state=state_folder(state),
        units=units,
        format_hint=format_hint.value if format_hint else None,
        on_bad_row="report" if on_bad_row is BadRows.REPORT else "stop",
        dry_run=dry_run,
        as_of=as_of or now(),
        second_opinion=second_opinion,
    )
    if dry_run and costs == LIVE:
        _print_plan(inputs, output)
        return
    with progress("Reading the bill") as advance:
        result = run(local_monitor(inputs, advance), inputs.instant)
    if output is PrintedAs.JSON:
        typer.echo(json.dumps(result.document, indent=2))
    else:
        print_evaluation(result.document, result.delivered, state)
    _say_what_failed(result)
    raise typer.Exit(_exit_code(result))


def _say_what_failed(result: Evaluation) -> None:
    """On stderr: which SLOs a fault of ours kept from being judged; every traceback on request."""
    for name in result.faults:
        say_fault(result.failures[name], f"{name} was not judged: ")
    told = {id(result.failures[name]) for name in result.faults}
    for _, error in result.causes:
        if id(error) not in told:
            trace(error)


def _print_plan(inputs: Inputs, output: PrintedAs) -> None:
    planned = request_plan(inputs)
    if output is PrintedAs.JSON:
        typer.echo(json.dumps(plan_document(planned), indent=2))
    else:
        print_plan(planned)


def _exit_code(result: Evaluation) -> int:
    """The louder news wins.

    4 an alert not delivered, 1 some burning or exhausted, 70 some not judged by a fault of ours,
    3 some not judged, 0 all within.
    """
    if result.undelivered:
        return EXIT_CODES[SourceError]
    document = result.document
    verdicts = {slo["verdict"] for slo in document["slos"]}
    if verdicts & _ALARMING:
        return 1
    if result.faults:
        return FAULT
    return 0 if verdicts == {"within"} and not document["errors"] else 3
