# SPDX-License-Identifier: Apache-2.0
"""What is in a cell of a generated bill, and how is it written?"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Role = Literal["text", "time", "amount", "map"]
Cell = str | Decimal | datetime | Mapping[str, str] | None
TINY = Decimal("0.001")
TIME_FORMS: Mapping[str, Callable[[datetime], str]] = {
    "Z": lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}",
    "millis": lambda at: f"{at:%Y-%m-%dT%H:%M:%S.000Z}",
    "ticks": lambda at: f"{at:%Y-%m-%dT%H:%M:%S.0000000Z}",
    "minutes": lambda at: f"{at:%Y-%m-%dT%H:%MZ}",
    "space": lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
    "offset": lambda at: f"{at:%Y-%m-%dT%H:%M:%S+00:00}",
    "spark": lambda at: f"{at:%Y-%m-%dT%H:%M:%S.000+0000}",
    "query": lambda at: f"{at:%Y-%m-%d %H:%M:%S UTC}",
}


class Raw(str):
    """A cell's text as it is in the file, whatever its column holds otherwise."""

    __slots__ = ()


@dataclass(slots=True)
class Column:
    """A column: what it means, its name in the file, and what its cells are."""

    key: str
    name: str
    role: Role = "text"


@dataclass(slots=True)
class Writing:
    """How a file is written; what a kind of file has no use for is ignored."""

    kind: Literal["csv", "jsonl", "parquet", "ce"] = "csv"
    gzipped: bool = False
    bom: bool = False
    delimiter: str = ","
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
    newline: str = "\n"
    nothing: str = ""
    time_form: str = "Z"
    scientific: bool = False
    amounts: Literal["text", "decimal", "double", "integer"] = "text"
    times: str = "us"
    zoned: bool = True
    maps: Literal["json", "map", "struct", "records"] = "json"
    texts: str = "string"
    ids: Literal["text", "number", "float"] = "text"
    groups: tuple[str, ...] = ()
    hourly: bool = False

    @property
    def suffix(self) -> str:
        ending = {"jsonl": ".jsonl", "parquet": ".parquet", "ce": ".json"}.get(self.kind, ".csv")
        return ending + (".gz" if self.gzipped else "")


def plain(amount: Decimal, *, scientific: bool = False) -> str:
    """The digits of an amount; a scientific writer has an exponent for the smallest."""
    return f"{amount:E}" if scientific and abs(amount) < TINY else f"{amount:f}"


def text_of(cell: Cell, writing: Writing) -> str:
    """A cell as text."""
    if cell is None:
        return writing.nothing
    if isinstance(cell, datetime):
        return TIME_FORMS[writing.time_form](cell)
    if isinstance(cell, Decimal):
        return plain(cell, scientific=writing.scientific)
    if isinstance(cell, str):
        return str(cell)
    return json.dumps(in_shape(cell, writing), ensure_ascii=False)


def in_shape(cell: Mapping[str, str], writing: Writing) -> object:
    """A map as its writing has it: records of key and value, or an object."""
    if writing.maps == "records":
        return [{"key": key, "value": value} for key, value in cell.items()]
    return dict(cell)
