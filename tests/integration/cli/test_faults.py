# SPDX-License-Identifier: Apache-2.0
"""How a fault of the program itself ends on the command line. Faults are put in by patching."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cost_slo.domain.verdict.assessment import assess as real_assess
from tests.builders.bills import focus_row, write_csv
from tests.checks.command_line import Ran, cost_slo

SPEC = """\
apiVersion: cost-slo/v1
currency: USD
slos:
  - {name: web, product: web, owner: a-team, objective: {monthly: 100}, plan: none,
     scope: {tags: {product: [web]}}}
  - {name: shop, product: shop, owner: a-team, objective: {monthly: 1000}, plan: none,
     scope: {tags: {product: [shop]}}}
"""


def charge(day: int, product: str, usd: int) -> dict[str, str]:
    return focus_row(
        ChargePeriodStart=f"2026-09-{day:02}T00:00:00Z",
        ChargePeriodEnd=f"2026-09-{day + 1:02}T00:00:00Z",
        BilledCost=str(usd),
        Tags=json.dumps({"product": product}),
    )


@pytest.fixture(name="folder")
def a_folder(tmp_path: Path) -> Path:
    """A spec of two SLOs, of which `web` burns, and a bill."""
    rows = [
        charge(day, name, usd) for day in range(1, 15) for name, usd in (("web", 50), ("shop", 1))
    ]
    write_csv(tmp_path / "bill.csv", *rows)
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path


def evaluate(folder: Path, *more: str, day: int = 16) -> Ran:
    named = ("--spec", folder / "spec.yaml", "--costs", folder / "bill.csv")
    at = ("--state", folder / "state", "--as-of", f"2026-09-{day}")
    return cost_slo("evaluate", *named, *at, "--format", "json", *more)


def fault(monkeypatch: pytest.MonkeyPatch, slo: str, error: Exception) -> None:
    """The judging of an SLO raises."""

    def assess(of: Any, *rest: Any, **named: Any) -> Any:
        if slo in ("*", of.name):
            raise error
        return real_assess(of, *rest, **named)

    monkeypatch.setattr("cost_slo.use_cases.evaluate.assess", assess)


def test_a_fault_ends_in_one_line_with_a_code_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch, "*", OverflowError("too\nlarge"))

    ran = evaluate(folder)

    (line,) = ran.err.splitlines()
    assert ran.code == 70
    assert ran.out == ""
    assert line.startswith("cost-slo: internal error in evaluate.judge: OverflowError: too large. ")
    assert "This is a fault of cost-slo 0.1.0" in line
    assert "--debug" in line


@pytest.mark.parametrize("order", ["first", "last"])
def test_the_traceback_is_printed_on_request_wherever_it_is_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    fault(monkeypatch, "*", OverflowError("too large"))
    words = ("evaluate", "--spec", folder / "spec.yaml", "--costs", folder / "bill.csv")

    ran = cost_slo(*(("--debug", *words) if order == "first" else (*words, "--debug")))

    assert ran.code == 70
    assert "Traceback (most recent call last)" in ran.err
    assert ran.err.splitlines()[-1].startswith("cost-slo: internal error")


def test_an_slo_that_burns_is_told_with_1_beside_a_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch, "shop", OverflowError("too large"))

    ran = evaluate(folder)

    assert ran.code == 1
    assert [slo["name"] for slo in ran.document["slos"]] == ["web"]
    assert [error["slo"] for error in ran.document["errors"]] == ["shop"]
    assert ran.err.startswith("cost-slo: shop was not evaluated: internal error")
    assert len(list((folder / "state" / "alerts").iterdir())) == 1


def test_a_fault_beside_slos_that_are_within_ends_with_70(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch, "web", OverflowError("too large"))

    ran = evaluate(folder, "--debug")

    assert ran.code == 70
    assert [slo["name"] for slo in ran.document["slos"]] == ["shop"]
    assert ran.err.count("Traceback (most recent call last)") == 1


def test_an_alert_that_nobody_got_is_louder_than_a_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch, "shop", OverflowError("too large"))
    (folder / "state").mkdir()
    (folder / "state" / "alerts").write_text("a file where the folder should be")

    assert evaluate(folder).code == 4


OTHERS = {
    "cost_slo.cli.anomalies.read_anomalies": ("anomalies", "{folder}/m.json", "--spec", "{spec}"),
    "cost_slo.cli.digest.daily_digest": ("digest", "--spec", "{spec}", "--state", "{state}"),
    "cost_slo.cli.explain.bills": ("explain", "--costs", "{bill}", "--to", "2026-09"),
    "cost_slo.cli.report.page": ("report", "--spec", "{spec}", "--state", "{state}", "--out", "p"),
    "cost_slo.cli.incidents.print_incidents": ("incidents", "list", "--state", "{state}"),
}


@pytest.mark.parametrize("where", OTHERS)
def test_every_command_ends_a_fault_alike(
    folder: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    evaluate(folder)
    (folder / "m.json").write_text("[]")
    places = {
        "folder": folder,
        "spec": folder / "spec.yaml",
        "bill": folder / "bill.csv",
        "state": folder / "state",
    }

    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(where, broken)
    ran = cost_slo(*(word.format(**places) for word in OTHERS[where]))

    assert ran.code == 70
    (line,) = ran.err.splitlines()
    assert "internal error" in line
    assert "RecursionError" in line


EVERY_READER = {
    "evaluate": ("evaluate", "--spec", "{spec}", "--costs", "{bill}", "--state", "{state}"),
    "list": ("incidents", "list", "--state", "{state}"),
    "show": ("incidents", "show", "web-2026-09", "--state", "{state}"),
    "note": ("incidents", "note", "web-2026-09", "--text", "seen", "--state", "{state}"),
    "acknowledge": ("incidents", "acknowledge", "web-2026-09", "--state", "{state}"),
    "actions": ("incidents", "action", "list", "--state", "{state}"),
    "digest": ("digest", "--spec", "{spec}", "--state", "{state}"),
    "report": ("report", "--spec", "{spec}", "--state", "{state}", "--out", "{folder}/p.html"),
    "draft": ("postmortem", "draft", "web-2026-09", "--state", "{state}"),
    "export": ("postmortem", "export", "web-2026-09", "--state", "{state}"),
    "anomalies": ("anomalies", "{folder}/m.json", "--spec", "{spec}", "--state", "{state}"),
}


@pytest.mark.parametrize("command", EVERY_READER)
def test_a_state_of_a_newer_version_is_a_sentence_for_every_command(
    folder: Path, command: str
) -> None:
    spec = (folder / "spec.yaml").read_text().partition("  - {name: shop")[0]
    (folder / "spec.yaml").write_text(spec)
    assert evaluate(folder).code == 1
    file = folder / "state" / "state.sqlite3"
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("DROP TRIGGER events_keep_values")
        raw.execute("UPDATE events SET kind = 'snoozed'")
    (folder / "m.json").write_text("[]")
    places = {
        "folder": folder,
        "spec": folder / "spec.yaml",
        "bill": folder / "bill.csv",
        "state": folder / "state",
    }

    ran = cost_slo(*(word.format(**places) for word in EVERY_READER[command]))

    (line,) = ran.err.splitlines()
    assert ran.code == 5
    assert line.startswith(f"cost-slo: {file}: event ")
    assert "unknown kind of event 'snoozed': written by a newer cost-slo; upgrade" in line


def test_a_newer_state_of_one_slo_silences_no_other(folder: Path) -> None:
    text = (folder / "spec.yaml").read_text()
    (folder / "spec.yaml").write_text(text.replace("monthly: 1000", "monthly: 10"))
    evaluate(folder)
    with closing(sqlite3.connect(folder / "state" / "state.sqlite3")) as raw, raw:
        raw.execute("DROP TRIGGER events_keep_values")
        raw.execute("UPDATE events SET kind = 'snoozed' WHERE slo = 'shop'")

    ran = evaluate(folder, day=17)

    assert ran.code == 1
    assert [slo["name"] for slo in ran.document["slos"]] == ["web"]
    assert "written by a newer cost-slo" in ran.document["errors"][0]["error"]
