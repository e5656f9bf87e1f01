# SPDX-License-Identifier: Apache-2.0
"""`cost-slo validate` and `cost-slo schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.yaml_policy import load_policy
from cost_slo.bootstrap import spec_source
from cost_slo.cli.tables import print_spec
from cost_slo.domain.spec import spec_schema


def validate(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec: a YAML file.")],
) -> None:
    """Check a spec and its policies, and print what they promise.

    Example: cost-slo validate examples/quickstart.yaml
    """
    document = spec_source(spec).load_spec()
    for slo in document.slos:
        load_policy(slo.policy, base=spec.parent)
    print_spec(document)


def schema() -> None:
    """Print the JSON Schema of a spec, for editors.

    Example: cost-slo schema > cost-slo.schema.json
    """
    typer.echo(json.dumps(spec_schema(), indent=2))
