# SPDX-License-Identifier: Apache-2.0
"""Which of the files are the bill, and in which format? Columns and keys decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import duckdb

from cost_slo.adapters.bills.columns.cur import is_cur
from cost_slo.adapters.bills.columns.focus import MARKS
from cost_slo.adapters.bills.columns.shape import squeezed
from cost_slo.adapters.bills.files.beside import beside, beside_notes, date_notes, stated_recency
from cost_slo.adapters.bills.files.ce_response import is_response
from cost_slo.adapters.bills.files.copies import without_copies
from cost_slo.adapters.bills.files.detect import (
    BillFile,
    NoHeaderError,
    load_json,
    look_into,
    short_path,
)
from cost_slo.adapters.bills.files.focus_sets import Recency
from cost_slo.adapters.bills.files.listing import BILL_SUFFIXES, Listing, list_files, some
from cost_slo.adapters.bills.files.manifests import Manifest, load_manifest
from cost_slo.adapters.bills.files.versions import current_files
from cost_slo.domain.errors import CostDataError

Format = Literal["focus", "cur", "cost-explorer"]
HINTS: Mapping[str, Format] = {
    "focus": "focus",
    "cur": "cur",
    "cur2": "cur",
    "cost-explorer": "cost-explorer",
}
TITLES = {"focus": "FOCUS", "cur": "AWS Cost and Usage Report", "cost-explorer": "Cost Explorer"}
_EXPECTED = (
    "expected FOCUS columns (ChargePeriodStart, ChargeCategory, BilledCost), AWS Cost and Usage "
    "Report columns (lineItem/UsageStartDate or line_item_usage_start_date), or the JSON of a "
    "GetCostAndUsage response (ResultsByTime)"
)


@dataclass(frozen=True, slots=True)
class BillFiles:
    """The files of a bill, what was left out, and what manifests say of the files."""

    files: list[BillFile]
    notes: list[str]
    rows: Mapping[str, int]
    manifests: Mapping[str, Sequence[Manifest]]
    recency: Recency | None = None


def find_bills(
    connection: duckdb.DuckDBPyConnection, location: str, format_hint: str | None
) -> BillFiles:
    """The files that count, all of one format, and notes about the others."""
    listing = list_files(location)
    looked, skipped = _looked_into(listing, connection)
    manifests, bills = _manifests(looked)
    if manifests and not listing.is_folder and len(listing.paths) == 1:
        raise CostDataError("is a manifest; give the export's folder instead", file=location)
    aside = {file.path: title for file in bills if (title := beside(file)) is not None}
    if len(aside) == len(bills) == 1:
        ((path, title),) = aside.items()
        raise CostDataError(f"is {title}, not the bill; give FOCUS Cost and Usage", file=path)
    stated = [each for file in bills if file.path in aside and (each := stated_recency(file))]
    bills = [file for file in bills if file.path not in aside]
    if listing.is_folder:
        bills, others = _apart(bills, format_hint)
        skipped += [file.path for file in others]
    current = current_files([file.path for file in bills], manifests)
    if not bills:
        told = [*current.notes, *_left_out(skipped, listing.left_out)]
        raise CostDataError(". ".join(["no bill here: " + _EXPECTED, *told]), file=location)
    kept = [file for file in bills if file.path in set(current.paths)]
    _refuse_mixture(kept, format_hint)
    kept, copies = without_copies(kept, current.manifests)
    notes = [
        *current.notes,
        *_left_out(skipped, listing.left_out | copies),
        *beside_notes(aside, stated),
        *date_notes(kept),
    ]
    incomplete = min(stated, key=lambda each: each.incomplete_from, default=None)
    return BillFiles(kept, notes, current.rows, current.manifests, incomplete)


def _manifests(files: Sequence[BillFile]) -> tuple[list[Manifest], list[BillFile]]:
    manifests, bills = [], []
    for file in files:
        manifest = load_manifest(file) if file.kind == "json" else None
        if manifest is None:
            bills.append(file)
        else:
            manifests.append(manifest)
    return manifests, bills


def _left_out(skipped: Sequence[str], others: Mapping[str, str]) -> list[str]:
    notes = []
    if skipped:
        notes.append(f"Skipped (not a bill): {some(short_path(path) for path in sorted(skipped))}.")
    if others:
        named = (f"{short_path(path)} ({why})" for path, why in sorted(others.items()))
        notes.append(f"Left out: {some(named)}.")
    return notes


def format_of(file: BillFile) -> Format:
    """The format of a file by its columns or keys. Raises CostDataError if it has none."""
    if file.kind == "json":
        if is_response(load_json(file)):
            return "cost-explorer"
        raise CostDataError("not a bill: " + _EXPECTED, file=file.path)
    names = [column.name for column in file.columns]
    if is_cur(names):
        return "cur"
    if MARKS.intersection(squeezed(name) for name in names):
        return "focus"
    have = ", ".join(names[:8]) + (", ..." if names[8:] else "")
    raise CostDataError(f"not a bill: {_EXPECTED}; the columns are {have}", file=file.path)


def _looked_into(
    listing: Listing, connection: duckdb.DuckDBPyConnection
) -> tuple[list[BillFile], list[str]]:
    """The bill's files, and unrelated files of the folder, such as a licence."""
    files, others = [], []
    for path in listing.paths:
        try:
            files.append(look_into(path, connection))
        except NoHeaderError:
            if not listing.is_folder or PurePath(path).suffix.lower() in BILL_SUFFIXES:
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
