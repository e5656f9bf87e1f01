# SPDX-License-Identifier: Apache-2.0
"""An alert of a deployment is answered from the command line, which writes to the same table."""

from __future__ import annotations

from pathlib import Path

import pytest

import lambdas.evaluate
import lambdas.rituals
from tests.builders.readings import morning
from tests.checks.command_line import cost_slo
from tests.checks.pages import read
from tests.worlds.deployed import REGION, Cloud, World, write_bill

SPIKE = morning(14)
INCIDENT = "web-2026-09"
PERSON = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}


@pytest.fixture
def world(clouds: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A deployment that has paged, and a person in another folder."""
    monkeypatch.chdir(tmp_path)
    for name, value in PERSON.items():
        monkeypatch.setenv(name, value)
    made = World(clouds, tmp_path, monkeypatch)
    for day in (10, 11, 12, 13):
        made.call(lambdas.evaluate, made.at(morning(day)))
    made.call(lambdas.evaluate, made.at(SPIKE))
    return made


def test_the_command_that_an_alert_names_acknowledges_its_incident(world: World) -> None:
    (told,) = world.received()
    (line,) = [it for it in told["text"].splitlines() if it.startswith("Acknowledge: ")]
    _, *words = line.removeprefix("Acknowledge: ").split()

    ran = cost_slo(*words, "--as-of", "2026-09-14T12:00")

    assert (ran.code, ran.err) == (0, "")
    state = ("--state", f"dynamodb:{world.name}", "--format", "json")
    (incident,) = cost_slo("incidents", "show", INCIDENT, *state).document["incidents"]
    assert incident["timeline"][-1]["kind"] == "acknowledged"
    again = world.call(lambdas.evaluate, world.at(morning(15)))
    assert again.error is None
    assert world.received() == []


def test_the_environment_may_name_the_table_for_all_commands(world: World) -> None:
    world.set(STATE=f"dynamodb:{world.name}")
    write_bill(world.folder / "bill.csv")

    draft = cost_slo("postmortem", "draft", INCIDENT)
    items = cost_slo("incidents", "action", "list")
    digest = cost_slo("digest", "--spec", world.spec, "--as-of", "2026-09-14T12:00")

    bill = cost_slo("explain", "--costs", world.folder / "bill.csv", "--to", "2026-09-12")
    assert [draft.code, items.code, digest.code, bill.code] == [0, 0, 0, 0]
    assert "# Cost incident: web" in draft.out
    assert "1 of 1 SLO is burning" in digest.out
    assert list(world.folder.glob("dynamodb*")) == []


def test_a_report_holds_the_narratives_of_the_bucket(world: World) -> None:
    out, bucket = world.folder / "report.html", f"s3://{world.name}"
    state = ("--state", f"dynamodb:{world.name}", "--as-of", "2026-09-14T12:00")

    ran = cost_slo("report", "--spec", world.spec, *state, "--narratives", bucket, "--out", out)

    assert (ran.code, ran.err) == (0, "")
    page = read(out.read_text("utf-8"))
    assert page.narratives == 1
    assert "Cost incident: web" in str(page.all("h2"))


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate", "--spec", "cost-slo.yaml", "--costs", "bill.csv"),
        ("digest", "--spec", "cost-slo.yaml", "--send"),
    ],
)
def test_what_the_functions_do_is_not_done_beside_them(world: World, words: tuple[str]) -> None:
    ran = cost_slo(*words, "--state", f"dynamodb:{world.name}")

    assert ran.code == 2
    assert "only the deployment's functions may evaluate" in ran.err
    assert list(world.folder.glob("dynamodb*")) == []


@pytest.mark.usefixtures("world")
def test_a_table_that_is_not_there_says_so() -> None:
    ran = cost_slo("incidents", "list", "--state", "dynamodb:no-such-table")

    assert ran.code == 5
    assert "there is no DynamoDB table no-such-table in this account and region" in ran.err
