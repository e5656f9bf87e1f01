# SPDX-License-Identifier: Apache-2.0
"""Folders as AWS leaves them: periods, versions, manifests."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cost_slo.adapters.bills.source import BillSource, read_charges
from cost_slo.domain.errors import CostDataError
from tests.builders.bills import an_slo, cur_row, focus_row, read_bill, total, write_csv, write_json


def aged(path: Path, seconds: int) -> Path:
    os.utime(path, (seconds, seconds))
    return path


def test_every_period_of_an_export_counts_and_its_manifests_do_not(tmp_path: Path) -> None:
    export = tmp_path / "exports" / "focus"
    for month in ("2026-08", "2026-09"):
        row = focus_row(
            ChargePeriodStart=f"{month}-01T00:00:00Z", ChargePeriodEnd=f"{month}-02T00:00:00Z"
        )
        write_csv(export / "data" / f"BILLING_PERIOD={month}" / "focus-00001.csv", row)
        manifest = {"dataFiles": [f"s3://b/data/BILLING_PERIOD={month}/focus-00001.csv"]}
        write_json(
            export / "metadata" / f"BILLING_PERIOD={month}" / "focus-Manifest.json", manifest
        )

    reading = read_bill(tmp_path)

    assert total(reading) == "2"
    assert reading.notes == ()
    assert reading.description == f"FOCUS, 2 files: {tmp_path.name}"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("bills/own.csv", "bills/own.csv"),
        ("./bills/../bills", "bills"),
        ("{}/bills/own.csv", "bills/own.csv"),
        ("{}/bills/*.csv", "bills/*.csv"),
        ("../other/far.csv", "far.csv"),
        (".", "here"),
    ],
)
def test_a_bill_is_named_by_its_place_below_the_current_folder_or_by_its_name_alone(
    given: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    write_csv(here / "bills" / "own.csv", focus_row())
    write_csv(tmp_path / "other" / "far.csv", focus_row())
    monkeypatch.chdir(here)

    reading = read_charges(given.format(here), lambda charges: charges.description)

    assert reading == f"FOCUS, 1 file: {told}"


def test_no_note_of_a_bill_names_a_folder_of_the_machine(tmp_path: Path) -> None:
    write_csv(tmp_path / "bill.csv", focus_row(), focus_row(BilledCost="twelve"))
    (tmp_path / "readme.csv").write_text("read,me\n1,2\n", encoding="utf-8")
    source = BillSource(str(tmp_path), on_bad_row="report")

    notes = source.fetch_costs([an_slo()], "USD", datetime(2026, 10, 1, tzinfo=UTC)).notes

    assert len(notes) == 2
    assert [note for note in notes if str(tmp_path.parent) in note] == []


def test_the_newest_version_of_a_period_wins_and_a_note_says_so(tmp_path: Path) -> None:
    period = tmp_path / "data" / "BILLING_PERIOD=2026-09"
    aged(write_csv(period / "run-b" / "f.csv", focus_row(BilledCost="5")), 1_000)
    aged(write_csv(period / "run-a" / "f.csv", focus_row(BilledCost="7")), 2_000)

    reading = read_bill(tmp_path)

    assert total(reading) == "7"
    assert reading.notes == (
        "Billing period 2026-09 has 2 versions: used run-a, left out 1 superseded file.",
    )


def test_the_manifest_of_a_legacy_report_names_the_version_that_counts(tmp_path: Path) -> None:
    period = tmp_path / "report" / "20260901-20261001"
    aged(write_csv(period / "id-1" / "report-1.csv", cur_row()), 1_000)
    aged(write_csv(period / "id-2" / "report-1.csv", cur_row()), 9_000)
    manifest = {
        "assemblyId": "id-1",
        "billingPeriod": {"start": "20260901T000000.000Z", "end": "20261001T000000.000Z"},
        "reportKeys": ["prefix/report/20260901-20261001/id-1/report-1.csv"],
    }
    write_json(period / "report-Manifest.json", manifest)

    reading = read_bill(tmp_path)

    assert reading.charges.rows == 1
    assert "used id-1, left out 1 superseded file." in reading.notes[0]


def test_an_export_with_files_missing_is_no_smaller_bill(tmp_path: Path) -> None:
    period = tmp_path / "data" / "BILLING_PERIOD=2026-09"
    write_csv(period / "f-00001.csv", focus_row())
    names = ["data/BILLING_PERIOD=2026-09/f-00001.csv", "data/BILLING_PERIOD=2026-09/f-00002.csv"]
    write_json(tmp_path / "metadata" / "f-Manifest.json", {"dataFiles": names})

    with pytest.raises(
        CostDataError, match=r"f-00002.csv: the manifest f-Manifest.json names 2 files and 1"
    ):
        read_bill(tmp_path)


def test_a_manifest_alone_is_no_bill(tmp_path: Path) -> None:
    manifest = write_json(tmp_path / "f-Manifest.json", {"dataFiles": ["a/b.csv"]})

    with pytest.raises(CostDataError, match="is a manifest; give the export's folder instead"):
        read_bill(manifest)


def test_a_glob_reads_every_match(tmp_path: Path) -> None:
    write_csv(tmp_path / "a" / "1.csv", focus_row())
    write_csv(tmp_path / "b" / "2.csv", focus_row(SubAccountId="222233334444"))
    write_csv(tmp_path / "b" / "3.txt", focus_row())

    assert total(read_bill(f"{tmp_path}/**/*.csv")) == "2"


def test_what_is_no_bill_in_a_folder_is_left_out_and_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "bill.csv", focus_row())
    units = write_csv(tmp_path / "units.csv", {"date": "2026-09-01", "amount": "3"})
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / "NOTICE").touch()
    (tmp_path / ".hidden.csv").write_text("x")
    (tmp_path / "_temporary").mkdir()
    (tmp_path / "_temporary" / "part-0.csv").write_text("x")

    reading = read_bill(tmp_path)

    assert total(reading) == "1"
    assert reading.notes == (
        f"Skipped (not a bill): {units.name}.",
        "Left out: .hidden.csv (hidden), NOTICE (empty), part-0.csv (hidden).",
    )


def test_a_damaged_bill_in_a_folder_is_never_left_out(tmp_path: Path) -> None:
    write_csv(tmp_path / "bill.csv", focus_row())
    (tmp_path / "other").write_bytes(b"PAR1 and nothing more")

    with pytest.raises(CostDataError, match="parquet file is cut short"):
        read_bill(tmp_path)


def test_a_text_in_a_folder_that_begins_with_an_empty_line_is_left_out_but_no_csv(
    tmp_path: Path,
) -> None:
    write_csv(tmp_path / "bill.csv", focus_row())
    (tmp_path / "LICENSE").write_text("\n  Licence\n")

    assert read_bill(tmp_path).notes == ("Skipped (not a bill): LICENSE.",)
    (tmp_path / "more.csv").write_text("\nno header\n")
    with pytest.raises(CostDataError, match="the first line is empty"):
        read_bill(tmp_path)
