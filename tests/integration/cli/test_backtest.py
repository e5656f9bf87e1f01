# SPDX-License-Identifier: Apache-2.0
"""`cost-slo backtest`: a ledger replayed to a list of alerts, and a bill told in hindsight."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.checks.command_line import cost_slo

FIRST = date(2026, 7, 1)
SPEC = """
apiVersion: cost-slo/v1
slos:
  - {name: web, product: web, owner: platform, plan: none, objective: {monthly: 4500}}
"""
UNIT_SPEC = """
apiVersion: cost-slo/v1
slos:
  - {name: api, product: api, owner: platform, units: {csv: units.csv},
     objective: {per_unit: 0.01, unit: request}}
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """100 a day from July on, and 900 on 2 September; each day is seen at six the morning after."""
    days = [FIRST + timedelta(days=number) for number in range(68)]
    midnights = [datetime(day.year, day.month, day.day) for day in days]  # noqa: DTZ001  UTC
    table = pa.table(
        {
            "series": ["web"] * len(days),
            "observed_at": [moment + timedelta(hours=30) for moment in midnights],
            "period_start": midnights,
            "category": ["Usage"] * len(days),
            "amount": [900.0 if day == date(2026, 9, 2) else 100.0 for day in days],
        }
    )
    pq.write_table(table, tmp_path / "ledger.parquet")
    (tmp_path / "slos.csv").write_text(
        "series,objective,month_start,month_end\nweb,3300,2026-09-01,2026-10-01\n"
    )
    evaluations = [f"web,2026-09-{day:02}T07:00:00" for day in range(1, 7)]
    (tmp_path / "evaluations.csv").write_text("\n".join(["series,evaluated_at", *evaluations]))
    return tmp_path


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    """120 a day in September, and 400 more from the 5th on."""
    rows = [
        {
            "BilledCost": 120.0 if day < 5 else 520.0,
            "EffectiveCost": 120.0 if day < 5 else 520.0,
            "BillingCurrency": "USD",
            "ChargeCategory": "Usage",
            "ChargePeriodStart": datetime(2026, 9, day, tzinfo=UTC),
            "ChargePeriodEnd": datetime(2026, 9, day, tzinfo=UTC) + timedelta(days=1),
            "ServiceName": "Amazon EC2",
            "SubAccountId": "123456789012",
            "ProviderName": "AWS",
            "RegionId": "eu-west-1",
        }
        for day in range(1, 13)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "bill.parquet")
    (tmp_path / "slos.yaml").write_text(SPEC)
    return tmp_path


def test_a_ledger_is_replayed_to_a_list_of_alerts(ledger: Path) -> None:
    out = ledger / "alerts.csv"

    ran = cost_slo("backtest", "--ledger", ledger, "--alerts", out)

    with out.open(newline="", encoding="utf-8") as lines:
        alerts = list(csv.DictReader(lines))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{len(alerts)} alerts written: {out}\n"
    assert alerts[0]["series"] == "web"
    assert alerts[0]["evaluated_at"] == "2026-09-03T07:00:00+00:00"
    assert alerts[0]["severity"] == "emergency"
    assert alerts[0]["text"].startswith("burning 80.0x")


def test_a_ladder_of_one_s_own_is_replayed(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (ledger / "quiet.yaml").write_text(
        "{name: quiet, stale_after_hours: 48, asks: {},"
        " rules: [{severity: page, factor: 90, days: 1}]}"
    )
    monkeypatch.chdir(ledger)

    ran = cost_slo("backtest", "--ledger", ".", "--alerts", "out.csv", "--policy", "quiet.yaml")

    assert ran.out == "0 alerts written: out.csv\n"
    assert Path("out.csv").read_text() == "series,evaluated_at,severity,text\n"


def test_a_folder_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    ran = cost_slo("backtest", "--ledger", tmp_path, "--alerts", tmp_path / "out.csv")

    assert ran.code == 3
    assert "slos.csv: cannot be read" in " ".join(ran.err.split())


def test_a_bill_says_what_would_have_been_called_and_what_a_static_alert_would_have_cost(
    bill: Path,
) -> None:
    ran = cost_slo(
        "backtest",
        *("--costs", bill / "bill.parquet"),
        *("--spec", bill / "slos.yaml"),
        *("--as-of", "2026-09-13T09:00:00Z"),
    )

    assert (ran.code, ran.err) == (0, "")
    assert (
        "Sep 2026: first alert 5 days and $2,600.00 of spend earlier than a static 80% alert"
        in ran.out
    )


def test_a_spec_of_unit_costs_alone_cannot_be_replayed_from_a_bill(bill: Path) -> None:
    (bill / "slos.yaml").write_text(UNIT_SPEC)

    ran = cost_slo("backtest", "--costs", bill / "bill.parquet", "--spec", bill / "slos.yaml")

    assert ran.code == 2
    assert "no monthly objective" in " ".join(ran.err.split())


@pytest.mark.parametrize(
    "asked", [(), ("--ledger", "x"), ("--costs", "x"), ("--costs", "x", "--ledger", "y")]
)
def test_half_of_a_question_is_refused(asked: tuple[str, ...]) -> None:
    ran = cost_slo("backtest", *asked)

    assert ran.code == 2
    assert "--ledger and --alerts" in " ".join(ran.err.split())
