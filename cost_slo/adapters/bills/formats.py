# SPDX-License-Identifier: Apache-2.0
"""Which of the files are the bill, and in which format is it? Told from columns and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Literal

import duckdb

from cost_slo.adapters.bills.ce_response import is_response, load_json
from cost_slo.adapters.bills.cur import is_cur
from cost_slo.adapters.bills.detect import BillFile, NoHeaderError, list_files, look_into, shown
from cost_slo.adapters.bills.focus import MARKS
from cost_slo.adapters.bills.versions import check_complete, current_files, load_manifest
from cost_slo.domain.errors import CostDataError

Format = Literal["focus", "cur", "cost-explorer"]
HINTS: Mapping[str, Format] = {
    "focus": "focus",
    "cur": "cur",
    "cur2": "cur",
    "cost-explorer": "cost-explorer",
}
SUFFIXES = {".csv", ".gz", ".json", ".parquet"}
"""A file of a folder with one of these means to be a bill, so its faults are never passed over."""
TITLES = {"focus": "FOCUS", "cur": "AWS Cost and Usage Report", "cost-explorer": "Cost Explorer"}
EXPECTED = (
    "expected FOCUS columns (ChargePeriodStart, ChargeCategory, BilledCost), AWS Cost and Usage "
    "Report columns (lineItem/UsageStartDate or line_item_usage_start_date), or the JSON of a "
    "GetCostAndUsage response (ResultsByTime)"
)


def find_bills(
    connection: duckdb.DuckDBPyConnection, location: str, format_hint: str | None
) -> tuple[list[BillFile], list[str]]:
    """The files that count, all of one format, and what to tell about the others."""
    paths, is_folder = list_files(location)
    looked, skipped = _looked_into(paths, connection, is_folder=is_folder)
    manifests = {
        file.path: manifest
        for file in looked
        if file.kind == "json" and (manifest := load_manifest(file.path)) is not None
    }
    if manifests and not is_folder and len(paths) == 1:
        raise CostDataError("is a manifest; give the export's folder instead", file=location)
    bills = [file for file in looked if file.path not in manifests]
    if is_folder:
        bills, others = _apart(bills, format_hint)
        skipped += [file.path for file in others]
    if not bills:
        raise CostDataError("no bill here: " + EXPECTED, file=location)
    check_complete([file.path for file in bills], manifests.values())
    current, notes = current_files([file.path for file in bills], manifests.values())
    kept = [file for file in bills if file.path in set(current)]
    _refuse_mixture(kept, format_hint)
    if skipped:
        names = ", ".join(shown(path) for path in sorted(skipped)[:5]) + (
            ", ..." if skipped[5:] else ""
        )
        notes.append(f"Not a bill, left out: {names}.")
    return kept, notes


def format_of(file: BillFile) -> Format:
    """The format a file's columns or keys show. Raises CostDataError when it is none."""
    if file.kind == "json":
        if is_response(load_json(file.path, gzipped=file.gzipped)):
            return "cost-explorer"
        raise CostDataError("not a bill: " + EXPECTED, file=file.path)
    names = [column.name for column in file.columns]
    if is_cur(names):
        return "cur"
    if MARKS.intersection(name.lower() for name in names):
        return "focus"
    have = ", ".join(names[:8]) + (", ..." if names[8:] else "")
    raise CostDataError(f"not a bill: {EXPECTED}; the columns are {have}", file=file.path)


def _looked_into(
    paths: Sequence[str], connection: duckdb.DuckDBPyConnection, *, is_folder: bool
) -> tuple[list[BillFile], list[str]]:
    """The files, and those that are none of a bill: a folder may hold its licence too."""
    files, others = [], []
    for path in paths:
        try:
            files.append(look_into(path, connection))
        except NoHeaderError:
            if not is_folder or PurePath(path).suffix.lower() in SUFFIXES:
                raise
            others.append(path)
    return files, others


def _apart(
    files: Sequence[BillFile], format_hint: str | None
) -> tuple[list[BillFile], list[BillFile]]:
    if format_hint is not None:
        return list(files), []
    bills: list[BillFile] = []
    others: list[BillFile] = []
    for file in files:
        try:
            format_of(file)
        except CostDataError:
            others.append(file)
        else:
            bills.append(file)
    return bills, others


def _refuse_mixture(files: Sequence[BillFile], format_hint: str | None) -> None:
    formats = {
        (HINTS[format_hint] if format_hint else format_of(file), file.kind == "json"): file.path
        for file in files
    }
    if len(formats) > 1:
        which = "; ".join(f"{TITLES[name]}: {path}" for (name, _), path in formats.items())
        raise CostDataError(f"bills of different formats would count charges twice ({which})")
