# SPDX-License-Identifier: Apache-2.0
"""Which rows does a JSON file hold: an object on each line, or a list of objects?

The engine would read numbers as floating point, so Python reads them as text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import duckdb

from cost_slo.adapters.bills.columns.cur import is_cur
from cost_slo.adapters.bills.columns.focus import MARKS
from cost_slo.adapters.bills.columns.shape import squeezed
from cost_slo.adapters.bills.engine import literal
from cost_slo.adapters.bills.files.focus_sets import other_set
from cost_slo.domain.errors import CostDataError

AT_ONCE = 5_000
SPACE = " \t\r\n\ufeff"

_Row = dict[str, str | None]


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    """An object as it is written: a key may be there twice."""


DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_float=_Number, parse_int=_Number, parse_constant=_Number
)


def are_rows(head: bytes) -> bool:
    """Whether a JSON text begins with a row of a bill, or of a FOCUS data set beside it."""
    text = head.decode("utf-8-sig", errors="replace").lstrip(SPACE + "[")
    try:
        first, _ = DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(first, _Pairs):
        return False
    names = [name for name, _ in first]
    marked = bool(MARKS.intersection(squeezed(name) for name in names))
    return is_cur(names) or marked or other_set(names) is not None


def column_names(file: BinaryIO, path: str) -> list[str]:
    """Every column that some row has, in the order in which they appear."""
    names: dict[str, None] = {}
    for row in _rows(file, path):
        names.update(dict.fromkeys(row))
    return list(names)


def fields(file: BinaryIO, path: str, names: Sequence[str]) -> Iterator[list[str | None]]:
    """Each row's values in the order of `names`."""
    return ([row.get(name) for name in names] for row in _rows(file, path))


def load_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    names: Sequence[str],
    file: BinaryIO,
    path: str,
) -> None:
    """Load the rows into a table: columns c0, c1, ... in the order of `names`, and `source_row`."""
    columns = [f"c{index}" for index in range(len(names))]
    described = ", ".join(f"{column} VARCHAR" for column in columns)
    connection.execute(f"CREATE TEMP TABLE {table} (source_row BIGINT, {described})")
    values = ", ".join(f"unnest(CAST(${column} AS VARCHAR[]))" for column in columns)
    insert = f"INSERT INTO {table} SELECT unnest(CAST($numbers AS BIGINT[])), {values}"
    for first, rows in _chunks(_rows(file, path)):
        numbers = list(range(first, first + len(rows)))
        cells = {
            column: [row.get(name) for row in rows]
            for column, name in zip(columns, names, strict=True)
        }
        connection.execute(insert, {"numbers": numbers, **cells})


def table_source(table: str, path: str) -> str:
    return f"(SELECT *, {literal(path)} AS source_file FROM {table})"  # noqa: S608


def _chunks(rows: Iterable[_Row]) -> Iterator[tuple[int, list[_Row]]]:
    chunk: list[_Row] = []
    count = 0
    for row in rows:
        chunk.append(row)
        if len(chunk) == AT_ONCE:
            yield count + 1, chunk
            count += len(chunk)
            chunk = []
    if chunk:
        yield count + 1, chunk


def _rows(file: BinaryIO, path: str) -> Iterator[_Row]:
    start = file.read(1 << 10).decode("utf-8-sig", errors="replace").lstrip(SPACE)
    file.seek(0)
    if start.startswith("["):
        listed = _parsed(file.read(), path, "the file")
        yield from (_row(each, path, f"row {n}") for n, each in enumerate(listed, start=1))
        return
    for number, line in enumerate(file, start=1):
        if line.strip(SPACE.encode()):
            where = f"line {number}"
            yield _row(_parsed(line, path, where), path, where)


def _parsed(text: bytes, path: str, where: str) -> Any:  # noqa: ANN401
    try:
        return DECODER.decode(text.decode().strip(SPACE))
    except UnicodeDecodeError as error:
        raise CostDataError(f"{where} is not UTF-8; save the file as UTF-8", file=path) from error
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", str(error))
        column = f" at character {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise CostDataError(f"{where} is not JSON ({reason}{column})", file=path) from error


def _row(parsed: object, path: str, where: str) -> _Row:
    if not isinstance(parsed, _Pairs):
        raise CostDataError(f"{where} is not a JSON object with a row's columns", file=path)
    twice = [name for name, count in Counter(name for name, _ in parsed).items() if count > 1]
    if twice:
        raise CostDataError(f"{where} has this column twice; keep one", file=path, column=twice[0])
    return {name: _cell(value) for name, value in parsed}


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    return _written(value)


def _written(value: object) -> str:
    """The value as JSON text, with its numbers as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, _Pairs):
        return "{" + ", ".join(f"{json.dumps(k)}: {_written(v)}" for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(each) for each in value) + "]"
    return json.dumps(value)
