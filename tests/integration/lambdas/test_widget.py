# SPDX-License-Identifier: Apache-2.0
"""The custom widget's function answers a dashboard from the state alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cost_slo.domain.dashboard.page import PageRequest
from cost_slo.domain.errors import SettingsError
from cost_slo.settings import Settings
from cost_slo.use_cases.dashboard import DESCRIPTION, dashboard_page
from cost_slo.use_cases.draft import publish
from cost_slo.use_cases.evaluate import run
from cost_slo.wiring import deployed as live
from lambdas.widget import handler
from tests.checks.pages import read
from tests.worlds.account import AFTER, BEFORE, Account, account
from tests.worlds.dynamodb import Around

CONTEXT = SimpleNamespace(
    function_name="widget",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:widget",
    aws_request_id="request",
)
RANGE = {"timeRange": {"end": AFTER.timestamp() * 1000}}
READS = {"get_item", "get_object", "query"}


@pytest.fixture(scope="module")
def burning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account whose incident was opened, and its narrative published."""
    with account(tmp_path_factory.mktemp("account")) as made:
        for at in (BEFORE, AFTER):
            evaluate(made, at)
        yield made


def evaluate(made: Account, at: datetime) -> None:
    """One scheduled evaluation, as its Lambda does it."""
    working = made.deployment(at)
    made.costs.clock = at
    run(working.monitor, at)
    publish(working.drafter, working.narratives, at)


@pytest.fixture
def deployed(burning: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of the widget's function, which names no channel."""
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "COST_SLO_SPEC": str(burning.settings.spec),
        "COST_SLO_TABLE_NAME": str(burning.settings.table_name),
        "COST_SLO_NARRATIVES_BUCKET": str(burning.settings.narratives_bucket),
    }.items():
        monkeypatch.setenv(name, value)
    live.deployed_dashboard.cache_clear()
    yield
    live.deployed_dashboard.cache_clear()


def invoked(event: dict[str, Any]) -> str:
    found: str = handler(event, CONTEXT)
    return found


@pytest.mark.usefixtures("deployed")
def test_a_dashboard_gets_every_slo_and_a_click_the_narrative() -> None:
    page = read(invoked({"widgetContext": {"theme": "dark"} | RANGE}))

    assert "web-2026-09" in page.all("b")
    assert page.all("cwdb-action") == ['{"incident": "web-2026-09"}']
    chosen = read(invoked({"incident": "web-2026-09", "widgetContext": RANGE}))
    assert chosen.all("h2")[0].startswith("Cost incident: web")
    assert chosen.narratives == 1


@pytest.mark.usefixtures("deployed")
def test_an_editor_gets_the_description() -> None:
    assert invoked({"describe": True}) == DESCRIPTION


def test_the_widget_only_reads_and_asks_no_paid_service(burning: Account) -> None:
    called: set[str] = set()

    def noted(operation: str, call: Callable[[], Any]) -> Any:
        called.add(operation)
        return call()

    def clients(service: str) -> Any:
        assert service in {"dynamodb", "s3"}
        return Around(burning.client(service), noted)

    dashboard = live.dashboard(burning.settings, clients)
    dashboard_page(dashboard, PageRequest(AFTER))
    dashboard_page(dashboard, PageRequest(AFTER, incident="web-2026-09"))

    assert called <= READS, called
    assert "get_object" in called


@pytest.mark.parametrize("missing", ["table_name", "narratives_bucket"])
def test_what_a_deployment_must_name_is_named(missing: str) -> None:
    known = {"table_name": "state", "narratives_bucket": "narratives", missing: None}

    with pytest.raises(SettingsError, match=f"COST_SLO_{missing.upper()} is not set"):
        live.dashboard(Settings(spec=Path("slos.yaml"), **known), lambda _: None)  # type: ignore[arg-type]
