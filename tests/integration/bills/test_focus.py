# SPDX-License-Identifier: Apache-2.0
"""FOCUS bills: what is counted, how it is split into days, and what every spelling means."""

import gzip
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cost_slo.adapters.bills.source import BillSource, read_charges
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spend.reading import DailySpend, ScopeCount
from tests.builders.bills import (
    FOCUS_ROW,
    an_slo,
    csv_text,
    focus_row,
    read_bill,
    total,
    write_csv,
)


def test_usage_lumps_and_credits_are_kept_apart_by_day_and_service(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        focus_row(BilledCost="2.50"),
        focus_row(BilledCost="-0.50"),
        focus_row(BilledCost="7", ChargeFrequency="Recurring"),
        focus_row(BilledCost="10", ChargeCategory="Purchase", ChargeFrequency="One-Time"),
        focus_row(BilledCost="-3", ChargeCategory="Credit"),
        focus_row(
            BilledCost="4", ChargePeriodStart="2026-09-02T23:59:59Z", ServiceName="Amazon S3"
        ),
    )

    reading = read_bill(bill)

    assert reading.spend["all"] == (
        DailySpend(
            Decimal(2),
            Decimal(17),
            Decimal(-3),
            day=date(2026, 9, 1),
            service="Amazon EC2",
            rows=5,
        ),
        DailySpend(Decimal(4), day=date(2026, 9, 2), service="Amazon S3", rows=1),
    )
    assert reading.charged_through == date(2026, 9, 3)


def test_the_four_figures_of_a_scope_add_up_to_every_row(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        focus_row(),
        focus_row(ChargeCategory="Tax"),
        focus_row(ChargePeriodStart="2026-10-01T00:00:00Z"),
        focus_row(ServiceName="Amazon S3", ChargeCategory="Tax"),
    )
    ec2 = an_slo("ec2", services=["Amazon EC2"], charge_categories=["Usage"])

    reading = read_bill(bill, ec2)

    assert reading.scopes["ec2"] == ScopeCount(
        in_scope=1, outside_scope=1, other_category=1, after_as_of=1
    )
    assert (reading.charges.rows, reading.charges.in_some_scope) == (4, 1)
    assert reading.charges.cost_total == {"USD": Decimal(4)}


def test_only_charges_that_start_before_as_of_are_spend(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        focus_row(ChargePeriodStart="2026-09-10T11:00:00Z"),
        focus_row(ChargePeriodStart="2026-09-10T12:00:00Z"),
    )
    noon = datetime(2026, 9, 10, 14, tzinfo=timezone(timedelta(hours=2)))

    reading = read_bill(bill, as_of=noon)

    assert total(reading) == "1"
    assert reading.charged_through == date(2026, 9, 11)


def test_a_purchase_alone_does_not_say_that_usage_is_charged_so_far(tmp_path: Path) -> None:
    fee = focus_row(ChargePeriodStart="2026-09-20T00:00:00Z", ChargeCategory="Purchase")
    with_usage = write_csv(tmp_path / "usage.csv", focus_row(), fee)
    without = write_csv(tmp_path / "fee.csv", fee)

    assert read_bill(with_usage).charged_through == date(2026, 9, 2)
    assert read_bill(without).charged_through == date(2026, 9, 21)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-09-30T23:30:00Z", "2026-09-30 23:30:00"),
        ("2026-09-30T23:30:00-02:00", "2026-10-01 01:30:00"),
        ("2026-09-30 23:30:00", "2026-09-30 23:30:00"),
        ("2026-09-30 23:30:00.250 UTC", "2026-09-30 23:30:00.25"),
        ("2026-09-30", "2026-09-30 00:00:00"),
        ("9/3/26", "2026-09-03 00:00:00"),
        ("10/1/26", "2026-10-01 00:00:00"),
        ("09/03/2026", "2026-09-03 00:00:00"),
    ],
)
def test_every_spelling_of_a_time_is_one_utc_instant(
    tmp_path: Path, text: str, instant: str
) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(ChargePeriodStart=text))

    start = read_charges(
        str(bill),
        lambda charges: charges.connection.execute(
            "SELECT charge_start::VARCHAR FROM charges"
        ).fetchall()[0][0],
    )

    assert start == instant


