# SPDX-License-Identifier: Apache-2.0
"""The files of a bill as one FOCUS-shaped relation, `charges`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Self

import duckdb

from cost_slo.adapters.bills.columns.cur import cur_mapping
from cost_slo.adapters.bills.columns.focus import focus_mapping
from cost_slo.adapters.bills.columns.shape import (
    CHARGES,
    FileColumns,
    FocusMapping,
    plausible,
    select,
)
from cost_slo.adapters.bills.engine import connect, engine_errors
from cost_slo.adapters.bills.files.ce_response import read_response
from cost_slo.adapters.bills.files.detect import BillFile, load_json, short_path
from cost_slo.adapters.bills.files.formats import (
    HINTS,
    TITLES,
    BillFiles,
    Format,
    find_bills,
    format_of,
)
from cost_slo.adapters.bills.files.manifests import Manifest
from cost_slo.adapters.bills.scan import ce_relation
from cost_slo.adapters.bills.scan.answerable import Answerable
from cost_slo.adapters.bills.scans import CsvLeniency, scan, with_same_columns
from cost_slo.domain.errors import CostDataError

READERS = {"focus": focus_mapping, "cur": cur_mapping}
MAYBE_ABSENT = (
    "effective_cost",
    "service_name",
    "sub_account_id",
    "region_id",
    "provider_name",
    "sku_meter",
    "resource_id",
)


@dataclass(frozen=True, slots=True)
class Charges:
    """An open bill: the engine's connection, with the view `charges` in it.

    The view has the columns of `shape.CHARGES`, `charge_day`, `source_file` and `source_row`.
    `promised` are the rows that manifests say are in a file.
    """

    connection: duckdb.DuckDBPyConnection
    location: str
    format: Format
    files: tuple[BillFile, ...]
    answerable: Answerable
    labels: Mapping[str, str]
    has_currency: bool = True
    notes: tuple[str, ...] = ()
    monthly: bool = False
    estimated_from: date | None = None
    promised: Mapping[str, int] = field(default_factory=dict)
    manifests: Mapping[str, Sequence[Manifest]] = field(default_factory=dict)
    complete_until: date | None = None
    view: str = field(default="charges", init=False)

    @property
    def description(self) -> str:
        """Which bill this is, in words."""
        count, where = len(self.files), short_path(self.location)
        return f"{TITLES[self.format]}, {count} file{'s' if count != 1 else ''}: {where}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()


def open_charges(
    location: str,
    *,
    format_hint: str | None = None,
    leniency: CsvLeniency | None = None,
    leave_out: Collection[str] = (),
) -> Charges:
    """Open the bill at a file, folder or glob. Raises CostDataError naming the file or column.

    Files to `leave_out` are skipped: their charges are in others.
    """
    if format_hint is not None and format_hint not in HINTS:
        known = ", ".join(HINTS)
        raise CostDataError(f"unknown bill format `{format_hint}`; it is one of {known}")
    connection = connect()
    try:
        with engine_errors(location):
            found = find_bills(connection, location, format_hint)
            found.files[:] = [file for file in found.files if file.path not in leave_out]
            return _open(connection, location, format_hint, found, leniency or CsvLeniency())
    except BaseException:
        connection.close()
        raise


def _open(
    connection: duckdb.DuckDBPyConnection,
    location: str,
    format_hint: str | None,
    found: BillFiles,
    leniency: CsvLeniency,
) -> Charges:
    files, notes, recency = found.files, found.notes, found.recency
    if files[0].kind == "json":
        return _open_response(connection, location, files, notes)
    kind = HINTS[format_hint] if format_hint else format_of(files[0])
    reader = READERS[kind if kind in READERS else "focus"]
    alike = with_same_columns(files)
    shared = [reader(FileColumns(same[0].columns, same[0].path)) for same in alike]
    selects = [
        select(mapping, scan(connection, same, leniency))
        for same, mapping in zip(alike, shared, strict=True)
    ]
    _create_view(connection, " UNION ALL ".join(selects))
    mappings = [mapping for same, mapping in zip(alike, shared, strict=True) for _ in same]
    files = [file for same in alike for file in same]
    paths = {file.path for file in files}
    return Charges(
        connection,
        location,
        kind,
        tuple(files),
        _answerable(kind, files, mappings, location),
        mappings[0].labels,
        has_currency=all("currency" in mapping.expressions for mapping in mappings),
        notes=tuple(notes),
        promised={path: rows for path, rows in found.rows.items() if path in paths},
        manifests=found.manifests,
        estimated_from=recency.incomplete_from if recency else None,
        complete_until=recency.incomplete_from if recency and recency.by_day else None,
    )


def _create_view(connection: duckdb.DuckDBPyConnection, charges: str) -> None:
    times = (
        f"{plausible('charge_start')} AS charge_start, {plausible('charge_end')} AS charge_end, "
        f"CAST({plausible('billing_period')} AS DATE) AS billing_period"
    )
    connection.execute(
        "CREATE TEMP VIEW charges AS SELECT *, CAST(charge_start AS DATE) AS charge_day "  # noqa: S608
        f"FROM (SELECT * REPLACE ({times}) FROM ({charges}))"
    )


def _answerable(
    kind: Format, files: Sequence[BillFile], mappings: Sequence[FocusMapping], location: str
) -> Answerable:
    missing: dict[str, CostDataError] = {}
    for file, mapping in zip(files, mappings, strict=True):
        wanted = (*MAYBE_ABSENT, "tags") if kind == "focus" else MAYBE_ABSENT
        for name in wanted:
            if name not in mapping.expressions and name not in missing:
                missing[name] = CostDataError(
                    "an SLO needs this column, and the file lacks it",
                    file=file.path,
                    column=mapping.labels[name],
                )
    keys_of = {
        file.path: mapping.tag_keys
        for file, mapping in zip(files, mappings, strict=True)
        if mapping.tag_keys is not None
    }
    known = frozenset().union(*keys_of.values()) if len(keys_of) == len(files) else None
    return Answerable(
        missing,
        known,
        spelled_by_athena=kind == "cur",
        location=location,
        keys_of=keys_of,
        in_map=_only_in_map(files, mappings),
    )


def _only_in_map(
    files: Sequence[BillFile], mappings: Sequence[FocusMapping]
) -> dict[str, list[str]]:
    """For each relation column the files whose map alone may name it, if others have a column."""
    unsure = {
        name: [file.path for file, each in zip(files, mappings, strict=True) if name in each.in_map]
        for name in frozenset().union(*(each.in_map for each in mappings))
    }
    return {name: paths for name, paths in unsure.items() if len(paths) < len(files)}


def _open_response(
    connection: duckdb.DuckDBPyConnection,
    location: str,
    files: Sequence[BillFile],
    notes: Sequence[str],
) -> Charges:
    for file in files:
        format_of(file)
    response = read_response({file.path: load_json(file) for file in files})
    _create_view(connection, ce_relation.load_table(connection, response))
    return Charges(
        connection,
        location,
        "cost-explorer",
        tuple(files),
        ce_relation.answerable(response, location),
        ce_relation.LABELS,
        notes=(*notes, *response.notes),
        monthly=response.monthly,
        estimated_from=response.estimated_from,
    )


__all__ = ["CHARGES", "Charges", "CsvLeniency", "open_charges"]
