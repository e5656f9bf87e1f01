# SPDX-License-Identifier: Apache-2.0
"""`cost-slo evaluate`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cost_slo.cli.arguments import (
    AsOf,
    FormatHint,
    OnBadRowOption,
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
from cost_slo.cli.verdicts import print_evaluation
from cost_slo.domain.errors import SourceError
from cost_slo.use_cases.evaluate import run
from cost_slo.use_cases.result import Evaluation
from cost_slo.wiring.local import LIVE, Inputs, local_monitor
from cost_slo.wiring.request_plan import request_plan

_ALARMING = {"burning", "exhausted"}


def evaluate_command(
    *,
    spec: SpecFile,
    costs: Annotated[
        str,
        typer.Option(
            metavar="SRC",
            help="Bill: a file, folder or glob of FOCUS or CUR (parquet, csv, csv.gz), "
            "or a saved GetCostAndUsage response (.json); or ce: for Cost Explorer itself, "
            "at $0.01 a request.",
        ),
    ],
    units: UnitsFile = None,
    as_of: AsOf = None,
    state: StateFolder = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Write nothing and send nothing; with --costs ce:, make no request either, and "
            "print the requests of a real run and their price.",
        ),
    ] = False,
    second_opinion: Annotated[
        bool,
        typer.Option(
            "--second-opinion",
            help="With --costs ce:, add AWS's own forecast as a note; one more request per "
            "monthly objective.",
        ),
    ] = False,
    output: OutputFormat = PrintedAs.TABLE,
    format_hint: FormatHint = None,
    on_bad_row: OnBadRowOption = "stop",
) -> None:
    """Evaluate every SLO against a bill, update incidents and send alerts.

    Example: cost-slo evaluate --spec slos.yaml --costs bill.parquet --as-of 2026-11-02
    """
    if second_opinion and costs != LIVE:
        message = "--second-opinion needs --costs ce:"
        raise typer.BadParameter(message)
    inputs = Inputs(
        spec=spec,
        costs=costs,
        state=state_folder(state),
        units=units,
        format_hint=format_hint,
        on_bad_row=on_bad_row,
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
    """Print on stderr what a fault of ours left unevaluated; with --debug, every traceback."""
    for name in result.faults:
        say_fault(result.failures[name], f"{name} was not evaluated: ")
    printed = {id(result.failures[name]) for name in result.faults}
    for _, error in result.causes:
        if id(error) not in printed:
            trace(error)


def _print_plan(inputs: Inputs, output: PrintedAs) -> None:
    planned = request_plan(inputs)
    if output is PrintedAs.JSON:
        typer.echo(json.dumps(plan_document(planned), indent=2))
    else:
        print_plan(planned)


def _exit_code(result: Evaluation) -> int:
    """The first that applies.

    4: an alert was not delivered; 1: an SLO is burning or exhausted; 70: a fault of ours left an
    SLO unevaluated; 3: an SLO was not evaluated for another reason; 0: all are within.
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
