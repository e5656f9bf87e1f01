# SPDX-License-Identifier: Apache-2.0
"""`cost-slo validate` and `cost-slo schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.yaml_policy import load_policy
from cost_slo.bootstrap import Inputs, bills, spec_source
from cost_slo.cli.arguments import AsOf, now
from cost_slo.cli.ladders import print_budget, print_ladder
from cost_slo.cli.tables import print_spec
from cost_slo.domain.ladder import known_budget
from cost_slo.domain.spec import spec_schema


def validate(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec: a YAML file.")],
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what each rule of the ladders means.")
    ] = False,
    costs: Annotated[
        str | None,
        typer.Option(metavar="SRC", help="With --explain: a bill, for budgets in dollars."),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Check a spec and its policies, and print what they promise.

    Example: cost-slo validate examples/quickstart.yaml --explain
    """
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
    if costs:
        source = bills(Inputs(spec=spec, costs=costs, state=Path()), None)
        reading = source.fetch_costs(document.slos, document.currency, as_of or now())
        for slo in document.slos:
            print_budget(slo, known_budget(slo, reading, as_of or now()), document.currency)


def schema() -> None:
    """Print the JSON Schema of a spec, for editors.

    Example: cost-slo schema > cost-slo.schema.json
    """
    typer.echo(json.dumps(spec_schema(), indent=2))
