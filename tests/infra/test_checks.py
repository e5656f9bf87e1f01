# SPDX-License-Identifier: Apache-2.0
"""Do the tools that know AWS's rules agree with the templates?"""

import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack, Validations
from aws_cdk.aws_s3 import Bucket
from cdk_nag import AwsSolutionsChecks
from cfnlint import ManualArgs, lint

from infra.components.findings import accept_finding
from infra.context import Context
from infra.stack import CostSloStack
from tests.checks.synthesis import Synthesise, Synthesised
from tests.infra.conftest import QUICKSTART

pytestmark = pytest.mark.slow
# Three regions in two partitions; no service of billing is in the third partition.
WITH_BILLING = ["us-east-1", "eu-central-1", "cn-north-1"]

EVERYTHING = {"chat": True, "budgets": True, "channels_secret_id": "channels"}


def checked(folder: Path) -> App:
    app = App(outdir=str(folder))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


@pytest.mark.parametrize(
    "values", [{}, {"customer_key": True, **EVERYTHING}], ids=["least", "most"]
)
def test_every_security_finding_has_its_reason_in_the_code(
    bundle: Path, tmp_path: Path, values: dict[str, Any]
) -> None:
    app = checked(tmp_path)
    for scope, region in product(("account", "organization"), (None, *WITH_BILLING)):
        context = Context.model_validate(
            {
                "spec": QUICKSTART,
                "scope": scope,
                "deployment": f"{scope}-{region or 'any'}",
                **values,
            }
        )
        env = Environment(account="111122223333", region=region) if region else None
        CostSloStack(app, context.deployment, context=context, bundle=bundle, env=env)

    app.synth()  # raises where there is a finding

    assert json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"] == []


def test_a_finding_without_a_reason_stops_the_synthesis(tmp_path: Path) -> None:
    app = checked(tmp_path)
    Bucket(Stack(app, "careless"), "Bucket")

    with pytest.raises(RuntimeError, match="AwsSolutions-S10"):
        app.synth()


@pytest.mark.parametrize(
    ("regions", "values"),
    [
        (WITH_BILLING, {"scope": "account"}),
        (WITH_BILLING, {"scope": "organization", "customer_key": True, **EVERYTHING}),
        (["us-gov-west-1"], {"monitor_create": False}),
    ],
    ids=["account", "organization", "gov"],
)
def test_the_linter_of_templates_finds_no_error(
    synthesise: Synthesise, regions: list[str], values: dict[str, Any]
) -> None:
    known = ["W3005"]  # CDK adds a dependency that is there already
    asked = ManualArgs(regions=regions, ignore_checks=known)

    assert lint(json.dumps(synthesise(**values).template), config=asked) == []


def test_the_linter_finds_an_error_where_there_is_one() -> None:
    nameless = {"Resources": {"Monitor": {"Type": "AWS::CE::AnomalyMonitor", "Properties": {}}}}

    found = lint(json.dumps(nameless), config=ManualArgs(regions=["us-east-1"]))

    assert {match.rule.id for match in found} == {"E3003"}


# All that `make checkov` would have otherwise, on every resource of the type.
EXPLAINED = {
    "AWS::DynamoDB::Table": {"CKV_AWS_119"},
    "AWS::Lambda::Function": {"CKV_AWS_115", "CKV_AWS_116", "CKV_AWS_117", "CKV_AWS_173"},
    "AWS::Logs::LogGroup": {"CKV_AWS_158"},
    "AWS::S3::Bucket": {"CKV_AWS_18"},
    "AWS::SNS::Topic": {"CKV_AWS_26"},
    "AWS::SQS::Queue": {"CKV_AWS_27"},
}


def skips(stack: Synthesised) -> Iterator[tuple[str, str, list[dict[str, str]]]]:
    for name, each in stack.template["Resources"].items():
        if "checkov" in each.get("Metadata", {}):
            yield name, each["Type"], each["Metadata"]["checkov"]["skip"]


def test_what_checkov_skips_is_on_these_resources_and_no_others(plain: Synthesised) -> None:
    skipped = {name: sorted(skip["id"] for skip in listed) for name, _, listed in skips(plain)}

    assert skipped == {
        name: sorted(EXPLAINED[each["Type"]])
        for name, each in plain.template["Resources"].items()
        if each["Type"] in EXPLAINED
    }


def test_every_skip_has_an_id_of_checkovs_and_a_reason_in_a_sentence(
    plain: Synthesised, full: Synthesised
) -> None:
    for stack in (plain, full):
        for name, _, listed in skips(stack):
            for skip in listed:
                assert set(skip) == {"id", "comment"}, name
                assert re.fullmatch(r"CKV2?_AWS_[1-9]\d*", skip["id"]), name
                assert re.fullmatch(r"[A-Z].{20,}\.", skip["comment"]), name


def test_topics_under_a_key_have_nothing_to_explain(full: Synthesised) -> None:
    assert "AWS::SNS::Topic" not in {kind for _, kind, _ in skips(full)}


def test_a_reason_that_no_template_would_carry_is_refused() -> None:
    nothing_to_write_on = Stack(App(), "stack")

    with pytest.raises(TypeError, match="stack is not a single resource"):
        accept_finding(nothing_to_write_on, "CKV_AWS_18", because="It is not in the template.")
