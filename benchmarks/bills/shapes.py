# SPDX-License-Identifier: Apache-2.0
"""In which of the shapes that people have does a generated bill lie on disk?"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.bills.charges import DOUBLE_DIGITS, LONG_DIGITS, Charge, cur_charges, focus_charges
from benchmarks.bills.columns import SPELLINGS, VERSIONS, cell, cur_columns, focus_columns
from benchmarks.bills.sheets import Sheet, keys_of
from benchmarks.bills.sums import QUESTIONS, Question, Sums, sums
from benchmarks.bills.writing import TIME_FORMS, Column, Writing

LATER = datetime(2026, 11, 1, tzinfo=UTC)
MIDWAY = datetime(2026, 9, 5, 12, tzinfo=UTC)
GROUPS = (
    (),
    ("SERVICE",),
    ("SERVICE", "product"),
    ("LINKED_ACCOUNT", "SERVICE"),
    ("RECORD_TYPE", "SERVICE"),
    ("RECORD_TYPE",),
    ("product", "RECORD_TYPE"),
    ("REGION", "RECORD_TYPE"),
)
ASKED = {
    "services": "SERVICE",
    "accounts": "LINKED_ACCOUNT",
    "regions": "REGION",
    "tags": "product",
    "providers": "",
    "": "",
}
DIALECTS = {
    "cur-legacy": "legacy",
    "cur-athena": "athena",
    "cur2": "cur2",
    "cur2-tags": "cur2-tags",
}
FAMILIES = {
    "focus-csv": 30,
    "focus-parquet": 20,
    "focus-jsonl": 8,
    "cur-legacy": 10,
    "cur-athena": 8,
    "cur2": 7,
    "cur2-tags": 7,
    "ce": 10,
}


@dataclass(slots=True)
class Bill:
    """A bill about to be written; `charges` are those of its sheets, in order.

    `manifests` make a file from the sheets' contents; `after` change the contents of everything.
    """

    family: str
    questions: tuple[Question, ...]
    as_of: datetime
    sheets: list[Sheet] = field(default_factory=list)
    layout: str = "single"
    location: str = ""
    manifests: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    extras: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    stamps: dict[str, int] = field(default_factory=dict)
    after: list[Callable[[dict[str, bytes]], None]] = field(default_factory=list)

    @property
    def charges(self) -> list[Charge]:
        return [charge for sheet in self.sheets for charge in sheet.charges]

    def sums(self, charges: Sequence[Charge] | None = None) -> Sums:
        """What the charges, or these instead, add up to."""
        return sums(self.charges if charges is None else charges, self.questions, self.as_of)

    def contents(self) -> dict[str, bytes]:
        """Every file by its path below the bill's folder."""
        found = {sheet.path: sheet.content() for sheet in self.sheets}
        found |= {path: make() for path, make in self.manifests.items()} | self.extras
        for change in self.after:
            change(found)
        return found


def a_bill(random: Random) -> Bill:
    """A sound bill; its one sheet is not laid out in files yet."""
    family = random.choices(list(FAMILIES), list(FAMILIES.values()))[0]
    writing = _writing(random, family)
    short = writing.amounts == "double"
    digits = DOUBLE_DIGITS if short else LONG_DIGITS
    make = cur_charges if family in DIALECTS else focus_charges
    charges = make(random, digits=digits)
    if family == "ce":
        charges = _answered(charges, writing)
    bill = Bill(family, _asked(random, family, writing), random.choice((LATER, LATER, MIDWAY)))
    bill.sheets = [a_sheet(random, family, writing, charges)]
    return bill


def a_sheet(random: Random, family: str, writing: Writing, charges: Sequence[Charge]) -> Sheet:
    """The charges as one file of a family."""
    name = "bill" + writing.suffix
    if family == "ce":
        return Sheet(name, writing, list(charges))
    dialect = DIALECTS.get(family, "focus")
    columns = (
        focus_columns(random, random.choice(VERSIONS), random.choice(list(SPELLINGS)))
        if dialect == "focus"
        else cur_columns(random, dialect)
    )
    return with_rows(Sheet(name, writing, list(charges), columns), dialect)


