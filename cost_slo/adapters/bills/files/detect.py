# SPDX-License-Identifier: Apache-2.0
"""What is in a file? Its bytes decide, never its name."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import duckdb

from cost_slo.adapters.bills.columns.shape import Column
from cost_slo.adapters.bills.columns.us_dates import LOOKED_AT, date_note, is_start
from cost_slo.adapters.bills.columns.values_sql import WIDE
from cost_slo.adapters.bills.engine import engine_errors, identifier, path_literal
from cost_slo.adapters.bills.files.json_rows import are_rows, column_names, fields
from cost_slo.domain.errors import CostDataError

_DELIMITERS = ",;\t|"
HEADER_BYTES = 1 << 20
BYTE_ORDER_MARK = "\ufeff"
# Some writers store text without saying that it is text.
PARQUET = "hive_partitioning=false, binary_as_string=true"
FOREIGN_MAGIC = {
    b"PK\x03\x04": "is a zip or Excel file; unpack it, or save it as csv",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; unpack it, or compress it with gzip",
    b"BZh": "is compressed with bzip2; unpack it, or compress it with gzip",
    b"\xff\xfe": "is UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text; save it as UTF-8",
}


class NoHeaderError(CostDataError):
    """The file is no text with a header."""


@dataclass(frozen=True, slots=True)
class BillFile:
    """One file and its columns; `rows` is JSON with an object a row, `json` any other JSON."""

    path: str
    kind: Literal["csv", "parquet", "rows", "json"]
    columns: tuple[Column, ...] = ()
    delimiter: str = ","
    escape: str = '"'
    gzipped: bool = False
    note: str | None = None


def short_path(location: str) -> str:
    """A path as a report names it: below the current folder, else only its last name.

    Reports outlive the machine they were made on, and are read by others.
    """
    here = Path.cwd()
    path = Path(os.path.normpath(here / location))
    if path != here and path.is_relative_to(here):
        return path.relative_to(here).as_posix()
    return path.name or location


def look_into(path: str, connection: duckdb.DuckDBPyConnection) -> BillFile:
    """What the file is. Raises CostDataError if it cannot be a bill."""
    with reading_file(path):
        with Path(path).open("rb") as file:
            magic = file.read(4)
        if not magic:
            raise CostDataError("the file is empty; a bill has at least a header", file=path)
        for start, reason in FOREIGN_MAGIC.items():
            if magic.startswith(start):
                raise CostDataError(reason, file=path)
        if magic == b"PAR1":
            columns = _parquet_columns(path, connection)
            note = _parquet_dates(path, columns, connection)
            return BillFile(path, "parquet", columns, note=note)
        return _text_file(path, gzipped=magic.startswith(b"\x1f\x8b"))


@contextmanager
def reading_file(path: str) -> Iterator[None]:
    """Raise CostDataError for failures to open or unpack a file."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = "the gzip file is cut short or damaged; download it again"
        raise CostDataError(reason, file=path) from error
    except OSError as error:
        raise CostDataError(f"cannot be opened: {error.strerror or error}", file=path) from error
    except UnicodeDecodeError as error:
        raise CostDataError(
            f"byte {error.start + 1} of the header is not UTF-8; save the file as UTF-8", file=path
        ) from error


def open_bytes(path: str, *, gzipped: bool) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb") if gzipped else Path(path).open("rb"))


def load_json(file: BillFile) -> object:
    with reading_file(file.path), open_bytes(file.path, gzipped=file.gzipped) as opened:
        content = opened.read()
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        reason = f"byte {error.start + 1} is not UTF-8; save the file as UTF-8"
        raise CostDataError(reason, file=file.path) from error
    except (ValueError, RecursionError) as error:
        raise CostDataError(f"is not JSON: {error}", file=file.path) from error


