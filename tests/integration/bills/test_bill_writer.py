# SPDX-License-Identifier: Apache-2.0
"""Bills written as files hold every row and every digit of the charges."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cost_slo.adapters.bill_writer import COLUMNS, write_parquet, write_units_csv
from cost_slo.domain.errors import CostDataError, SourceError
from cost_slo.synthetic import Story, charges, units

STORY = Story(start=date(2026, 9, 1), days=16)
BILL = tuple(charges(STORY))


def read(path: Path, query: str) -> list[tuple[object, ...]]:
    quoted = str(path).replace("'", "''")
    with duckdb.connect() as connection:
        return connection.sql(query.replace("BILL", f"'{quoted}'")).fetchall()


def test_a_bill_sums_to_the_charges_exactly(tmp_path: Path) -> None:
    write_parquet(BILL, tmp_path / "bill.parquet")

    found = read(tmp_path / "bill.parquet", "SELECT sum(BilledCost), count(*) FROM BILL")

    assert found == [(sum(charge.billed_cost for charge in BILL), len(BILL))]


def test_parquet_keeps_every_value_of_a_row(tmp_path: Path) -> None:
    write_parquet(BILL, tmp_path / "bill.parquet")

    rows = read(tmp_path / "bill.parquet", "SELECT * FROM BILL")

    expected = [
        tuple(
            value.replace(tzinfo=None) if isinstance(value, datetime) else value
            for value in (read_field(charge) for _, _, read_field in COLUMNS[:-1])
        )
        for charge in BILL
    ]
    assert [row[:-1] for row in rows] == expected
    assert [row[-1] for row in rows] == [dict(charge.tags) for charge in BILL]


def test_parquet_columns_have_the_types_of_the_specification(tmp_path: Path) -> None:
    write_parquet(BILL[:1], tmp_path / "bill.parquet")

    kinds = {row[0]: row[1] for row in read(tmp_path / "bill.parquet", "DESCRIBE FROM BILL")}

    assert kinds["BilledCost"] == "DECIMAL(38,12)"
    assert kinds["ChargePeriodStart"] == "TIMESTAMP"
    assert kinds["Tags"] == "MAP(VARCHAR, VARCHAR)"


def test_awkward_text_comes_back_as_it_was(tmp_path: Path) -> None:
    awkward = "a \"quoted\", \n two-line é 'name'"
    charge = replace(BILL[0], charge_description=awkward, tags={awkward: awkward})

    write_parquet([charge], tmp_path / "it's.parquet")

    found = read(tmp_path / "it's.parquet", "SELECT ChargeDescription, Tags FROM BILL")
    assert found == [(awkward, {awkward: awkward})]


def test_more_digits_than_the_file_holds_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    endless = replace(BILL[0], billed_cost=Decimal("0.1234567890123"))

    with pytest.raises(CostDataError, match=r"row 2: BilledCost: 0\.1234567890123 is not"):
        write_parquet([BILL[0], endless], tmp_path / "bill")

    assert list(tmp_path.iterdir()) == []


def test_a_failed_rewrite_leaves_the_earlier_file_as_it_was(tmp_path: Path) -> None:
    write_parquet(BILL[:3], tmp_path / "bill")
    before = (tmp_path / "bill").read_bytes()

    with pytest.raises(CostDataError):
        write_parquet([replace(BILL[0], list_cost=Decimal("NaN"))], tmp_path / "bill")

    assert (tmp_path / "bill").read_bytes() == before


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SourceError, match=r"file/bill: could not be written"):
        write_parquet(BILL[:1], tmp_path / "file" / "bill")


def test_an_amount_too_large_for_parquet_is_an_error(tmp_path: Path) -> None:
    huge = replace(BILL[0], billed_cost=Decimal("1E+30"))

    with pytest.raises(SourceError, match="could not be written as Parquet"):
        write_parquet([huge], tmp_path / "bill")


def test_a_bill_without_charges_has_no_row(tmp_path: Path) -> None:
    write_parquet([], tmp_path / "bill.parquet")

    assert read(tmp_path / "bill.parquet", "SELECT count(*) FROM BILL") == [(0,)]


def test_units_are_a_date_an_amount_and_a_label(tmp_path: Path) -> None:
    write_units_csv(units(STORY), tmp_path / "units.csv")

    lines = (tmp_path / "units.csv").read_text(encoding="utf-8").splitlines()

    day, amount = units(STORY)[0]
    assert lines[:2] == ["date,amount,label", f"{day},{amount},request"]
    assert len(lines) == 17
