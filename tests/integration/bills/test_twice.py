# SPDX-License-Identifier: Apache-2.0
"""Nothing counts twice without a word: copies, other encodings, older downloads, other exports."""

import gzip
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pytest

from cost_slo.adapters.bills.source import BillSource
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import Period
from cost_slo.domain.spend.cube import CubeQuestion
from tests.builders.bills import cur_row, focus_row, outcome, read_bill, total, write_csv

UUID_1 = "11111111-aaaa-4aaa-8aaa-000000000001"
UUID_2 = "22222222-bbbb-4bbb-8bbb-000000000002"
PAYER = {"BillingAccountId": "999988887777", "BillingPeriodStart": "2026-09-01T00:00:00Z"}


def rows(first: int, last: int, cost: str = "1", **changes: str) -> list[dict[str, str]]:
    """A charge on each of these days of September."""
    return [
        focus_row(
            ChargePeriodStart=f"2026-09-{day:02}T00:00:00Z",
            ChargePeriodEnd=f"2026-09-{day + 1:02}T00:00:00Z",
            BilledCost=cost,
            **(PAYER | changes),
        )
        for day in range(first, last + 1)
    ]


def lines(first: int, last: int, **changes: str) -> list[dict[str, str]]:
    """A line of a legacy report on each of these days."""
    return [
        cur_row(
            {
                "bill/PayerAccountId": "999988887777",
                "lineItem/UsageStartDate": f"2026-09-{day:02}T00:00:00Z",
                "lineItem/UsageEndDate": f"2026-09-{day + 1:02}T00:00:00Z",
                **changes,
            }
        )
        for day in range(first, last + 1)
    ]


def to_parquet(bill: Path, target: Path) -> None:
    duckdb.execute(f"COPY (FROM read_csv('{bill}', all_varchar=true)) TO '{target}'")


def packed(bill: Path) -> None:
    bill.with_name(bill.name + ".gz").write_bytes(gzip.compress(bill.read_bytes()))


