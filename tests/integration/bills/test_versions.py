# SPDX-License-Identifier: Apache-2.0
"""The right version of a month: manifests decide before names, names before file times."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from cost_slo.domain.errors import CostDataError
from tests.builders.bills import cur_row, focus_row, read_bill, total, write_csv, write_json

OLDER = "2026-09-02T05:00:00.000Z-11111111-aaaa-4aaa-8aaa-000000000001"
NEWER = "2026-09-03T05:00:00.000Z-22222222-bbbb-4bbb-8bbb-000000000002"
RUN_1 = "11111111-aaaa-4aaa-8aaa-000000000001"
RUN_2 = "22222222-bbbb-4bbb-8bbb-000000000002"


def cost(path: Path, amount: str, *, at: int = 1_000) -> Path:
    """A file that charges this much, with a file time."""
    write_csv(path, focus_row(BilledCost=amount))
    os.utime(path, (at, at))
    return path


def data_export(folder: Path, run: str, *files: str, **more: str) -> Path:
    """The manifest of one run of an AWS export."""
    keys = [f"s3://bucket/export/data/BILLING_PERIOD=2026-09/{run}/{name}" for name in files]
    place = folder / "export" / "metadata" / "BILLING_PERIOD=2026-09" / run
    return write_json(place / "export-Manifest.json", {"dataFiles": keys, **more})


def azure(place: Path, prefix: str, submitted: str, rows: dict[str, int]) -> Path:
    """The manifest of one run of an Azure export; `rows` counts those of each file."""
    document: dict[str, Any] = {
        "blobCount": len(rows),
        "dataRowCount": sum(rows.values()),
        "exportConfig": {"exportName": "daily", "type": "FocusCost"},
        "runInfo": {"submittedTime": submitted, "startDate": "2026-09-01T00:00:00"},
        "blobs": [
            {"blobName": f"{prefix}/{name}", "dataRowCount": count} for name, count in rows.items()
        ],
    }
    return write_json(place / "manifest.json", document)


def period(folder: Path) -> Path:
    return folder / "export" / "data" / "BILLING_PERIOD=2026-09"


@pytest.mark.parametrize("with_manifest", [(OLDER, NEWER), ()])
def test_the_later_run_by_its_name_counts_whatever_the_file_times(
    with_manifest: tuple[str, ...], tmp_path: Path
) -> None:
    cost(period(tmp_path) / OLDER / "e-00001.csv", "2", at=9_000)
    cost(period(tmp_path) / NEWER / "e-00001.csv", "3", at=1_000)
    for run in with_manifest:
        data_export(tmp_path, run, "e-00001.csv")

    reading = read_bill(tmp_path)

    assert total(reading) == "3"
    assert reading.notes == (
        f"Billing period 2026-09 has 2 versions: used {NEWER}, left out 1 superseded file.",
    )


def test_a_manifest_s_own_time_counts_before_names_and_file_times(tmp_path: Path) -> None:
    cost(period(tmp_path) / "run-a" / "e-00001.csv", "2", at=1_000)
    cost(period(tmp_path) / "run-b" / "e-00001.csv", "3", at=9_000)
    data_export(tmp_path, "run-a", "e-00001.csv", executionStartTime="2026-09-03T05:00:00.000Z")
    data_export(tmp_path, "run-b", "e-00001.csv", executionStartTime="2026-09-02T05:00:00.000Z")

    assert total(read_bill(tmp_path)) == "2"


def test_a_run_without_its_manifest_is_not_yet_delivered(tmp_path: Path) -> None:
    cost(period(tmp_path) / OLDER / "e-00001.csv", "2")
    cost(period(tmp_path) / NEWER / "e-00001.csv", "3")
    data_export(tmp_path, OLDER, "e-00001.csv")

    assert total(read_bill(tmp_path)) == "2"


def test_the_manifest_above_the_runs_decides_though_each_run_has_one(tmp_path: Path) -> None:
    month = tmp_path / "report" / "20260901-20261001"
    for run, at in (("id-1", 1_000), ("id-2", 9_000)):
        path = write_csv(month / run / "report-1.csv", cur_row({"lineItem/UnblendedCost": run[-1]}))
        os.utime(path, (at, at))
        keys = [f"prefix/report/20260901-20261001/{run}/report-1.csv"]
        write_json(month / run / "report-Manifest.json", {"assemblyId": run, "reportKeys": keys})
    keys = ["prefix/report/20260901-20261001/id-1/report-1.csv"]
    write_json(month / "report-Manifest.json", {"assemblyId": "id-1", "reportKeys": keys})

    assert total(read_bill(tmp_path)) == "1"


@pytest.mark.parametrize("folder", ["daily/20260901-20260930", "daily"])
def test_the_azure_run_that_was_submitted_last_counts(folder: str, tmp_path: Path) -> None:
    for run, amount, submitted in ((RUN_1, "2", "2026-09-03"), (RUN_2, "3", "2026-09-02")):
        cost(tmp_path / folder / run / "part_0_0001.csv", amount, at=int(amount) * 1_000)
        azure(
            tmp_path / folder / run,
            f"exports/{folder}/{run}",
            f"{submitted}T05:00:00.0000000Z",
            {"part_0_0001.csv": 1},
        )

    reading = read_bill(tmp_path)

    assert total(reading) == "2"
    assert "has 2 versions" in reading.notes[0]


def test_the_manifest_of_older_azure_exports_is_found_below_its_underscore(tmp_path: Path) -> None:
    run = tmp_path / "daily" / "20260901-20260930" / "202609030307" / RUN_1
    cost(run / "part_0_0001.csv", "2")
    blobs = [{"blobName": f"daily/20260901-20260930/202609030307/{RUN_1}/part_{n}_0001.csv"}
             for n in (0, 1)]  # fmt: skip
    write_json(run / "_manifest.json", {"blobs": blobs})

    with pytest.raises(CostDataError, match=r"part_1_0001.csv: the manifest _manifest.json names"):
        read_bill(tmp_path)


def test_of_azure_files_that_are_not_partitioned_the_last_run_counts(tmp_path: Path) -> None:
    folder = tmp_path / "daily" / "20260901-20260930"
    cost(folder / f"daily_{RUN_1}.csv", "2", at=1_000)
    cost(folder / f"daily_{RUN_2}.csv", "3", at=9_000)

    reading = read_bill(tmp_path)

    assert total(reading) == "3"
    assert f"used {RUN_2}, left out 1 superseded file." in reading.notes[0]


def test_a_part_that_is_missing_stops_the_run_in_every_kind_of_manifest(tmp_path: Path) -> None:
    cost(period(tmp_path) / NEWER / "e-00001.csv", "3")
    plain = data_export(tmp_path, NEWER, "e-00001.csv", "e-00002.csv")
    with pytest.raises(CostDataError, match=r"e-00002.csv: the manifest export-Manifest.json"):
        read_bill(tmp_path)

    packed = plain.with_name("export-Manifest.json.gz")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    with pytest.raises(CostDataError, match=r"the manifest export-Manifest.json.gz names 2 files"):
        read_bill(tmp_path)

    keys = json.loads(gzip.decompress(packed.read_bytes()))["dataFiles"]
    write_json(packed, {"entries": [{"url": key, "mandatory": True} for key in keys]})
    with pytest.raises(CostDataError, match="names 2 files and 1 of them"):
        read_bill(tmp_path)


def test_a_part_missing_of_a_superseded_run_does_not_matter(tmp_path: Path) -> None:
    cost(period(tmp_path) / OLDER / "e-00001.csv", "2")
    cost(period(tmp_path) / NEWER / "e-00001.csv", "3")
    data_export(tmp_path, OLDER, "e-00001.csv", "e-00002.csv")
    data_export(tmp_path, NEWER, "e-00001.csv")

    assert total(read_bill(tmp_path)) == "3"


def test_a_run_none_of_whose_files_is_here_is_named_unless_a_newer_one_is(tmp_path: Path) -> None:
    cost(period(tmp_path) / NEWER / "e-00001.csv", "3")
    data_export(tmp_path, NEWER, "e-00001.csv")
    data_export(tmp_path, OLDER, "e-00001.csv")
    assert read_bill(tmp_path).notes == ()

    latest = NEWER.replace("09-03", "09-04")
    data_export(tmp_path, latest, "e-00001.csv")
    keys = ["export/data/BILLING_PERIOD=2026-08/e-00001.csv"]
    august = tmp_path / "export" / "metadata" / "BILLING_PERIOD=2026-08"
    write_json(august / "august-Manifest.json", {"dataFiles": keys})

    assert [note.split(", such as ") for note in read_bill(tmp_path).notes] == [
        [
            "august-Manifest.json names 1 file of 2026-08",
            "BILLING_PERIOD=2026-08/e-00001.csv, and none is here.",
        ],
        [
            "export-Manifest.json names 1 file of 2026-09",
            f"{latest}/e-00001.csv, and none is here.",
        ],
    ]


def test_manifests_without_any_of_their_files_are_no_bill(tmp_path: Path) -> None:
    data_export(tmp_path, NEWER, "e-00001.csv")

    with pytest.raises(CostDataError, match=r"no bill here.*export-Manifest.json names 1 file"):
        read_bill(tmp_path)


def test_a_file_left_by_an_earlier_run_is_left_out_and_named(tmp_path: Path) -> None:
    cost(period(tmp_path) / "e-00001.csv", "3")
    cost(period(tmp_path) / "e-00002.csv", "2")
    data_export(tmp_path, "", "e-00001.csv")

    reading = read_bill(tmp_path)

    assert total(reading) == "3"
    assert reading.notes == ("Skipped (not in the manifest): BILLING_PERIOD=2026-09/e-00002.csv.",)


def test_a_part_may_have_been_unpacked(tmp_path: Path) -> None:
    cost(period(tmp_path) / "e-00001.csv", "3")
    data_export(tmp_path, "", "e-00001.csv.gz")

    reading = read_bill(tmp_path)

    assert (total(reading), reading.notes) == ("3", ())


def test_files_downloaded_into_one_folder_are_known_beside_their_manifest(tmp_path: Path) -> None:
    cost(tmp_path / "e-00001.csv", "3")
    keys = [f"s3://b/e/data/BILLING_PERIOD=2026-09/{NEWER}/e-0000{n}.csv" for n in (1, 2)]
    write_json(tmp_path / "e-Manifest.json", {"dataFiles": keys})

    with pytest.raises(CostDataError, match=r"e-00002.csv: the manifest e-Manifest.json names 2"):
        read_bill(tmp_path)


def test_a_part_of_another_account_s_export_does_not_stand_in(tmp_path: Path) -> None:
    for account, files in (("111", ("e-00001.csv", "e-00002.csv")), ("222", ("e-00001.csv",))):
        for name in ("e-00001.csv", "e-00002.csv"):
            if (account, name) != ("111", "e-00002.csv"):
                place = tmp_path / account / "data" / "BILLING_PERIOD=2026-09" / name
                write_csv(place, focus_row(SubAccountId=account, BilledCost=name[6]))
        keys = [f"s3://b/{account}/data/BILLING_PERIOD=2026-09/{name}" for name in files]
        if account == "222":
            keys.append("s3://b/222/data/BILLING_PERIOD=2026-09/e-00002.csv")
        write_json(tmp_path / account / "metadata" / "e-Manifest.json", {"dataFiles": keys})

    with pytest.raises(CostDataError, match="names 2 files and 1 of them"):
        read_bill(tmp_path)


@pytest.mark.parametrize("damage", ['{"dataFiles": ["s3://b/', ""])
def test_a_damaged_manifest_stops_the_run(damage: str, tmp_path: Path) -> None:
    cost(period(tmp_path) / "e-00001.csv", "3")
    data_export(tmp_path, "").write_text(damage)

    with pytest.raises(CostDataError, match=r"export-Manifest.json: the (manifest cannot|file is)"):
        read_bill(tmp_path)