@pytest.mark.parametrize("nothing", ["", "NULL", "null", r"\N"])
def test_every_spelling_of_nothing_is_nothing(tmp_path: Path, nothing: str) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(RegionId=nothing, ChargeFrequency=nothing))
    nowhere = an_slo("nowhere", not_={"regions": ["us-east-1"]})

    reading = read_bill(bill, nowhere)

    assert reading.spend["nowhere"][0].usage == Decimal(1)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_read_as_well(tmp_path: Path, delimiter: str) -> None:
    bill = tmp_path / "bill.txt"
    bill.write_text(csv_text([focus_row(BilledCost="12.34")], delimiter=delimiter))

    assert total(read_bill(bill)) == "12.34"


@pytest.mark.parametrize(
    "ends", [("\r\n", "\r\n"), ("\n", "\r\n"), ("\r\n", "\n"), ("\n\n", "\n\n\n")]
)
def test_line_ends_and_blank_lines_change_nothing(tmp_path: Path, ends: tuple[str, str]) -> None:
    header, first, second = csv_text([focus_row(), focus_row(ServiceName='A "b"\nc')]).split(
        "\n", 2
    )
    bill = tmp_path / "bill.csv"
    text = "\ufeff" + header + ends[0] + first + ends[1] + second.rstrip("\n")
    bill.write_bytes(text.encode())

    reading = read_bill(bill)

    assert reading.charges.rows == 2
    assert {each.service for each in reading.spend["all"]} == {"Amazon EC2", 'A "b"\nc'}


def test_the_name_of_a_file_means_nothing(tmp_path: Path) -> None:
    bill = tmp_path / "bill[1]*?'s.parquet"
    bill.write_bytes(gzip.compress(csv_text([focus_row()]).encode()))

    assert read_bill(bill).charges.rows == 1


