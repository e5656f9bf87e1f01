# SPDX-License-Identifier: Apache-2.0
"""How is a table of charges written: as csv, JSON lines, Parquet or a Cost Explorer answer?"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from benchmarks.bills.charges import Charge
from benchmarks.bills.parquet import parquet
from benchmarks.bills.writing import Cell, Column, Writing, in_shape, plain, text_of

RECORDS = {"Purchase": "Recurring reservation fee", "Adjustment": "Refund"}


@dataclass(slots=True)
class Sheet:
    """One file: its charges and the same as cells; a Cost Explorer answer has charges only."""

    path: str
    writing: Writing
    charges: list[Charge]
    columns: list[Column] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)

    def place(self, key: str) -> int | None:
        """Which column means this, None if there is none."""
        return next((n for n, column in enumerate(self.columns) if column.key == key), None)

    def content(self) -> bytes:
        """The file."""
        write = {"csv": _csv, "jsonl": _lines, "parquet": _parquet, "ce": _answer}
        written = write[self.writing.kind](self)
        return gzip.compress(written, 1, mtime=0) if self.writing.gzipped else written


def records(sheet: Sheet) -> list[str]:
    """The header and each row of a csv file, line ends included."""
    names = [column.name for column in sheet.columns]
    texts = ([text_of(cell, sheet.writing) for cell in row] for row in sheet.rows)
    return [record(fields, sheet.writing) for fields in (names, *texts)]


def record(fields: Sequence[str], form: Writing) -> str:
    """The fields as a row of csv."""
    written = io.StringIO()
    csv.writer(
        written, delimiter=form.delimiter, quoting=form.quoting, lineterminator=form.newline
    ).writerow(fields)
    return written.getvalue()


def _csv(sheet: Sheet) -> bytes:
    return encoded("".join(records(sheet)), sheet.writing)


def encoded(text: str, form: Writing) -> bytes:
    """The text in UTF-8, with a byte order mark if the writing has one."""
    return (b"\xef\xbb\xbf" if form.bom else b"") + text.encode()


def _lines(sheet: Sheet) -> bytes:
    names = [column.name for column in sheet.columns]
    lines = (
        "{"
        + ", ".join(
            f"{json.dumps(name)}: {_json(cell, sheet.writing)}"
            for name, cell in zip(names, row, strict=True)
        )
        + "}"
        for row in sheet.rows
    )
    return "".join(f"{line}{sheet.writing.newline}" for line in lines).encode()


def _json(cell: Cell, writing: Writing) -> str:
    if cell is None:
        return "null"
    if isinstance(cell, Decimal) and writing.amounts != "text":
        return plain(cell, scientific=writing.scientific)
    if isinstance(cell, Mapping) and writing.maps != "json":
        return json.dumps(in_shape(cell, writing))
    return json.dumps(text_of(cell, writing))


def _parquet(sheet: Sheet) -> bytes:
    return parquet(sheet.columns, sheet.rows, sheet.writing)


def _answer(sheet: Sheet) -> bytes:
    form = "%Y-%m-%dT%H:%M:%SZ" if sheet.writing.hourly else "%Y-%m-%d"
    periods: dict[tuple[str, str], list[Charge]] = {}
    for charge in sheet.charges:
        period = (f"{charge.start:{form}}", f"{charge.end:{form}}")
        periods.setdefault(period, []).append(charge)
    groups = [_group(name) for name in sheet.writing.groups]
    results = [
        {
            "TimePeriod": {"Start": start, "End": end},
            "Total": {} if groups else _metrics(charges[0]),
            "Groups": [
                {"Keys": keys_of(charge, sheet.writing.groups), "Metrics": _metrics(charge)}
                for charge in charges
                if groups
            ],
            "Estimated": False,
        }
        for (start, end), charges in sorted(periods.items())
    ]
    document = {"GroupDefinitions": groups, "ResultsByTime": results}
    return json.dumps(document, indent=1).encode()


def _group(name: str) -> dict[str, str]:
    return {"Type": "TAG" if name == "product" else "DIMENSION", "Key": name}


def keys_of(charge: Charge, groups: Sequence[str]) -> list[str]:
    """The keys of a charge's group in a Cost Explorer answer."""
    keys = {
        "SERVICE": charge.service,
        "LINKED_ACCOUNT": charge.account,
        "REGION": charge.region or "NoRegion",
        "RECORD_TYPE": RECORDS.get(charge.category, charge.category),
        "product": f"product${charge.tags.get('product', '')}",
    }
    return [keys[name] for name in groups]


def _metrics(charge: Charge) -> dict[str, dict[str, str]]:
    amounts = {"UnblendedCost": charge.billed, "AmortizedCost": charge.effective}
    return {
        name: {"Amount": plain(cost), "Unit": charge.currency} for name, cost in amounts.items()
    }
