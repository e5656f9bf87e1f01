# SPDX-License-Identifier: Apache-2.0
"""Do the tools that know AWS's rules agree with the templates?"""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk.aws_s3 import Bucket
from cdk_nag import AwsSolutionsChecks
from cfnlint import ManualArgs, lint

from infra.context import Context
from infra.stack import CostSloStack
from tests.infra.conftest import QUICKSTART
from tests.synthesis import Synthesise

pytestmark = pytest.mark.slow
EVERYTHING = {"chat": True, "budgets": True, "channels_secret_id": "channels"}


def checked(folder: Path) -> App:
    app = App(outdir=str(folder))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"scope": "organization", "customer_key": True, **EVERYTHING},
    ],
    ids=["plain", "full"],
)
def test_every_security_finding_has_its_reason_in_the_code(
    bundle: Path, tmp_path: Path, values: dict[str, Any]
) -> None:
    app = checked(tmp_path)
    context = Context.model_validate({"spec": QUICKSTART, **values})
    CostSloStack(app, context.deployment, context=context, bundle=bundle)

    app.synth()  # raises where there is a finding

    assert json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"] == []


def test_a_finding_without_a_reason_stops_the_synthesis(tmp_path: Path) -> None:
    app = checked(tmp_path)
    Bucket(Stack(app, "careless"), "Bucket")

    with pytest.raises(RuntimeError, match="AwsSolutions-S10"):
        app.synth()


@pytest.mark.parametrize(
    ("region", "values"),
    [
        ("us-east-1", {"scope": "organization", "customer_key": True, **EVERYTHING}),
        ("eu-central-1", {}),
        ("cn-north-1", {"scope": "organization"}),
        ("us-gov-west-1", {"monitor_create": False}),  # no service of billing is there
    ],
)
def test_the_linter_of_templates_finds_no_error(
    synthesise: Synthesise, region: str, values: dict[str, Any]
) -> None:
    known = ["W3005"]  # CDK adds a dependency that is there already
    asked = ManualArgs(regions=[region], ignore_checks=known)

    assert lint(json.dumps(synthesise(**values).template), config=asked) == []


def test_the_linter_finds_an_error_where_there_is_one() -> None:
    nameless = {"Resources": {"Monitor": {"Type": "AWS::CE::AnomalyMonitor", "Properties": {}}}}

    found = lint(json.dumps(nameless), config=ManualArgs(regions=["us-east-1"]))

    assert {match.rule.id for match in found} == {"E3003"}
