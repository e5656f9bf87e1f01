# SPDX-License-Identifier: Apache-2.0
"""`cost-slo validate --calibrate`: what an SLO's own past says of its pages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.builders.bills import focus_row, write_csv
from tests.checks.command_line import Ran, cost_slo
from tests.checks.golden_files import assert_golden

FIRST = date(2026, 1, 1)
# A page asks for 36 (two spreads of 3, 0.3 of a day of 100) and half of the largest before: from
# March on 91, 91, 96 and 116. February's budget is larger: 110 is a burn of 4.
SPIKES = {
    date(2026, 2, 10): 110,
    date(2026, 3, 24): 105,
    date(2026, 4, 20): 120,
    date(2026, 6, 12): 160,
    date(2026, 7, 20): 155,
}
LADDER = """\
name: own
extends: conservative
rules:
  - {severity: emergency, factor: 14, days: 1, noise: 2, precedent: 0.5, allowance: 0.6, tight: 1.5}
  - {severity: page, factor: 5, days: 1, noise: 2, precedent: 0.5, allowance: 0.3, tight: 1.5}
  - {severity: page, factor: 4, days: 3, shape: sustained, noise: 2, precedent: 0.5}
  - {severity: page, factor: 4, days: 5, shape: trimmed, noise: 2, allowance: 0.3}
  - {severity: investigate, factor: 2, days: 1, noise: 2}
"""
SPEC = """\
apiVersion: cost-slo/v1
slos:
  - name: web
    product: shop
    owner: platform
    objective: {monthly: 3500}
    policy: ladder.yaml
    tolerated_false_pages: {at_most: 1, per: quarter}
  - name: web-strict
    product: shop
    owner: platform
    objective: {monthly: 3500}
    policy: ladder.yaml
    tolerated_false_pages: {at_most: 1, per: year}
  - name: web-plain
    product: shop
    owner: platform
    objective: {monthly: 3500}
    policy: ladder.yaml
  - name: elsewhere
    product: shop
    owner: platform
    objective: {monthly: 3500}
    policy: ladder.yaml
    scope: {regions: [nowhere]}
    tolerated_false_pages: {at_most: 1, per: year}
"""
UNIT_COST = """\
  - name: cost-of-a-request
    product: shop
    owner: platform
    objective: {per_unit: 0.12, unit: request}
    units: UNITS
    tolerated_false_pages: {at_most: 1, per: quarter}
"""
CSV = "{csv: units.csv}"
CLOUDWATCH = "{cloudwatch: {namespace: web, metric: Count}}"
PAGED = re.compile(r"(?:page|emergency) +(2026-\d\d-\d\d)")
AS_OF = "2026-08-05T09:00"


def charge(day: date, amount: int) -> dict[str, str]:
    return focus_row(
        ChargePeriodStart=f"{day}T00:00:00Z",
        ChargePeriodEnd=f"{day + timedelta(days=1)}T00:00:00Z",
        BilledCost=str(amount),
        EffectiveCost=str(amount),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """98 and 102 a day in turn from January to early August, and five odd days."""
    days = [FIRST + timedelta(days=number) for number in range(216)]
    rows = [charge(day, 100 + 2 * (-1) ** day.toordinal() + SPIKES.get(day, 0)) for day in days]
    write_csv(tmp_path / "bill.csv", *rows)
    units = [f"{day},1000" for day in days]
    (tmp_path / "units.csv").write_text("\n".join(["date,amount", *units]), encoding="utf-8")
    (tmp_path / "slos.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    return tmp_path


def calibrate(folder: Path, *more: object) -> Ran:
    where = ("--costs", folder / "bill.csv", "--state", folder / "state", "--as-of", AS_OF)
    return cost_slo("validate", folder / "slos.yaml", "--calibrate", *where, *more)


def test_each_slo_is_told_its_past_pages_the_choice_and_what_that_asks_for(folder: Path) -> None:
    ran = calibrate(folder)

    assert (ran.code, ran.err) == (0, "")
    kept = "".join(f"{line.rstrip()}\n" for line in ran.out.splitlines())
    assert_golden("validate_calibrate.txt", kept)


def test_nothing_is_written(folder: Path) -> None:
    calibrate(folder)

    assert not (folder / "state").exists()


def test_without_a_bill_there_is_nothing_to_replay(folder: Path) -> None:
    ran = cost_slo("validate", folder / "slos.yaml", "--calibrate")

    assert (ran.code, ran.out) == (2, "")
    assert "--calibrate needs a bill to replay: --costs SRC" in " ".join(ran.err.split())


def test_an_evaluation_uses_what_validate_promised(folder: Path) -> None:
    ran = cost_slo(
        "evaluate",
        *("--spec", folder / "slos.yaml", "--costs", folder / "bill.csv"),
        *("--state", folder / "state", "--as-of", AS_OF, "--format", "json"),
    )

    told = {slo["name"]: slo["calibration"] for slo in ran.document["slos"]}
    assert told["web-plain"] is None
    assert told["web"]["strictness"] == 1.5
    assert told["web"]["reason"] in " ".join(calibrate(folder).out.split())


def test_a_backtest_replays_each_month_with_the_gates_chosen_before_it(folder: Path) -> None:
    ran = cost_slo(
        "backtest",
        *("--costs", folder / "bill.csv", "--spec", folder / "slos.yaml", "--as-of", AS_OF),
    )

    told = dict(zip(("web", "web-strict", "web-plain"), ran.out.split("\nweb"), strict=False))
    mornings = ["2026-03-25", "2026-04-21", "2026-06-13", "2026-07-21"]
    assert PAGED.findall(told["web-plain"]) == mornings
    # As July began, five months had seen three pages at x1, two at x1.25 and one at x1.5.
    assert PAGED.findall(told["web"]) == mornings[:3]


def test_a_unit_cost_is_replayed_with_its_units(folder: Path) -> None:
    (folder / "slos.yaml").write_text(SPEC + UNIT_COST.replace("UNITS", CSV), encoding="utf-8")

    ran = calibrate(folder)

    told = ran.out.split("cost-of-a-request: tolerated false pages: 1 a quarter")[1]
    assert ran.code == 0
    assert "this SLO's own 6 months to Jul 2026" in told


def test_units_that_cannot_be_read_silence_no_other_slo(folder: Path) -> None:
    spec = SPEC + UNIT_COST.replace("UNITS", CLOUDWATCH)
    (folder / "slos.yaml").write_text(spec, encoding="utf-8")

    ran = calibrate(folder)

    assert ran.code == 5
    assert "web: tolerated false pages: 1 a quarter" in ran.out
    assert "give the units in a file with --units FILE" in " ".join(ran.err.split())
    assert calibrate(folder, "--units", folder / "units.csv").code == 0


def test_the_page_of_an_explained_incident_is_not_counted(folder: Path) -> None:
    state = ("--state", folder / "state")
    bill = ("--spec", folder / "slos.yaml", "--costs", folder / "bill.csv")
    cost_slo("evaluate", *bill, *state, "--as-of", "2026-06-13T09:00")
    said = ("--text", "a reindexing job ran twice", "--as-of", "2026-06-14T09:00")
    explained = [
        cost_slo("incidents", word, "web-plain-2026-06", *said, *state).code
        for word in ("cause", "resolve")
    ]
    cost_slo("evaluate", *bill, *state, "--as-of", "2026-07-31T09:00")

    ran = calibrate(folder)

    told = ran.out.split("web-plain: tolerated false pages")[1]
    assert explained == [0, 0]
    assert "not counted, as somebody mitigated the incident or named its cause: 12 Jun" in told
    assert "would have had 3 false pages" in told