def with_rows(sheet: Sheet, dialect: str) -> Sheet:
    """The sheet with the cells of its charges."""
    rows = [[cell(charge, each, dialect) for each in sheet.columns] for charge in sheet.charges]
    return replace(sheet, rows=rows)


def part_of(sheet: Sheet, path: str, numbers: Sequence[int]) -> Sheet:
    """The numbered rows of a sheet as a file of their own."""
    return Sheet(
        path,
        replace(sheet.writing),
        [sheet.charges[n] for n in numbers],
        [Column(each.key, each.name, each.role) for each in sheet.columns],
        [list(sheet.rows[n]) for n in numbers] if sheet.rows else [],
    )


def _asked(random: Random, family: str, writing: Writing) -> tuple[Question, ...]:
    groups = {"", *writing.groups}
    known = [each for each in QUESTIONS[1:] if family != "ce" or ASKED[each.key] in groups]
    return (QUESTIONS[0], *random.sample(known, min(len(known), 2)))


def _answered(charges: Sequence[Charge], writing: Writing) -> list[Charge]:
    """Charges as a Cost Explorer answer can hold them: one a group and period."""
    groups = writing.groups
    found: dict[tuple[object, ...], Charge] = {}
    for each in charges:
        category = each.category if "RECORD_TYPE" in groups else "Usage"
        region = (each.region or "NoRegion") if "REGION" in groups else ""
        tags = each.tags if "product" in groups else {}
        charge = replace(
            each if writing.hourly else _of_a_day(each),
            category=category,
            frequency=None,
            region=region,
            tags=tags,
            provider="AWS",
        )
        found.setdefault((charge.start, charge.end, *keys_of(charge, groups)), charge)
    return list(found.values())


def _of_a_day(charge: Charge) -> Charge:
    start = charge.start.replace(hour=0)
    return replace(charge, start=start, end=start + timedelta(days=1))


def _writing(random: Random, family: str) -> Writing:
    if family == "ce":
        groups = random.choice(GROUPS)
        hourly = random.random() < 0.5
        return Writing("ce", gzipped=random.random() < 0.1, groups=groups, hourly=hourly)
    kinds = {"focus-csv": "csv", "focus-parquet": "parquet", "focus-jsonl": "jsonl"}
    default = "csv" if family == "cur-legacy" else random.choice(("csv", "parquet"))
    return a_writing(random, kinds.get(family, default))


def a_writing(random: Random, kind: str) -> Writing:
    """One of the ways to write a kind of file."""
    if kind == "parquet":
        return _parquet_writing(random)
    return _jsonl_writing(random) if kind == "jsonl" else _csv_writing(random)


def _csv_writing(random: Random) -> Writing:
    return Writing(
        "csv",
        gzipped=random.random() < 0.3,
        bom=random.random() < 0.2,
        delimiter=random.choices(",;\t|", (8, 1, 1, 1))[0],
        quoting=random.choices((csv.QUOTE_MINIMAL, csv.QUOTE_ALL), (3, 1))[0],
        newline=random.choices(("\n", "\r\n"), (3, 1))[0],
        nothing=random.choices(("", "NULL", "null", r"\N"), (6, 1, 1, 1))[0],
        time_form=random.choice(list(TIME_FORMS)),
        scientific=random.random() < 0.15,
    )


def _jsonl_writing(random: Random) -> Writing:
    return Writing(
        "jsonl",
        gzipped=random.random() < 0.3,
        newline=random.choices(("\n", "\r\n"), (3, 1))[0],
        time_form=random.choice(list(TIME_FORMS)),
        amounts=random.choice(("text", "double")),
        scientific=random.random() < 0.15,
        maps=random.choice(("json", "map", "records")),
    )


def _parquet_writing(random: Random) -> Writing:
    return Writing(
        "parquet",
        time_form=random.choice(list(TIME_FORMS)),
        amounts=random.choice(("text", "decimal", "double")),
        times=random.choice(("s", "ms", "us", "ns", "string")),
        zoned=random.random() < 0.5,
        maps=random.choice(("json", "map", "struct", "records")),
        texts=random.choice(("string", "string", "binary", "large", "dictionary")),
    )
