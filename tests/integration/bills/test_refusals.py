# SPDX-License-Identifier: Apache-2.0
"""A bill that cannot be trusted stops the run, and says where and what to do."""

import gzip
import os
from pathlib import Path

import duckdb
import pytest

from cost_slo.domain.errors import CostDataError
from tests.builders.bills import a_response, csv_text, focus_row, read_bill, write_csv, write_json


def refusal(location: Path | str, *, format_hint: str | None = None) -> CostDataError:
    with pytest.raises(CostDataError) as caught:
        read_bill(location, format_hint=format_hint)
    return caught.value


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("BilledCost", "$50,000.00 ", "`$50,000.00 ` cannot be read; expected a plain decimal"),
        ("BilledCost", "1,5", "cannot be read"),
        ("BilledCost", "nan", "is empty"),
        ("BilledCost", "", "is empty"),
        ("ChargePeriodStart", "yesterday", "expected a date or time"),
        ("ChargePeriodStart", "infinity", "expected a date or time"),
        ("ChargePeriodStart", "0026-09-01", "expected a date or time"),
        ("ChargeCategory", "Gift", "expected Usage, Purchase, Tax, Credit or Adjustment"),
        ("ChargeCategory", "NULL", "is empty"),
    ],
)
def test_an_unreadable_value_is_named_with_its_row_and_column(
    tmp_path: Path, column: str, value: str, words: str
) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(), focus_row(**{column: value}))

    error = refusal(bill)

    assert (error.file, error.row, error.column) == (str(bill), 2, column)
    assert words in str(error)


@pytest.mark.parametrize(
    ("line", "words"),
    [("1,2", "has 2 fields"), ("x," * 20, "has 21 fields"), ('"a"b,c', "is not csv")],
)
def test_a_row_that_is_no_csv_is_named(tmp_path: Path, line: str, words: str) -> None:
    bill = tmp_path / "bill.csv"
    sound = csv_text([focus_row(), focus_row()])
    bill.write_text(sound + line + "\n" + sound.splitlines()[1] + "\n")

    error = refusal(bill)

    assert (error.file, error.row) == (str(bill), 3)
    assert words in str(error)


@pytest.mark.parametrize("on_bad_row", ["stop", "report"])
def test_an_open_quote_never_swallows_the_rest_of_the_bill(tmp_path: Path, on_bad_row: str) -> None:
    bill = tmp_path / "bill.csv"
    rows = csv_text([focus_row()] * 3).splitlines()
    rows[2] = rows[2].replace("Amazon EC2", '"Amazon EC2')
    bill.write_text("\n".join(rows) + "\n")

    with pytest.raises(CostDataError) as caught:
        read_bill(bill, on_bad_row=on_bad_row)

    assert caught.value.row == 2


def test_rows_are_counted_as_a_person_counts_them(tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    header, row, *_ = csv_text([focus_row(ServiceName="two\nlines")]).split("\n", 1)
    bill.write_text(f"{header}\n\n{row}\n\n{row}\n1,2\n")

    error = refusal(bill)

    assert error.row == 3


def test_text_that_is_not_utf8_is_named_by_its_byte(tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    content = csv_text([focus_row(), focus_row(ServiceName="Caf@")]).encode()
    bill.write_bytes(content.replace(b"@", b"\xe9"))

    error = refusal(bill)

    assert error.row == 2
    assert f"byte {content.index(b'@') + 1} of the file is not UTF-8" in str(error)
    assert "iconv" in str(error)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the first line is empty"),
        (b"PK\x03\x04rest", "zip or Excel"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"\x28\xb5\x2f\xfdrest", "zstd"),
        (b"BZh9rest", "bzip2"),
        (b"\x1f\x8b\x08", "gzip file is cut short"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (b"PAR1 and nothing more", "parquet file is cut short or damaged"),
        (b"caf\xe9,b\n1,2\n", "not UTF-8"),
        (b"{oops", "is not JSON"),
        (b'{"a": 1}', "not a bill"),
        (b"[]", "not a bill"),
        (b"date,amount\n2026-09-01,3\n", "the columns are date, amount"),
        (b"BilledCost,BilledCost,ChargePeriodStart,ChargeCategory\n", "names this column twice"),
        (b"ChargePeriodStart,BilledCost\n", "ChargeCategory: the file has no such column"),
        (b"ChargePeriodStart,ChargeCategory\n", "BilledCost: the file has no such column"),
        (b"lineItem/UsageStartDate\n", "lineItem/UnblendedCost: the file has no such column"),
    ],
)
def test_a_file_that_is_no_bill_says_why(tmp_path: Path, content: bytes, words: str) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_bytes(content)

    error = refusal(bill)

    assert words in str(error)
    assert str(bill) in str(error)


@pytest.mark.parametrize("cut", [1, 9, 1000])
def test_a_gzip_file_that_is_cut_short_is_never_a_smaller_bill(tmp_path: Path, cut: int) -> None:
    rows = [focus_row(BilledCost=f"{number * 7919 % 10007}.{number}") for number in range(3000)]
    bill = tmp_path / "bill.csv.gz"
    bill.write_bytes(gzip.compress(csv_text(rows).encode())[:-cut])

    error = refusal(bill)

    assert "gzip file is cut short" in str(error)


def test_a_parquet_file_that_is_cut_short_is_named(tmp_path: Path) -> None:
    whole = write_csv(tmp_path / "bill.csv", focus_row())
    bill = tmp_path / "bill.parquet"
    duckdb.execute(f"COPY (FROM '{whole}') TO '{bill}' (FORMAT parquet)")
    bill.write_bytes(bill.read_bytes()[:-20])

    error = refusal(bill)

    assert "parquet file is cut short or damaged" in str(error)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("missing.csv", "no such file or folder"),
        ("*.csv", "no file matches this pattern"),
        ("s3://bucket/bill.csv", "is not on this machine"),
    ],
)
def test_a_location_without_files_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)

    assert words in str(refusal(location))


def test_a_folder_without_a_bill_says_what_a_bill_is(tmp_path: Path) -> None:
    write_csv(tmp_path / "units.csv", {"date": "2026-09-01", "amount": "3"})

    assert "no bill here: expected FOCUS columns" in str(refusal(tmp_path))


def test_a_folder_that_mixes_formats_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "bill.csv", focus_row())
    write_json(tmp_path / "ce.json", a_response(by=[("DIMENSION", "SERVICE")]))

    error = refusal(tmp_path)

    assert "bills of different formats would count charges twice" in str(error)


def test_an_unknown_format_hint_lists_the_known_ones(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row())

    error = refusal(bill, format_hint="azure")

    assert "focus, cur, cur2, cost-explorer" in str(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row())
    bill.chmod(0)

    assert "Permission denied" in str(refusal(bill))


def test_amounts_beyond_what_is_exact_stop_the_run(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", *[focus_row(BilledCost="9" * 14)] * 30)

    assert "add up to more than" in str(refusal(bill))


def test_columns_forced_by_a_hint_are_named_when_they_are_missing(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row())

    error = refusal(bill, format_hint="cur")

    assert error.column == "line_item_usage_start_date"
