# SPDX-License-Identifier: Apache-2.0
"""Relatives of the formats in docs/bills.md: the same kinds of trouble in other clothes."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cost_slo.domain.errors import CostDataError
from tests.builders.bills import an_slo, cur_row, focus_row, read_bill, total, write_csv, write_json

SEARCH = an_slo(tags={"product": ["search"]})


def arrow(path: Path, **columns: pa.Array) -> Path:
    """One row of FOCUS as Parquet, with columns of Arrow's types."""
    row = {name: pa.array([value]) for name, value in focus_row().items()}
    pq.write_table(pa.table(row | columns), path)
    return path


def a_line(**changes: object) -> str:
    return json.dumps(focus_row() | changes)


@pytest.mark.parametrize(
    "amount", ["0.1234567890123456789012", "1e-7", "-12345678901234.000000000001", "100"]
)
@pytest.mark.parametrize("as_list", [True, False])
def test_a_number_of_json_is_read_as_it_is_written(
    tmp_path: Path,
    amount: str,
    as_list: bool,  # noqa: FBT001
) -> None:
    line = a_line().replace('"BilledCost": "1.00"', f'"BilledCost": {amount}')
    bill = tmp_path / "bill.json"
    bill.write_text(f"[{line}]" if as_list else f"{line}\n\n\ufeff{line}\n")

    assert Decimal(total(read_bill(bill))) == Decimal(amount) * (1 if as_list else 2)


def test_columns_that_only_a_later_row_of_json_has_are_read(tmp_path: Path) -> None:
    bill = tmp_path / "bill.jsonl"
    first = {name: value for name, value in focus_row().items() if name != "Tags"}
    bill.write_text(json.dumps(first) + "\n" + a_line(Tags={"product": "search"}) + "\n")

    assert total(read_bill(bill, SEARCH)) == "1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (a_line() + '\n{"BilledCost":\n', "line 2 is not JSON"),
        (a_line() + "\n[1]\n", "line 2 is not a JSON object"),
        (a_line()[:-1] + ', "BilledCost": 2}', "BilledCost: line 1 has this column twice"),
        (f"[{a_line()}, 3]", "row 2 is not a JSON object"),
        (f"[{a_line()}", "the file is not JSON"),
        (a_line() + "\n" + a_line(ChargePeriodStart="soon"), "row 2: ChargePeriodStart: `soon`"),
    ],
)
def test_what_is_wrong_in_a_file_of_json_rows_is_named(
    tmp_path: Path, text: str, words: str
) -> None:
    bill = tmp_path / "bill.json"
    bill.write_text(text)

    with pytest.raises(CostDataError, match=words):
        read_bill(bill)


@pytest.mark.parametrize("value", ["b", "search"])
def test_a_key_twice_in_a_parquet_map_is_named_if_its_values_differ(
    tmp_path: Path, value: str
) -> None:
    entries = [("product", "search"), ("product", value)]
    bill = arrow(
        tmp_path / "b.parquet", Tags=pa.array([entries], pa.map_(pa.string(), pa.string()))
    )

    if value == "search":
        assert total(read_bill(bill, SEARCH)) == "1"
    else:
        with pytest.raises(CostDataError, match="row 1: Tags"):
            read_bill(bill, SEARCH)


