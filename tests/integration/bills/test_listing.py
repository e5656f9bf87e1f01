# SPDX-License-Identifier: Apache-2.0
"""Each file of a folder is read once, or named: links, empty parts, what is no file at all."""

import os
from pathlib import Path

import pytest

from cost_slo.domain.errors import CostDataError
from tests.builders.bills import focus_row, read_bill, total, write_csv


def test_an_empty_part_stops_the_run_and_each_is_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "part-0.csv", focus_row())
    (tmp_path / "part-1.csv").touch()
    with pytest.raises(CostDataError, match=r"part-1.csv: the file is empty"):
        read_bill(tmp_path)

    (tmp_path / "part-2.csv.gz").touch()
    (tmp_path / "part-3.parquet").touch()
    with pytest.raises(
        CostDataError, match=r"3 files are empty \(part-1.csv, part-2.csv.gz, part-3.parquet\)"
    ):
        read_bill(tmp_path)


@pytest.mark.parametrize("location", ["part-1.csv", "*.csv", "sub"])
def test_an_empty_part_stops_the_run_however_it_is_given(location: str, tmp_path: Path) -> None:
    write_csv(tmp_path / "part-0.csv", focus_row())
    for folder in (tmp_path, tmp_path / "sub"):
        folder.mkdir(exist_ok=True)
        (folder / "part-1.csv").touch()

    with pytest.raises(CostDataError, match=r"part-1.csv: the file is empty"):
        read_bill(tmp_path / location)


@pytest.mark.parametrize("link", ["a-link.csv", "z-link.csv", "sub/link.csv"])
def test_a_link_to_a_file_of_the_folder_counts_once_and_is_named(link: str, tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "focus.csv", focus_row())
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(bill)

    reading = read_bill(tmp_path)

    assert total(reading) == "1"
    assert reading.description.endswith(tmp_path.name)
    assert reading.notes == (f"Left out: {Path(link).name} (the same file as focus.csv).",)


def test_a_file_with_two_names_counts_once_in_a_pattern_too(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "focus.csv", focus_row())
    os.link(bill, tmp_path / "latest.csv")

    reading = read_bill(f"{tmp_path}/*.csv")

    assert total(reading) == "1"
    assert reading.notes == ("Left out: latest.csv (the same file as focus.csv).",)


def test_links_to_nothing_and_to_themselves_are_left_out_and_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "bill" / "focus.csv", focus_row())
    (tmp_path / "bill" / "latest.csv").symlink_to("gone.csv")
    (tmp_path / "bill" / "loop.csv").symlink_to("loop.csv")

    reading = read_bill(tmp_path / "bill")

    assert total(reading) == "1"
    assert reading.notes == (
        "Left out: latest.csv (a link to nothing), loop.csv (a link to nothing).",
    )


def test_a_link_to_nothing_given_as_the_bill_is_called_that(tmp_path: Path) -> None:
    (tmp_path / "latest.csv").symlink_to("gone.csv")

    with pytest.raises(CostDataError, match=r"latest.csv: is a link to nothing; give the file"):
        read_bill(tmp_path / "latest.csv")


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    write_csv(tmp_path / "focus.csv", focus_row())
    os.mkfifo(tmp_path / "pipe.csv")

    assert read_bill(tmp_path).notes == ("Left out: pipe.csv (no regular file).",)
    assert total(read_bill(f"{tmp_path}/*.csv")) == "1"
    with pytest.raises(CostDataError, match=r"pipe.csv: is no regular file"):
        read_bill(tmp_path / "pipe.csv")


def test_a_linked_folder_is_read_and_one_that_repeats_is_not(tmp_path: Path) -> None:
    write_csv(tmp_path / "disk" / "august.csv", focus_row(ChargePeriodStart="2026-08-01"))
    write_csv(tmp_path / "bill" / "2026-09" / "september.csv", focus_row())
    (tmp_path / "bill" / "2026-08").symlink_to(tmp_path / "disk")
    (tmp_path / "bill" / "latest").symlink_to("2026-09")
    (tmp_path / "bill" / "2026-09" / "up").symlink_to("..")
    (tmp_path / "bill" / "2026-09" / "top").symlink_to(tmp_path)

    assert total(read_bill(tmp_path / "bill")) == "2"


@pytest.mark.parametrize(
    ("mark", "kind"),
    [
        ("_delta_log/00.json", "Delta"),
        (".hoodie/hoodie.properties", "Hudi"),
        ("metadata/00-uuid.metadata.json", "Iceberg"),
    ],
)
def test_a_table_that_keeps_replaced_rows_is_refused(mark: str, kind: str, tmp_path: Path) -> None:
    write_csv(tmp_path / "table" / "part-0.csv", focus_row())
    (tmp_path / "table" / mark).parent.mkdir()
    (tmp_path / "table" / mark).write_text("{}")

    with pytest.raises(CostDataError, match=f"table: is a {kind} table.*; export the table"):
        read_bill(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every folder")
def test_a_folder_that_may_not_be_read_stops_the_run(tmp_path: Path) -> None:
    write_csv(tmp_path / "focus.csv", focus_row())
    (tmp_path / "closed").mkdir(mode=0)

    with pytest.raises(CostDataError, match="closed: cannot be opened: Permission denied"):
        read_bill(tmp_path)
