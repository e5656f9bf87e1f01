# SPDX-License-Identifier: Apache-2.0
"""Bills with one amount a month, or a charge period of several days."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cost_slo.adapters.bills.source import BillSource
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import Month, Period
from cost_slo.domain.spend.cube import CubeQuestion
from tests.builders.bills import (
    CUR_ROW,
    FOCUS_ROW,
    a_period,
    a_response,
    an_slo,
    read_bill,
    write_csv,
    write_json,
)
from tests.checks.command_line import cost_slo

MIDDLE = datetime(2026, 9, 20, tzinfo=UTC)
AUGUST, SEPTEMBER = (Month.containing(date(2026, month, 1)) for month in (8, 9))
NOTE = "One amount a month in the scope of all: judged by the month, without daily burn rates."
SPEC = """apiVersion: cost-slo/v1
currency: USD
slos:
  - name: all
    product: all
    owner: platform
    objective: {monthly: 1100}
    scope: {charge_categories: [Usage, Purchase, Tax]}
"""


def focus_row(start: str, end: str, cost: str, **more: str) -> dict[str, str]:
    period = {"ChargePeriodStart": start, "ChargePeriodEnd": end}
    return FOCUS_ROW | period | {"BilledCost": cost, "EffectiveCost": cost} | more


def focus_months(folder: Path, running_end: str = "2026-10-01") -> Path:
    return write_csv(
        folder / "bill.csv",
        focus_row("2026-07-01", "2026-08-01", "1000"),
        focus_row("2026-08-01", "2026-09-01", "1000"),
        focus_row("2026-09-01", running_end, "633.33"),
    )


def cur_months(folder: Path) -> Path:
    return write_csv(
        folder / "bill.csv",
        *(
            CUR_ROW
            | {
                "lineItem/UsageStartDate": f"2026-{month:02}-01T00:00:00Z",
                "lineItem/UsageEndDate": f"2026-{month + 1:02}-01T00:00:00Z",
                "lineItem/UnblendedCost": cost,
            }
            for month, cost in ((7, "1000"), (8, "1000"), (9, "633.33"))
        ),
    )


def ce_months(folder: Path) -> Path:
    periods = (
        a_period("2026-07-15", "2026-08-01", {("EC2",): "1000"}),
        a_period("2026-08-01", "2026-09-01", {("EC2",): "1000"}),
        a_period("2026-09-01", "2026-09-20", {("EC2",): "633.33"}, estimated=True),
    )
    return write_json(folder / "bill.json", a_response(*periods, by=[("DIMENSION", "SERVICE")]))


BILLS = pytest.mark.parametrize("bill", [focus_months, cur_months, ce_months])


@BILLS
def test_a_bill_of_months_is_read_as_one_amount_a_month(tmp_path: Path, bill: Any) -> None:
    reading = read_bill(bill(tmp_path), as_of=MIDDLE)

    assert list(reading.monthly) == ["all"]
    assert [day.usage for day in reading.spend["all"]] == [1000, 1000, Decimal("633.33")]
    assert reading.charged_through == date(2026, 9, 20)
    assert NOTE in reading.notes


def test_the_running_month_to_date_is_a_month_too(tmp_path: Path) -> None:
    reading = read_bill(focus_months(tmp_path, "2026-09-15"), as_of=MIDDLE)

    assert reading.monthly == {"all": date(2026, 9, 15)}


@BILLS
def test_evaluate_judges_the_month_and_forecasts_by_the_calendar(tmp_path: Path, bill: Any) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    source = bill(tmp_path)

    ran = cost_slo(
        "evaluate",
        *("--spec", tmp_path / "spec.yaml", "--costs", source, "--state", tmp_path / "state"),
        *("--as-of", "2026-09-20T00:00:00Z", "--format", "json"),
    )

    document = json.loads(ran.out)
    (slo,) = document["slos"]
    assert (ran.code, slo["verdict"], slo["burn"]) == (0, "within", [])
    assert slo["forecast"]["month_end"] == "999.99"
    assert slo["reason"].startswith("one amount a month: $633.33 so far")
    assert NOTE in document["source"]["notes"]


@BILLS
def test_backtest_judges_each_month_when_it_ended(tmp_path: Path, bill: Any) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC.replace("1100", "900"))
    source = bill(tmp_path)

    ran = cost_slo(
        "backtest",
        *("--spec", tmp_path / "spec.yaml", "--costs", source, "--as-of", "2026-09-20"),
    )

    assert ran.code == 0
    assert "One amount a month: evaluated once the month has ended" in ran.out
    assert "emergency" not in ran.out
    assert "2026-09-01 09:00 UTC" in ran.out


@BILLS
def test_months_are_explained_by_the_month(tmp_path: Path, bill: Any) -> None:
    source = BillSource(str(bill(tmp_path)))

    with pytest.raises(CostDataError, match="whole months; compare --from 2026-08 --to 2026-09"):
        source.fetch_cube(CubeQuestion(Period(date(2026, 9, 2), date(2026, 9, 5))))
    assert source.fetch_series(CubeQuestion(SEPTEMBER), [()]) == ((),)
    cube = source.fetch_cube(CubeQuestion(SEPTEMBER, AUGUST))
    assert sum(cell.after for cell in cube.cells) == Decimal("633.33")


def test_a_month_that_the_bill_goes_on_after_is_said_to_be_whole(tmp_path: Path) -> None:
    reading = read_bill(focus_months(tmp_path), as_of=datetime(2026, 8, 20, tzinfo=UTC))

    assert reading.notes[0] == NOTE
    assert "the amount of Aug 2026 is the whole month's and not to date" in reading.notes[1]


def test_a_month_beside_days_is_a_lump_and_is_named(tmp_path: Path) -> None:
    days = [focus_row(f"2026-09-{n:02}", f"2026-09-{n + 1:02}", "10") for n in range(1, 4)]
    bill = write_csv(
        tmp_path / "bill.csv",
        *days,
        focus_row("2026-09-01", "2026-10-01", "300"),
        focus_row("2026-09-01", "2026-10-01", "-20", ServiceName="Amazon S3"),
    )

    reading = read_bill(bill, as_of=MIDDLE)

    first = [day for day in reading.spend["all"] if day.day == date(2026, 9, 1)]
    assert sum(day.usage for day in first) == 10
    assert sum(day.lumps for day in first) == 300
    assert sum(day.credits for day in first) == -20
    assert not reading.monthly
    assert reading.charged_through == date(2026, 9, 4)
    assert reading.notes == (
        "2 rows of usage for a whole month, beside daily usage: a lump, without burn.",
    )


def test_each_slo_is_judged_by_what_its_own_scope_has(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        focus_row("2026-09-18", "2026-09-19", "10"),
        focus_row("2026-09-01", "2026-10-01", "300", ServiceName="SaaS"),
    )
    slos = (an_slo("web", services=["Amazon EC2"]), an_slo("saas", services=["SaaS"]))

    reading = read_bill(bill, *slos, as_of=MIDDLE)

    assert list(reading.monthly) == ["saas"]
    assert reading.charged_through == date(2026, 9, 19)


def test_a_week_counts_on_its_first_day_and_is_named(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        focus_row("2026-09-01", "2026-09-08", "70"),
        focus_row("2026-09-08", "2026-09-15", "70"),
    )

    reading = read_bill(bill, as_of=MIDDLE)

    assert [(day.day.day, int(day.usage)) for day in reading.spend["all"]] == [(1, 70), (8, 70)]
    assert reading.notes == ("2 rows of usage for several days: counted on the first of them.",)


def test_fees_of_a_month_and_days_without_an_end_are_as_before(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        focus_row("2026-09-01", "2026-10-01", "99", ChargeCategory="Purchase"),
        focus_row("2026-09-02", "", "5"),
    )

    reading = read_bill(bill, as_of=MIDDLE)

    assert [(int(day.usage), int(day.lumps)) for day in reading.spend["all"]] == [(0, 99), (5, 0)]
    assert (reading.monthly, reading.notes) == ({}, ())