@pytest.mark.parametrize(
    "times",
    [
        pa.array([1788220800], pa.timestamp("s")),
        pa.array([1788220800000], pa.timestamp("ms", tz="UTC")),
        pa.array([1788220800000000000], pa.timestamp("ns", tz="America/New_York")),
        pa.array([1788220800000000], pa.int64()),
        pa.array([date(2026, 9, 1)], pa.date32()),
        pa.array([b"2026-09-01T00:00:00Z"], pa.binary()),
        pa.array(["2026-09-01 00:00:00"]).dictionary_encode(),
    ],
)
def test_a_time_is_the_same_day_in_every_type(tmp_path: Path, times: pa.Array) -> None:
    bill = arrow(tmp_path / "bill.parquet", ChargePeriodStart=times)

    (spend,) = read_bill(bill).spend["all"]

    assert spend.day == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("account", "provider", "found"),
    [
        (pa.array([12345678901]), "AWS", "012345678901"),
        (pa.array([12345678901.0]), "Amazon Web Services", "012345678901"),
        (pa.array(["12345678901.0"]), "AWS", "012345678901"),
        (pa.array([12345678901]), "Microsoft", "12345678901"),
        (pa.array(["0000-1111"]), "AWS", "0000-1111"),
    ],
)
def test_only_an_aws_account_id_gets_its_zeros_back(
    tmp_path: Path, account: pa.Array, provider: str, found: str
) -> None:
    bill = arrow(tmp_path / "b.parquet", SubAccountId=account, ProviderName=pa.array([provider]))

    assert total(read_bill(bill, an_slo(accounts=[found]))) == "1"


def test_a_decimal_of_76_digits_is_read_exactly_or_refused(tmp_path: Path) -> None:
    wide = pa.decimal256(76, 38)
    short = pa.array([Decimal("0.5")], wide)
    long = pa.array([Decimal("1.12345678901234567890123")], wide)

    assert total(read_bill(arrow(tmp_path / "a.parquet", BilledCost=short))) == "0.5"
    with pytest.raises(CostDataError, match=r"row 1: BilledCost.*beyond DECIMAL\(38, 24\)"):
        read_bill(arrow(tmp_path / "b.parquet", BilledCost=long))


def test_resource_tags_win_over_the_tags_of_an_account_in_both_columns(tmp_path: Path) -> None:
    bill = tmp_path / "bill.parquet"
    duckdb.execute(
        "COPY (SELECT '2026-09-01' AS line_item_usage_start_date, '1' AS line_item_unblended_cost, "
        "'Usage' AS line_item_line_item_type, 'USD' AS line_item_currency_code, "
        "MAP {'user_team': 'a'} AS resource_tags, "
        "MAP {'accountTag/team': 'b', 'accountTag/env': 'prod', 'costCategory/Team': 'c'} AS tags) "
        f"TO '{bill}' (FORMAT parquet)"
    )
    wanted = {"team": ["a"], "env": ["prod"], "accountTag/team": ["b"], "costCategory/Team": ["c"]}

    assert total(read_bill(bill, an_slo(tags=wanted))) == "1"


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("BilledCost", "BilledCost", "the row repeats the header"),
        ("BilledCost", "1_000", "expected a plain decimal number"),
        ("BilledCost", "(1.23)", "without a currency sign, parentheses"),
        ("BilledCost", "12,34", "without a currency sign, parentheses or separators"),
        ("BilledCost", "1.2\ufeff", "invisible byte order mark"),
        ("ChargePeriodStart", "31.12.2026", "the day comes before the month"),
        ("Tags", '[{"key": "a", "value": 1}, {"Key": "a", "Value": 2}]', "`a` is written twice"),
        ("Tags", "product=search", "expected a JSON object"),
    ],
)
def test_a_value_says_why_it_cannot_be_read(
    tmp_path: Path, column: str, value: str, words: str
) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(**{column: value}))

    with pytest.raises(CostDataError, match=words) as caught:
        read_bill(bill, SEARCH)

    assert (caught.value.row, caught.value.column) == (1, column)


def test_a_month_that_metadata_calls_incomplete_is_noted_and_does_not_end_the_bill(
    tmp_path: Path,
) -> None:
    write_csv(tmp_path / "bill.csv", focus_row())
    sector = {
        "TimeSectorStart": "2026-09-01T00:00:00Z",
        "TimeSectorEnd": "2026-10-01T00:00:00Z",
        "TimeSectorComplete": False,
    }
    write_json(tmp_path / "metadata.json", {"Recency": [{"TimeSectors": [sector]}]})

    reading = read_bill(tmp_path)

    assert reading.charged_through == date(2026, 9, 2)
    assert reading.estimated_from == date(2026, 9, 1)
    assert any("from 1 Sep 2026 on are not complete" in note for note in reading.notes)