def test_a_header_without_rows_is_an_empty_reading(tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text(",".join(FOCUS_ROW))

    reading = read_bill(bill)

    assert (reading.charges.rows, reading.charged_through) == (0, None)
    assert reading.spend == {"all": ()}
    assert reading.charges.cost_total == {}


def test_columns_are_found_whatever_their_letter_case(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv", {key.lower(): value for key, value in focus_row().items()}
    )

    assert total(read_bill(bill, an_slo(services=["Amazon EC2"]))) == "1"


@pytest.mark.parametrize("cast", ["DOUBLE", "DECIMAL(18,6)", "VARCHAR", "FLOAT"])
def test_parquet_amounts_of_any_type_are_exact(tmp_path: Path, cast: str) -> None:
    rows = write_csv(tmp_path / "rows" / "bill.csv", *[focus_row(BilledCost="0.1")] * 3)
    bill = tmp_path / "bill.parquet"
    duckdb.execute(
        f"COPY (SELECT * REPLACE (BilledCost::{cast} AS BilledCost) FROM '{rows}') "
        f"TO '{bill}' (FORMAT parquet)"
    )

    assert read_bill(bill).charges.cost_total == {"USD": Decimal("0.3")}


@pytest.mark.parametrize(
    "casts",
    [
        ("DECIMAL(20,2)", "DECIMAL(38,24)"),
        ("DECIMAL(38,24)", "DECIMAL(20,2)"),
        ("DECIMAL(38,24)", "DOUBLE"),
    ],
)
def test_files_with_amounts_of_another_scale_add_up_exactly(
    tmp_path: Path, casts: tuple[str, str]
) -> None:
    # A reader of several files rounds all of them to the scale of the first: findings/.
    for month, cast in enumerate(casts, start=8):
        amount = "0.123456789012345678901234" if cast == "DECIMAL(38,24)" else "5.25"
        day = f"2026-{month:02}-01T00:00:00Z"
        rows = focus_row(BilledCost=amount, BillingPeriodStart=day, ChargePeriodStart=day)
        source = write_csv(tmp_path / "rows" / f"{month}.csv", rows)
        duckdb.execute(
            f"COPY (SELECT * REPLACE (BilledCost::{cast} AS BilledCost) "
            f"FROM read_csv('{source}', all_varchar=true)) "
            f"TO '{tmp_path / f'{month}.parquet'}' (FORMAT parquet)"
        )

    found = read_bill(tmp_path / "*.parquet").charges.cost_total

    assert found == {"USD": Decimal("5.373456789012345678901234")}


@pytest.mark.parametrize(
    ("cast", "tags"),
    [
        ("TIMESTAMP", "MAP {'product': 'metalabs'}"),
        ("TIMESTAMPTZ", "{'product': 'metalabs'}"),
        ("DATE", '\'{"product": "metalabs"}\''),
    ],
)
def test_parquet_times_and_tags_of_any_type_are_understood(
    tmp_path: Path, cast: str, tags: str
) -> None:
    rows = write_csv(tmp_path / "rows" / "bill.csv", focus_row())
    bill = tmp_path / "bill.parquet"
    duckdb.execute(
        f"COPY (SELECT * REPLACE (ChargePeriodStart::{cast} AS ChargePeriodStart, {tags} AS Tags) "
        f"FROM read_csv('{rows}', all_varchar=true)) TO '{bill}' (FORMAT parquet)"
    )

    reading = read_bill(bill, an_slo("metalabs", tags={"product": ["metalabs"]}))

    assert reading.spend["metalabs"][0].day == date(2026, 9, 1)


def test_a_row_of_parquet_is_named_by_its_number(tmp_path: Path) -> None:
    rows = write_csv(
        tmp_path / "rows" / "x.csv", focus_row(), focus_row(), focus_row(BilledCost="?")
    )
    bill = tmp_path / "bill.parquet"
    duckdb.execute(f"COPY (FROM read_csv('{rows}', all_varchar=true)) TO '{bill}' (FORMAT parquet)")

    with pytest.raises(CostDataError) as caught:
        read_bill(bill)

    assert (caught.value.row, caught.value.column) == (3, "BilledCost")


def test_effective_cost_is_needed_only_when_an_slo_counts_it(tmp_path: Path) -> None:
    row = {key: value for key, value in focus_row().items() if key != "EffectiveCost"}
    bill = write_csv(tmp_path / "bill.csv", row)

    with pytest.raises(CostDataError, match="EffectiveCost: an SLO needs this column"):
        read_bill(bill, an_slo(metric="EffectiveCost"))

    assert total(read_bill(bill)) == "1"


def test_each_slo_counts_its_own_metric(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        focus_row(BilledCost="5", EffectiveCost="0", ChargeCategory="Purchase"),
        focus_row(BilledCost="0", EffectiveCost="0.25"),
    )

    reading = read_bill(bill, an_slo("cash"), an_slo("amortised", metric="EffectiveCost"))

    assert (total(reading, "cash"), total(reading, "amortised")) == ("5", "0.25")
    assert reading.charges.cost_total == {"USD": Decimal(5)}


def test_other_currencies_in_a_scope_stop_the_run(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        focus_row(),
        focus_row(BillingCurrency="EUR", ProviderName="Acme"),
        focus_row(BillingCurrency="", ProviderName="Acme"),
    )

    with pytest.raises(CostDataError, match=r"charges in \(none\) \(1 rows\), EUR \(1 rows\)"):
        read_bill(bill)


def test_other_currencies_outside_every_scope_are_only_counted(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv", focus_row(), focus_row(BillingCurrency="EUR", ProviderName="Acme")
    )

    reading = read_bill(bill, an_slo(providers=["AWS"]))

    assert reading.charges.cost_total == {"EUR": Decimal(1), "USD": Decimal(1)}


def test_a_bill_without_a_currency_is_in_the_currency_of_the_spec_and_says_so(
    tmp_path: Path,
) -> None:
    row = {key: value for key, value in focus_row().items() if key != "BillingCurrency"}
    bill = write_csv(tmp_path / "bill.csv", row)

    reading = read_bill(bill, currency="BRL")

    assert reading.charges.cost_total == {"BRL": Decimal(1)}
    assert reading.notes == ("The bill names no currency: BRL is assumed.",)


def test_unreadable_rows_can_be_reported_instead(tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    rows = [focus_row(), focus_row(BilledCost="?"), focus_row(ChargePeriodStart="?"), focus_row()]
    bill.write_text(csv_text(rows) + "1,2\n")

    reading = read_bill(bill, on_bad_row="report")

    assert (reading.charges.rows, reading.charges.unreadable) == (4 - 2, 3)
    assert total(reading) == "2"
    assert [note.split(": ")[2] for note in reading.notes] == ["row 2", "row 3", "row 5"]


def test_progress_ends_at_one(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row())
    shares: list[float] = []

    BillSource(str(bill), progress=shares.append).fetch_costs(
        [an_slo()], "USD", datetime(2026, 10, 1, tzinfo=UTC)
    )

    assert shares[-1] == 1


def test_no_slo_at_all_still_counts_the_bill(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row())

    reading = BillSource(str(bill)).fetch_costs([], "USD", datetime(2026, 10, 1, tzinfo=UTC))

    assert (reading.charges.rows, reading.charges.in_some_scope) == (1, 0)
