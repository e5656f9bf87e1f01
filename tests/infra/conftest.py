# SPDX-License-Identifier: Apache-2.0
"""Stacks to look at, synthesised once a session; Node is the environment's own."""

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

from aws_cdk import App, Environment
from aws_cdk.assertions import Template

from infra.context import Context
from infra.stack import CostSloStack
from tests.checks.synthesis import Synthesise, Synthesised

QUICKSTART = Path(__file__).resolve().parents[2] / "examples" / "quickstart.yaml"


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "handler.py").write_text("# stands for the real one\n")
    return folder


@pytest.fixture(scope="session")
def synthesise(bundle: Path) -> Synthesise:
    @cache
    def made(region: str | None = None, **values: Any) -> Synthesised:
        context = Context.model_validate({"spec": QUICKSTART, **values})
        env = Environment(account="111122223333", region=region) if region else None
        stack = CostSloStack(App(), context.deployment, context=context, bundle=bundle, env=env)
        return Synthesised(dict(Template.from_stack(stack).to_json()))

    return made


@pytest.fixture(scope="session")
def plain(synthesise: Synthesise) -> Synthesised:
    return synthesise()


@pytest.fixture(scope="session")
def full(synthesise: Synthesise) -> Synthesised:
    """Everything that can be switched on."""
    return synthesise(
        scope="organization",
        chat=True,
        budgets=True,
        customer_key=True,
        channels_secret_id="cost-slo/channels",
        alert_emails="oncall@example.com, finops@example.com",
        anomaly_absolute=50,
        time_zone="Europe/Berlin",
        digest_hour=7,
    )