def test_days_that_metadata_calls_incomplete_are_not_yet_charged_through(tmp_path: Path) -> None:
    days = [focus_row(ChargePeriodStart=f"2026-09-0{day}T00:00:00Z") for day in (1, 2, 3)]
    write_csv(tmp_path / "bill.csv", *days)
    sector = {
        "TimeSectorStart": "2026-09-02T00:00:00Z",
        "TimeSectorEnd": "2026-09-03T00:00:00Z",
        "TimeSectorComplete": False,
    }
    write_json(tmp_path / "metadata.json", [{"TimeSectors": [sector]}])

    assert read_bill(tmp_path).charged_through == date(2026, 9, 2)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    ("start", "note"),
    [
        ("05/09/2026", "Dates are read with the month first: `05/09/2026` is 9 May 2026."),
        ("5/29/2026", ""),
        ("2026-05-09", ""),
    ],
)
def test_dates_that_leave_their_order_open_are_named_in_every_kind_of_file(
    tmp_path: Path, kind: str, start: str, note: str
) -> None:
    bill = tmp_path / f"bill.{kind}"
    row = focus_row(ChargePeriodStart=start)
    if kind == "csv":
        write_csv(bill, row)
    elif kind == "jsonl":
        bill.write_text(json.dumps(row))
    else:
        arrow(bill, ChargePeriodStart=pa.array([start]))

    assert [each for each in read_bill(bill).notes if each.startswith("Dates")] == [note][
        : len(note)
    ]


@pytest.mark.parametrize("amount", ["1.5E-23", "1.50e-23", "15E-24", "-1E-24", "2.5E-7"])
def test_a_small_amount_with_an_exponent_is_exact(tmp_path: Path, amount: str) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(BilledCost=amount))

    assert Decimal(total(read_bill(bill))) == Decimal(amount)


@pytest.mark.parametrize("amount", ["1.5E-24", "1.5E-30", "1E-25", "-0.12e-24", "3e-400"])
def test_an_amount_below_the_24th_decimal_is_refused_not_rounded(
    tmp_path: Path, amount: str
) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(BilledCost=amount))

    with pytest.raises(CostDataError, match="row 1: BilledCost"):
        read_bill(bill)


@pytest.mark.parametrize("zeros", ["", "0", "000"])
def test_zeros_at_the_end_do_not_hide_digits_below_the_24th_decimal(
    tmp_path: Path, zeros: str
) -> None:
    cost = f"12.{'0' * 24}1{zeros}"
    bill = write_csv(tmp_path / "bill.csv", focus_row(BilledCost=cost))

    with pytest.raises(CostDataError, match=r"row 1: BilledCost.*more than 24 decimals"):
        read_bill(bill)


def test_a_number_as_data_frames_write_it_is_rounded_at_the_24th_decimal(tmp_path: Path) -> None:
    amount = "1.2345678901234567890123456789E-5"
    bill = write_csv(tmp_path / "bill.csv", focus_row(BilledCost=amount))

    assert total(read_bill(bill)) == "0.000012345678901234567890"[:-1]


@pytest.mark.parametrize("amount", ["0E-30", "0.000e-27", "-0E-10"])
def test_nothing_is_nothing_with_any_exponent(tmp_path: Path, amount: str) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(BilledCost=amount))

    assert total(read_bill(bill)) == "0"


def test_a_tag_that_a_report_does_not_have_is_refused_with_the_bill(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "report.csv", cur_row())

    with pytest.raises(CostDataError, match=r"report\.csv: tags\.product: the bill has no tag"):
        read_bill(bill, SEARCH)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_byte_of_zero_in_a_text_is_refused(tmp_path: Path, encoding: str) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(ProviderName="A\0WS"))
    bill.write_bytes(bill.read_text().encode(encoding))

    with pytest.raises(CostDataError, match=r"bill\.csv: byte \d+ is 0"):
        read_bill(bill)
