# SPDX-License-Identifier: Apache-2.0
"""`cost-slo validate` and `cost-slo schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.yaml_policy import load_policy
from cost_slo.bootstrap import Inputs, bills, spec_source, unit_counts
from cost_slo.cli.arguments import AsOf, now
from cost_slo.cli.ladders import print_budget, print_calibration, print_ladder
from cost_slo.cli.tables import print_spec
from cost_slo.domain.calibration import known_calibration
from cost_slo.domain.ladder import known_budget
from cost_slo.domain.spec import spec_schema


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
    as_of: AsOf = None,
) -> None:
    """Check a spec and its policies, and print what they promise.

    Example: cost-slo validate examples/quickstart.yaml --explain
    """
    if calibrate and not costs:
        message = "--calibrate replays a bill; name it with --costs SRC"
        raise typer.BadParameter(message)
    document = spec_source(spec).load_spec()
    policies = {slo.policy: load_policy(slo.policy, base=spec.parent) for slo in document.slos}
    print_spec(document)
    if explain:
        for policy in policies.values():
            print_ladder(policy)
    if not costs:
        return
    inputs, at = Inputs(spec=spec, costs=costs, state=Path()), as_of or now()
    reading = bills(inputs, None).fetch_costs(document.slos, document.currency, at)
    for slo in document.slos:
        print_budget(slo, known_budget(slo, reading, at), document.currency)
    if calibrate:
        for slo in document.slos:
            units = unit_counts(inputs).fetch_units(slo, at) if slo.units else None
            ladder = policies[slo.policy]
            print_calibration(slo, known_calibration(slo, reading, units, ladder, at), ladder)


def schema() -> None:
    """Print the JSON Schema of a spec, for editors.

    Example: cost-slo schema > cost-slo.schema.json
    """
    typer.echo(json.dumps(spec_schema(), indent=2))
