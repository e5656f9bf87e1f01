# SPDX-License-Identifier: Apache-2.0
"""Do the tools that know AWS's rules agree with the templates?"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk.aws_s3 import Bucket
from cdk_nag import AwsSolutionsChecks

from infra.context import Context
from infra.stack import CostSloStack
from tests.infra.conftest import QUICKSTART
from tests.synthesis import Synthesised

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


def test_the_linter_of_templates_finds_no_error(
    plain: Synthesised, full: Synthesised, tmp_path: Path
) -> None:
    paths = [tmp_path / "plain.json", tmp_path / "full.json"]
    for path, stack in zip(paths, (plain, full), strict=True):
        path.write_text(json.dumps(stack.template))

    regions = ["--regions", "us-east-1", "eu-central-1", "cn-north-1"]
    known = ["--ignore-checks", "W3005"]  # CDK adds a dependency that is there already

    found = subprocess.run(
        [str(Path(sys.executable).parent / "cfn-lint"), *regions, *known, "--", *map(str, paths)],
        capture_output=True,
        check=False,
        text=True,
    )

    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)