def _text_file(path: str, *, gzipped: bool) -> BillFile:
    with open_bytes(path, gzipped=gzipped) as file:
        head = file.read(HEADER_BYTES)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        if are_rows(head):
            return _json_rows(path, gzipped=gzipped)
        return BillFile(path, "json", gzipped=gzipped)
    if not head:
        raise CostDataError("the file is empty; a bill has at least a header", file=path)
    if (zero := head.find(b"\0")) >= 0:
        reason = f"byte {zero + 1} is 0, which no text in UTF-8 has; save the file as UTF-8"
        raise NoHeaderError(reason, file=path)
    line = head.splitlines()[0].decode("utf-8-sig")
    if not line.strip():
        raise NoHeaderError("the first line is empty; it must be the header", file=path)
    delimiter = max(_DELIMITERS, key=line.count)
    names = next(csv.reader(io.StringIO(line), delimiter=delimiter))
    columns = tuple(
        Column(name.strip(f" {BYTE_ORDER_MARK}"), f"c{index}") for index, name in enumerate(names)
    )
    escape = _escape(head, delimiter, len(names))
    rows = csv.reader(_whole_lines(head)[1:], **csv_options(delimiter, escape))
    note = date_note(names, _until_broken(rows))
    return BillFile(path, "csv", columns, delimiter, escape, gzipped, note)


def _json_rows(path: str, *, gzipped: bool) -> BillFile:
    with open_bytes(path, gzipped=gzipped) as file:
        names = column_names(file, path)
    columns = tuple(Column(name, f"c{index}") for index, name in enumerate(names))
    with open_bytes(path, gzipped=gzipped) as file:
        note = date_note(names, fields(file, path, names))
    return BillFile(path, "rows", columns, gzipped=gzipped, note=note)


def _escape(head: bytes, delimiter: str, width: int) -> str:
    """How a quote inside a field is written: doubled, or after a backslash as Spark does."""
    if b'\\"' not in head:
        return '"'
    whole = _whole_lines(head)
    fits = [
        escape for escape in ('"', "\\") if _is_csv(whole, width, csv_options(delimiter, escape))
    ]
    return fits[0] if fits else '"'


def _whole_lines(head: bytes) -> list[str]:
    lines = head.decode(errors="replace").splitlines(keepends=True)
    return lines[:-1] if len(head) == HEADER_BYTES else lines


def _until_broken(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    with suppress(csv.Error):
        yield from rows


def csv_options(delimiter: str, escape: str) -> dict[str, Any]:
    """Options of Python's csv reader, equal to the engine's with this escape."""
    backslash = {"doublequote": False, "escapechar": escape} if escape != '"' else {}
    return {"delimiter": delimiter, "strict": True, **backslash}


def _is_csv(lines: Sequence[str], width: int, options: dict[str, Any]) -> bool:
    try:
        return all(len(row) in (0, width) for row in csv.reader(lines, **options))
    except csv.Error:
        return False


def _parquet_columns(path: str, connection: duckdb.DuckDBPyConnection) -> tuple[Column, ...]:
    query = f"DESCRIBE SELECT * FROM read_parquet({path_literal(path)}, {PARQUET})"  # noqa: S608
    try:
        with engine_errors(path):
            rows = connection.execute(query).fetchall()
    except CostDataError as error:
        reason = "the parquet file is cut short or damaged; download it again"
        raise CostDataError(f"{reason} ({error})", file=path) from error
    stated = _stated_columns(path, connection)
    return tuple(
        Column(own, identifier(name), WIDE if is_wide else kind)
        for (name, kind, *_), (own, is_wide) in zip(rows, stated, strict=True)
    )


def _parquet_dates(
    path: str, columns: Sequence[Column], connection: duckdb.DuckDBPyConnection
) -> str | None:
    """A note about dates that are stored as text and can be read in two ways."""
    texts = [column for column in columns if is_start(column.name) and column.type == "VARCHAR"]
    if not texts:
        return None
    source = f"read_parquet({path_literal(path)}, {PARQUET})"
    query = f"SELECT {texts[0].ref} FROM {source} LIMIT {LOOKED_AT}"  # noqa: S608
    with engine_errors(path):
        return date_note([texts[0].name], connection.execute(query).fetchall())


def _stated_columns(path: str, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, bool]]:
    """Each column's name in the file, and whether it is a decimal of more than 38 digits.

    The engine renames columns that differ in letter case only, and reads such decimals as floating
    point. Below a column of the schema are its `num_children`.
    """
    query = (
        "SELECT name, coalesce(num_children, 0), coalesce(precision, 0) > 38 "  # noqa: S608
        f"FROM parquet_schema({path_literal(path)})"
    )
    _, *fields = connection.execute(query).fetchall()
    columns: list[tuple[str, bool]] = []
    below = 0
    for name, children, is_wide in fields:
        if not below:
            columns.append((name, is_wide))
        below += children - (1 if below else 0)
    return columns
