# SPDX-License-Identifier: Apache-2.0
"""`cost-slo validate` and `cost-slo schema`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.cli.arguments import AsOf, StateFolder, UnitsFile, now, state_named
from cost_slo.cli.ladders import print_budget, print_calibration, print_ladder
from cost_slo.cli.tables import print_spec
from cost_slo.domain.burn.ladder import known_budget
from cost_slo.domain.spec.document import spec_schema
from cost_slo.use_cases.evaluate import rehearse
from cost_slo.wiring.local import Inputs, bills, local_monitor, spec_source


def validate(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec: a YAML file.")],
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="Explain each rule of the burn-rate ladders.")
    ] = False,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate",
            help="With --costs: replay past months, show how often each SLO would have paged, "
            "and which gates that chooses.",
        ),
    ] = False,
    costs: Annotated[
        str | None,
        typer.Option(metavar="SRC", help="A bill, for budgets in dollars and for --calibrate."),
    ] = None,
    units: UnitsFile = None,
    as_of: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Check a spec and its policies, and show its targets.

    Example: cost-slo validate examples/quickstart.yaml --explain
    """
    if calibrate and not costs:
        message = "--calibrate needs a bill to replay: --costs SRC"
        raise typer.BadParameter(message)
    document = spec_source(spec).load_spec()
    policies = {
        slo.policy: load_policy(slo.policy, base=spec.parent, granularity="hour")
        for slo in document.slos
    }
    print_spec(document)
    if explain:
        for policy in policies.values():
            print_ladder(policy)
    for name in policies:
        load_policy(name, base=spec.parent)  # refuses hourly rules: a bill has no hours
    if not costs:
        return
    at = as_of or now()
    inputs = Inputs(spec, costs, state_named(state), units, as_of=at)
    if calibrate:
        _print_calibrations(inputs, document.currency, at)
        return
    reading = bills(inputs, None).fetch_costs(document.slos, document.currency, at).complete()
    for slo in document.slos:
        print_budget(slo, known_budget(slo, reading, at), document.currency)
        for note in reading.scope_notes.get(slo.name, ()):
            typer.echo(f"  {note}")
    for note in reading.notes:
        typer.echo(note)


def _print_calibrations(inputs: Inputs, currency: str, at: datetime) -> None:
    """Print every calibration that worked, then raise the first failure."""
    found, failures = rehearse(local_monitor(inputs), at)
    typer.echo("Past months of each SLO, replayed with increasingly strict gates:")
    for known, calibration in found:
        if known.units is None:
            print_budget(known.slo, known_budget(known.slo, known.reading, at), currency)
        print_calibration(known.slo, calibration, known.policy)
    if failures:
        raise next(iter(failures.values()))


def schema() -> None:
    """Print the JSON Schema of a spec, for editors.

    Example: cost-slo schema > cost-slo.schema.json
    """
    typer.echo(json.dumps(spec_schema(), indent=2))