COPIES: Mapping[str, Callable[[Path], object]] = {
    "packed beside unpacked": packed,
    "a browser's second download": lambda bill: shutil.copy(bill, bill.with_name("focus (1).csv")),
    "another name": lambda bill: shutil.copy(bill, bill.with_name("september.csv")),
    "a subfolder": lambda bill: shutil.copytree(bill.parent, bill.parent / "backup"),
    "parquet": lambda bill: to_parquet(bill, bill.with_suffix(".parquet")),
    "another order of rows": lambda bill: write_csv(
        bill.with_name("sorted.csv"), *reversed(rows(1, 5))
    ),
}


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES.keys())
def test_the_same_rows_count_once_and_the_copy_is_named(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    make(write_csv(tmp_path / "focus.csv", *rows(1, 5)))

    reading = read_bill(tmp_path)

    assert total(reading) == "5"
    assert len(reading.notes) == 1
    assert (
        "a copy of " in reading.notes[0]
        or "left out, so that nothing counts twice" in (reading.notes[0])
    )


REFUSED: Mapping[str, tuple[list[dict[str, str]], list[dict[str, str]]]] = {
    "other sums": (rows(1, 5), rows(1, 5, "1.01")),
    "days in common": (rows(1, 5), rows(4, 8)),
    "fewer rows on more days": (rows(1, 5) * 2, rows(1, 8)),
    "no billing account in one": (
        rows(1, 5),
        [{k: v for k, v in row.items() if k != "BillingAccountId"} for row in rows(1, 5, "2")],
    ),
    "an account with and without its zero": (
        rows(1, 5, SubAccountId="011122223333"),
        rows(1, 5, "2", SubAccountId="11122223333"),
    ),
    "a provider of two spellings": (
        rows(1, 5),
        rows(1, 5, "2", ProviderName="Amazon Web Services"),
    ),
    "legacy beside CUR 2.0": (
        lines(1, 5),
        [
            {
                "bill_payer_account_id": "999988887777",
                "line_item_usage_start_date": row["lineItem/UsageStartDate"],
                "line_item_usage_end_date": row["lineItem/UsageEndDate"],
                "line_item_line_item_type": "Usage",
                "line_item_unblended_cost": "1.00",
                "line_item_currency_code": "USD",
                "line_item_product_code": "AmazonEC2",
                "line_item_usage_account_id": "111122223333",
            }
            for row in lines(1, 5)
        ],
    ),
    "FOCUS 1.0 beside 1.2": (rows(1, 5), rows(1, 5, InvoiceId="", ServiceSubcategory="Compute")),
    "hours beside days": (
        rows(1, 1),
        [
            row | {"ChargePeriodStart": row["ChargePeriodStart"].replace("T00", "T05")}
            for row in rows(1, 1, "2")
        ],
    ),
}


@pytest.mark.parametrize(("one", "other"), REFUSED.values(), ids=REFUSED.keys())
def test_two_exports_of_the_same_charges_are_refused_if_neither_is_the_newer_for_certain(
    one: list[dict[str, str]], other: list[dict[str, str]], tmp_path: Path
) -> None:
    write_csv(tmp_path / "bill" / "a" / "finance.csv", *one)
    write_csv(tmp_path / "bill" / "b" / "platform.csv", *other)

    with pytest.raises(CostDataError, match=r"two exports, finance.csv and platform.csv, cover"):
        read_bill(tmp_path / "bill")
    with pytest.raises(CostDataError, match="would count twice"):
        read_bill(f"{tmp_path}/bill/*/*.csv")


def test_a_refusal_says_whose_charges_they_are_and_what_to_do(tmp_path: Path) -> None:
    write_csv(tmp_path / "finance.csv", *rows(1, 5))
    write_csv(tmp_path / "platform.csv", *rows(4, 8))

    refused = outcome(tmp_path)

    assert str(refused) == (
        f"{tmp_path}: two exports, finance.csv and platform.csv, cover charges of AWS, billing "
        "account 999988887777 on 4 to 5 Sep 2026, which would count twice; keep one of them, or "
        "give its files alone (parts of one export have one name and a number, as bill-00001.csv "
        "and bill-00002.csv)"
    )


NEWER: Mapping[str, tuple[str, str]] = {
    "by their dates": ("focus-2026-09-05.csv", "focus-2026-09-08.csv"),
    "by their days": ("download.csv", "another.csv"),
    "by load date": ("loaded=2026-09-05/focus.csv", "loaded=2026-09-08/focus.csv"),
    "by version": ("focus-v1.csv", "focus-v2.csv"),
    "by the id of a Spark job": (f"part-00000-{UUID_2}.csv", f"part-00000-{UUID_1}.csv"),
}


@pytest.mark.parametrize(("older", "newer"), NEWER.values(), ids=NEWER.keys())
def test_a_download_that_has_every_day_of_an_older_one_counts_alone(
    older: str, newer: str, tmp_path: Path
) -> None:
    write_csv(tmp_path / older, *rows(1, 4), *rows(5, 5, "0.5"))
    write_csv(tmp_path / newer, *rows(1, 8))

    reading = read_bill(tmp_path)

    assert total(reading) == "8"
    assert len(reading.notes) == 1
    assert Path(older).name in reading.notes[0]
    assert "left out, so that nothing counts twice" in reading.notes[0]


def test_of_two_downloads_of_the_same_days_the_later_by_its_name_counts(tmp_path: Path) -> None:
    write_csv(tmp_path / "focus-20260907.csv", *rows(1, 5, "2"))
    write_csv(tmp_path / "focus-20260906.csv", *rows(1, 5, "1"))

    assert total(read_bill(tmp_path)) == "10"


def test_a_later_download_with_fewer_days_replaces_nothing(tmp_path: Path) -> None:
    write_csv(tmp_path / "focus-20260906.csv", *rows(1, 5))
    write_csv(tmp_path / "focus-20260907.csv", *rows(1, 4, "1.1"))

    with pytest.raises(CostDataError, match="would count twice"):
        read_bill(tmp_path)


FINE: Mapping[str, Mapping[str, list[dict[str, str]]]] = {
    "numbered parts": {"part-00000.csv": rows(1, 4), "part-00001.csv": rows(1, 4, "3")},
    "parts of a Spark job": {
        f"part-00000-{UUID_1}-c000.csv": rows(1, 4),
        f"part-00001-{UUID_1}-c000.csv": rows(1, 4, "3"),
    },
    "chunks of a Data Export": {"name-00001.csv": rows(1, 4), "name-00002.csv": rows(1, 4, "3")},
    "partitions of Azure": {"part_0_0001.csv": rows(1, 4), "part_1_0001.csv": rows(1, 4, "3")},
    "files of DuckDB": {"data_0.csv": rows(1, 4), "data_1.csv": rows(1, 4, "3")},
    "parts of a legacy report": {"report-1.csv": rows(1, 4), "report-2.csv": rows(1, 4, "3")},
    "a file a day": {f"focus-2026-09-0{day}.csv": rows(day, day, "4") for day in range(1, 5)},
    "days with late charges": {
        "focus-2026-09-01.csv": rows(1, 1) * 4,
        "focus-2026-09-02.csv": [*rows(2, 2) * 11, *rows(1, 1)],
    },
    "a file a month": {
        "august.csv": [
            {name: value.replace("2026-09-", "2026-08-") for name, value in row.items()}
            for row in rows(1, 8)
        ],
        "september.csv": rows(1, 8),
    },
    "a correction in the next month's bill": {
        "first.csv": rows(1, 8),
        "second.csv": rows(1, 8, "1", BillingPeriodStart="2026-10-01T00:00:00Z"),
    },
    "a file an hour": {
        f"focus-2026-09-01-{hour:02}.csv": [
            row
            | {
                "ChargePeriodStart": f"2026-09-01T{hour:02}:00:00Z",
                "ChargePeriodEnd": f"2026-09-01T{hour + 1:02}:00:00Z",
            }
            for row in rows(1, 1, "4")
        ]
        for hour in range(4)
    },
    "accounts apart": {
        "one.csv": rows(1, 8),
        "two.csv": rows(1, 8, SubAccountId="444455556666"),
    },
    "partitions by account": {
        "account=1/part-0.csv": rows(1, 8),
        "account=2/part-0.csv": rows(1, 8, SubAccountId="444455556666"),
    },
    "partitions by team": {
        "team=a/part-0.csv": rows(1, 4),
        "team=b/part-0.csv": rows(1, 4, "3"),
    },
    "services apart": {
        "compute.csv": rows(1, 8),
        "storage.csv": rows(1, 8, ServiceName="Amazon S3"),
    },
    "billing accounts apart": {
        "one.csv": rows(1, 8),
        "two.csv": rows(1, 8, BillingAccountId="000011112222"),
    },
    "providers side by side": {
        "one.csv": rows(1, 8),
        "two.csv": rows(1, 8, ProviderName="Microsoft"),
    },
}


@pytest.mark.parametrize("files", FINE.values(), ids=FINE.keys())
def test_what_belongs_together_is_counted_together_without_a_word(
    files: Mapping[str, list[dict[str, str]]], tmp_path: Path
) -> None:
    for name, charges in files.items():
        write_csv(tmp_path / name, *charges)

    reading = read_bill(tmp_path)

    assert (total(reading), reading.notes) == ("16", ())


def test_files_named_after_different_providers_count_both_with_a_word(tmp_path: Path) -> None:
    write_csv(tmp_path / "aws.csv", *rows(1, 5))
    write_csv(tmp_path / "azure.csv", *rows(1, 5, "2"))

    reading = read_bill(tmp_path)

    assert total(reading) == "15"
    assert "Named after different providers, aws.csv, azure.csv give the" in reading.notes[0]


def test_parts_that_one_manifest_names_may_hold_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write_csv(tmp_path / name, *rows(1, 5))
    (tmp_path / "manifest.json").write_text('{"dataFiles": ["s3://b/x/a.csv", "s3://b/x/b.csv"]}')

    reading = read_bill(tmp_path)

    assert (total(reading), reading.notes) == ("10", ())


def test_a_file_with_fewer_rows_than_its_manifest_says_was_cut(tmp_path: Path) -> None:
    write_csv(tmp_path / "part_0_0001.csv", *rows(1, 5))
    manifest = '{"blobs": [{"blobName": "x/part_0_0001.csv", "dataRowCount": %d}]}'
    (tmp_path / "manifest.json").write_text(manifest % 5)
    assert total(read_bill(tmp_path)) == "5"

    (tmp_path / "manifest.json").write_text(manifest % 6)
    with pytest.raises(CostDataError, match=r"part_0_0001.csv: has 5 rows and its manifest says 6"):
        read_bill(tmp_path)


def test_what_was_left_out_is_left_out_of_a_comparison_too(tmp_path: Path) -> None:
    write_csv(tmp_path / "focus.csv", *rows(1, 20))
    write_csv(tmp_path / "older.csv", *rows(1, 15))
    source = BillSource(str(tmp_path))

    cube = source.fetch_cube(
        CubeQuestion(
            Period(date(2026, 9, 8), date(2026, 9, 15)),
            Period(date(2026, 9, 1), date(2026, 9, 8)),
            currency="USD",
        )
    )

    assert sum(cell.after for cell in cube.cells) == 7
    assert "left out, so that nothing counts twice" in cube.notes[0]


def test_a_broken_row_of_one_of_two_exports_is_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "focus.csv", *rows(1, 5))
    broken = write_csv(tmp_path / "more.csv", *rows(6, 8))
    broken.write_text(broken.read_text() + "1,2\n")

    with pytest.raises(CostDataError, match=r"more.csv: row 4: has 2 fields"):
        read_bill(tmp_path)
    assert read_bill(tmp_path, on_bad_row="report").charges.unreadable == 1
