# SPDX-License-Identifier: Apache-2.0
"""`cost-slo explain`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.cli.arguments import (
    FormatHint,
    OnBadRowOption,
    OutputFormat,
    PrintedAs,
    StateFolder,
    UnitsFile,
    parse_period,
    state_named,
)
from cost_slo.cli.drivers import print_what_changed
from cost_slo.cli.progress import progress
from cost_slo.domain.drivers.document import explanation
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import MOST_DIMENSIONS, NAMES, TAG, CubeQuestion
from cost_slo.use_cases.explain import explain as what_changed
from cost_slo.wiring.local import Inputs, bills, grouping, spec_source, unit_source


def explain_command(
    *,
    costs: Annotated[
        str,
        typer.Option(
            metavar="SRC", help="Bill: a file, folder or glob, or ce:, as for `evaluate`."
        ),
    ],
    window: Annotated[
        Period,
        typer.Option(
            "--to",
            parser=parse_period,
            metavar="C..D",
            help="The days or months to explain, both included: 2026-09-13..2026-09-15, 2026-09.",
        ),
    ],
    baseline: Annotated[
        Period | None,
        typer.Option(
            "--from",
            parser=parse_period,
            metavar="A..B",
            help="Days or months to compare with [default: the same weekdays of the weeks "
            "before; for whole months, as many months before].",
        ),
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A spec, to explain one SLO's scope.")
    ] = None,
    slo: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which SLO, if the spec has several.")
    ] = None,
    dimensions: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Dimensions of the drivers, six at most: service,meter,account,region,category,"
            "resource,tag:KEY [default: those of the bill, with its two most common tags].",
        ),
    ] = None,
    units: UnitsFile = None,
    state: StateFolder = None,
    output: OutputFormat = PrintedAs.TABLE,
    format_hint: FormatHint = None,
    on_bad_row: OnBadRowOption = "stop",
) -> None:
    """Explain what changed between two periods, in dollars that add up.

    Example: cost-slo explain --costs bill.parquet --from 2026-08 --to 2026-09
    """
    _refuse_common_days(window, baseline)
    scope, currency = _scope(spec, slo)
    asked = CubeQuestion(window, baseline, scope, currency, _dimensions(dimensions))
    inputs = Inputs(
        spec=spec or Path(),
        costs=costs,
        state=state_named(state),
        units=units,
        format_hint=format_hint,
        on_bad_row=on_bad_row,
    )
    with progress("Reading the bill") as advance:
        found = what_changed(
            bills(inputs, advance), asked, units=unit_source(inputs), grouping=grouping
        )
    if output is PrintedAs.JSON:
        typer.echo(json.dumps(explanation(found, scope), indent=2))
    else:
        print_what_changed(found, scope)


def _refuse_common_days(window: Period, baseline: Period | None) -> None:
    if baseline and window.start < baseline.end and baseline.start < window.end:
        message = "--from and --to overlap; name two separate periods"
        raise typer.BadParameter(message)


def _scope(spec: Path | None, name: str | None) -> tuple[Slo | None, str | None]:
    """The SLO to explain and its currency; both None for the whole bill."""
    if spec is None:
        if name is not None:
            message = "--slo needs --spec: the SLO's scope is in the spec"
            raise typer.BadParameter(message)
        return None, None
    document = spec_source(spec).load_spec()
    known = {slo.name: slo for slo in document.slos}
    if name is None and len(known) == 1:
        name = next(iter(known))
    if name not in known:
        names = ", ".join(known)
        message = f"the spec has no SLO {name!r}" if name else "the spec has several SLOs"
        raise typer.BadParameter(f"{message}; choose one with --slo: {names}")
    return known[name], document.currency


def _dimensions(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    wrong = [name for name in chosen if name not in NAMES and not _is_tag(name)]
    if wrong or not chosen:
        message = f"{', '.join(wrong) or 'nothing'} is not a dimension; choose from "
        raise typer.BadParameter(f"{message}{', '.join(NAMES)} and {TAG}KEY")
    if len(chosen) > MOST_DIMENSIONS:
        message = f"{len(chosen)} dimensions are too many; choose {MOST_DIMENSIONS} at most"
        raise typer.BadParameter(message)
    return chosen


def _is_tag(name: str) -> bool:
    return name.startswith(TAG) and name != TAG
