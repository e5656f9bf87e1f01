# SPDX-License-Identifier: Apache-2.0
"""Hourly rules on the command line: where they are told, replayed, and refused."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.burn.hourly_excess import HOUR
from cost_slo.domain.burn.sentences import rule_in_words
from tests.builders.bills import focus_row, write_csv
from tests.builders.hours import rows
from tests.checks.command_line import cost_slo

SPEC = """
apiVersion: cost-slo/v1
slos:
  - {name: web, product: web, owner: platform, plan: none, objective: {monthly: 4500},
     policy: hourly}
"""
REFUSAL = "hourly_rules: no 1-hour window on daily data"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """10 an hour from July on, and 60 from noon on 2 September to midnight."""
    usage = [10.0] * 63 * 24 + [10.0] * 12 + [60.0] * 12
    hours = rows(date(2026, 7, 1), usage, lag=2)
    table = pa.table(
        {
            "series": ["web"] * len(hours),
            "observed_at": [row.at.replace(tzinfo=None) for row in hours],
            "period_start": [row.hour.replace(tzinfo=None) for row in hours],
            "category": ["Usage"] * len(hours),
            "amount": usage,
        }
    )
    pq.write_table(table, tmp_path / "ledger.parquet")
    (tmp_path / "slos.csv").write_text(
        "series,objective,month_start,month_end\nweb,7920,2026-09-01,2026-10-01\n"
    )
    looks = [hours[-12].at + n * 4 * HOUR for n in range(3)]
    evaluations = [f"web,{look:%Y-%m-%dT%H:%M:%S}" for look in looks]
    (tmp_path / "evaluations.csv").write_text("\n".join(["series,evaluated_at", *evaluations]))
    return tmp_path


def replayed(ledger: Path, *more: object) -> list[tuple[str, str]]:
    """When the alerts rang, and how loudly."""
    ran = cost_slo("backtest", "--ledger", ledger, "--alerts", ledger / "out.csv", *more)
    assert (ran.code, ran.err) == (0, "")
    with (ledger / "out.csv").open(newline="", encoding="utf-8") as lines:
        return [(row["evaluated_at"][8:13], row["severity"]) for row in csv.DictReader(lines)]


def test_hours_call_louder_than_their_day_while_it_arrives(ledger: Path) -> None:
    # 720 are left to burn, so 50 above in an hour is 50x. At 14:00 one such hour is seen: 8x over
    # six hours, 2.1x over 24. At 18:00 there are five: 42x over six hours.
    assert replayed(ledger, "--hourly") == [
        ("02T14", "investigate"),
        ("02T18", "emergency"),
        ("02T22", "emergency"),
    ]
    # By day: at 14:00 it shows 180 where days show 140 by then, 1.7x; at 18:00 it is at 10.4x.
    assert replayed(ledger) == [
        ("02T14", "investigate"),
        ("02T18", "page"),
        ("02T22", "emergency"),
    ]


def test_a_ladder_of_one_s_own_may_have_hourly_rules(ledger: Path) -> None:
    own = ledger / "own.yaml"
    own.write_text(
        "{name: own, extends: default, rules: [],"
        " hourly_rules: [{severity: page, factor: 20, hours: 6}]}"
    )

    # Over six hours: 8x at 14:00, 42x at 18:00.
    assert replayed(ledger, "--hourly", "--policy", own) == [("02T18", "page"), ("02T22", "page")]


def test_an_hourly_ladder_is_refused_where_the_ledger_is_judged_by_day(ledger: Path) -> None:
    out = ledger / "out.csv"

    ran = cost_slo("backtest", "--ledger", ledger, "--alerts", out, "--policy", "hourly")

    assert ran.code == 2
    assert REFUSAL in " ".join(ran.err.split())
    assert not out.exists()


def test_a_ladder_without_hourly_rules_is_refused_where_hours_are_asked_for(ledger: Path) -> None:
    asked = ("--ledger", ledger, "--alerts", ledger / "out.csv", "--hourly", "--policy", "default")

    ran = cost_slo("backtest", *asked)

    assert ran.code == 2
    assert "default has none; use --policy hourly" in " ".join(ran.err.split())


def test_a_bill_has_no_hours_to_replay() -> None:
    ran = cost_slo("backtest", "--costs", "x", "--spec", "y", "--hourly")

    assert ran.code == 2
    assert "--ledger and --alerts (with or without --hourly)" in " ".join(ran.err.split())


def test_a_spec_that_asks_for_hourly_rules_is_told_what_they_mean_and_refused(
    tmp_path: Path,
) -> None:
    spec = tmp_path / "slos.yaml"
    spec.write_text(SPEC)

    ran = cost_slo("validate", spec, "--explain")

    assert ran.code == 2
    assert "page at 5x over 24 hours and the last 4: 16.7 % of the error budget" in ran.out
    assert rule_in_words(load_policy("default", base=tmp_path).rules[0], 30) in ran.out
    assert REFUSAL in " ".join(ran.err.split())


def test_an_evaluation_by_day_refuses_hourly_rules_and_leaves_no_state(tmp_path: Path) -> None:
    spec, state = tmp_path / "slos.yaml", tmp_path / "state"
    spec.write_text(SPEC)
    bill = write_csv(tmp_path / "bill.csv", focus_row())

    ran = cost_slo("evaluate", "--spec", spec, "--costs", bill, "--state", state)

    assert (ran.code, ran.out) == (2, "")
    assert REFUSAL in " ".join(ran.err.split())
    assert not state.exists()
