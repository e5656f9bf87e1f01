# SPDX-License-Identifier: Apache-2.0
"""How are the cells of a generated bill stored in a Parquet file?"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.bills.writing import Cell, Column, Raw, Writing, in_shape, text_of


def parquet(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], writing: Writing) -> bytes:
    """The rows as a Parquet file."""
    arrays = [_array([row[n] for row in rows], column, writing) for n, column in enumerate(columns)]
    names = [column.name for column in columns]
    written = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=names), written, compression="snappy")
    return written.getvalue()


def _array(cells: Sequence[Cell], column: Column, writing: Writing) -> object:
    role = column.role
    if any(isinstance(cell, Raw) for cell in cells):
        texts = [None if cell is None else text_of(cell, writing) for cell in cells]
        return pa.array(texts, pa.string())
    if role == "amount":
        return _amounts(cells, writing)
    if role == "time" and writing.times != "string":
        return _times([_naive(cell) for cell in cells], writing)
    if column.key == "account" and writing.ids != "text":
        kind = int if writing.ids == "number" else float
        return pa.array([None if cell is None else kind(str(cell)) for cell in cells])
    if role == "map" and writing.maps != "json":
        return _maps(cells, writing)
    texts = [None if cell is None else text_of(cell, writing) for cell in cells]
    types = {"binary": pa.binary(), "large": pa.large_string()}
    found = pa.array(texts, pa.string()).cast(types.get(writing.texts, pa.string()))
    return found.dictionary_encode() if writing.texts == "dictionary" else found


def _times(times: Sequence[datetime | None], writing: Writing) -> object:
    if writing.times == "date":
        return pa.array([None if at is None else at.date() for at in times], pa.date32())
    return pa.array(times, pa.timestamp(writing.times, "UTC" if writing.zoned else None))


def _naive(cell: Cell) -> datetime | None:
    return cell.astimezone(UTC).replace(tzinfo=None) if isinstance(cell, datetime) else None


def _amounts(cells: Sequence[Cell], writing: Writing) -> object:
    if writing.amounts == "integer":
        return pa.array([None if cell is None else int(str(cell)) for cell in cells])
    if writing.amounts == "double":
        return pa.array([None if cell is None else float(str(cell)) for cell in cells])
    if writing.amounts == "text":
        texts = [None if cell is None else text_of(cell, writing) for cell in cells]
        return pa.array(texts, pa.string())
    exponents = [cell.as_tuple().exponent for cell in cells if isinstance(cell, Decimal)]
    scale = max((-each for each in exponents if isinstance(each, int)), default=0)
    return pa.array(cells, pa.decimal128(38, max(scale, 2)))


def _maps(cells: Sequence[Cell], writing: Writing) -> object:
    known = [cell if isinstance(cell, Mapping) else None for cell in cells]
    if writing.maps == "map":
        pairs = [None if cell is None else list(cell.items()) for cell in known]
        return pa.array(pairs, pa.map_(pa.string(), pa.string()))
    if writing.maps == "records":
        kind = pa.list_(pa.struct({"key": pa.string(), "value": pa.string()}))
        return pa.array([None if c is None else in_shape(c, writing) for c in known], kind)
    keys = sorted({key for cell in known if cell for key in cell}) or ["product"]
    structs = [None if cell is None else {key: cell.get(key) for key in keys} for cell in known]
    return pa.array(structs, pa.struct({key: pa.string() for key in keys}))
