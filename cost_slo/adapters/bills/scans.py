# SPDX-License-Identifier: Apache-2.0
"""SQL that reads the rows of a bill's files, before they are charges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from cost_slo.adapters.bills.engine import literal, path_literal
from cost_slo.adapters.bills.files.detect import BYTE_ORDER_MARK, PARQUET, BillFile, open_bytes
from cost_slo.adapters.bills.files.json_rows import load_rows, table_source


@dataclass(frozen=True, slots=True)
class CsvLeniency:
    """How strictly csv is read.

    `mixed_lines` allows both kinds of line end in one file; `skip_bad` goes on after a row that
    is no csv.
    """

    mixed_lines: bool = False
    skip_bad: bool = False


def with_same_columns(files: Sequence[BillFile]) -> list[list[BillFile]]:
    """The files, grouped by columns, so that each mapping is planned once."""
    groups: dict[object, list[BillFile]] = {}
    for file in files:
        groups.setdefault((file.kind, frozenset(file.columns), len(file.columns)), []).append(file)
    return list(groups.values())


def scan(
    connection: duckdb.DuckDBPyConnection, files: Sequence[BillFile], leniency: CsvLeniency
) -> str:
    """SQL for the rows of files with the same columns, with `source_file` and `source_row`."""
    columns = ", ".join(column.ref for column in files[0].columns)
    parts = (
        f"SELECT {columns}, source_file, source_row FROM "  # noqa: S608
        f"{_loaded(connection, file) if file.kind == 'rows' else _source(file, leniency)}"
        for file in files
    )
    return f"({' UNION ALL '.join(parts)})"


def _source(file: BillFile, leniency: CsvLeniency) -> str:
    path = path_literal(file.path)
    name = literal(file.path)
    if file.kind == "parquet":
        return (
            f"(SELECT *, {name} AS source_file, file_row_number + 1 AS source_row "  # noqa: S608
            f"FROM read_parquet({path}, file_row_number=true, {PARQUET}))"
        )
    columns = ", ".join(f"'{column.ref}': 'VARCHAR'" for column in file.columns)
    options = (
        f"auto_detect=false, header=true, delim={literal(file.delimiter)}, quote='\"', "
        f"escape={literal(file.escape)}, hive_partitioning=false, columns={{{columns}}}, "
        f"compression='{'gzip' if file.gzipped else 'none'}', "
        f"strict_mode={'false' if leniency.mixed_lines else 'true'}"
    )
    if leniency.skip_bad:
        options += ", store_rejects=true"
    return (
        # the first field of a file that was appended begins with the mark of its byte order
        f"(SELECT * REPLACE (ltrim(c0, {literal(BYTE_ORDER_MARK)}) AS c0), "  # noqa: S608
        f"{name} AS source_file, row_number() OVER () AS source_row "
        f"FROM read_csv({path}, {options}))"
    )


def _loaded(connection: duckdb.DuckDBPyConnection, file: BillFile) -> str:
    (count,) = connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall()[0]
    table = f"json_rows_{count}"
    names = [column.name for column in file.columns]
    with open_bytes(file.path, gzipped=file.gzipped) as opened:
        load_rows(connection, table, names, opened, file.path)
    return table_source(table, file.path)
