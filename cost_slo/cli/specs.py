# SPDX-License-Identifier: Apache-2.0
"""`cost-slo validate` and `cost-slo schema`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.cli.arguments import AsOf, StateFolder, now, state_named
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
        bool, typer.Option("--explain", help="Say what each rule of the ladders means.")
    ] = False,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate",
            help="With --costs: how often each SLO's past would have paged, and what that makes "
            "of its policy.",
        ),
    ] = False,
    costs: Annotated[
        str | None,
        typer.Option(metavar="SRC", help="A bill, for budgets in dollars and for --calibrate."),
    ] = None,
    units: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Units CSV: date,amount[,label].")
    ] = None,
    as_of: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Check a spec and its policies, and print what they promise.

    Example: cost-slo validate examples/quickstart.yaml --explain
    """
    if calibrate and not costs:
        message = "--calibrate replays a bill; name it with --costs SRC"
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
        load_policy(name, base=spec.parent)  # refuses what no bill, judged by day, can answer
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
    """Everything that can be told; what cannot is raised afterwards."""
    found, failures = rehearse(local_monitor(inputs), at)
    typer.echo("Each SLO's past months, replayed with pages that ask for more and more evidence:")
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
