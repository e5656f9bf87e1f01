# SPDX-License-Identifier: Apache-2.0
"""`cost-slo report` writes one page from the state."""

from __future__ import annotations

from pathlib import Path

from tests.checks.command_line import Ran, cost_slo
from tests.checks.pages import read
from tests.integration.cli.test_digest import folder as evaluated

__all__ = ["evaluated"]


def report(folder: Path, *more: object) -> Ran:
    known = ("--spec", folder / "slos.yaml", "--as-of", "2026-09-10T06:30")
    return cost_slo("report", "--out", folder / "page" / "report.html", *known, *more)


def test_a_report_is_a_page_of_its_own(evaluated: Path) -> None:
    ran = report(evaluated, "--state", evaluated / "state")

    written = evaluated / "page" / "report.html"
    assert (ran.code, ran.out, ran.err) == (0, f"Report written: {written}\n", "")
    page = read(written.read_text("utf-8"))
    assert page.all("h1") == ["The only SLO is within."]


def test_without_a_state_there_is_nothing_to_report(evaluated: Path) -> None:
    ran = report(evaluated, "--state", evaluated / "elsewhere")

    assert ran.code == 2
    assert "no state in" in ran.err
    assert not (evaluated / "page").exists()
