# SPDX-License-Identifier: Apache-2.0
"""Columns that are renamed, left out, doubled, or stored as another type."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

from benchmarks.bills.charges import Charge
from benchmarks.bills.columns import SPELLINGS, VERSIONS, focus_columns
from benchmarks.bills.shapes import Bill, a_writing, with_rows
from benchmarks.bills.sheets import Sheet
from benchmarks.bills.verdicts import Expected
from benchmarks.bills.writing import Column, Raw

# What a column may be called in an error or a note.
NAMES = {
    "start": ("ChargePeriodStart", "lineItem/UsageStartDate"),
    "billed": ("BilledCost",),
    "unblended": ("lineItem/UnblendedCost",),
    "category": ("ChargeCategory",),
    "kind": ("lineItem/LineItemType",),
    "effective": ("EffectiveCost", "reservation/EffectiveCost"),
    "service": ("ServiceName",),
    "account": ("SubAccountId", "lineItem/UsageAccountId"),
    "region": ("RegionId", "product/region", "the bill names no region at all"),
    "tags": ("Tags", "resource_tags", "resourceTags"),
    "provider": ("ProviderName", "ServiceProviderName"),
    "currency": ("BillingCurrency", "lineItem/CurrencyCode"),
    "frequency": ("ChargeFrequency",),
}

ESSENTIAL = ("start", "billed", "unblended", "category", "kind")
OPTIONAL = (
    "effective",
    "service",
    "account",
    "region",
    "tags",
    "provider",
    "currency",
    "frequency",
)
ASKED = {
    "services": "service",
    "accounts": "account",
    "regions": "region",
    "tags": "tags",
    "providers": "provider",
}


def tabular(bill: Bill, random: Random, *kinds: str) -> Sheet | None:
    """One of the bill's files with columns and rows, of one of these kinds."""
    known = [
        sheet
        for sheet in bill.sheets
        if sheet.rows and sheet.columns and (not kinds or sheet.writing.kind in kinds)
    ]
    return random.choice(known) if known else None


def is_asked(bill: Bill, key: str) -> bool:
    """Whether an SLO needs the column."""
    if key == "effective":
        return any(each.metric == "EffectiveCost" for each in bill.questions)
    return any(ASKED.get(each.key) == key for each in bill.questions)


def _renamed(bill: Bill, sheet: Sheet, key: str, random: Random) -> Expected:
    column = sheet.columns[sheet.place(key) or 0]
    several = ("two exports",) if len(bill.sheets) > 1 else ()  # one of several looks foreign
    names = (column.name, *NAMES[key], *several)
    column.name = random.choice(("Column7", "my_" + column.name, column.name[:-2] + "_"))
    if key == "frequency":
        sheet.charges = [replace(charge, frequency=None) for charge in sheet.charges]
    stands_in = key == "provider" and sheet.place("old_provider") is not None
    is_needed = key in ESSENTIAL or (is_asked(bill, key) and not stands_in)
    return Expected(() if is_needed else (bill.sums(),), (sheet.path,), words=names)


def essential_column_renamed(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None:
        return None
    keys = [key for key in ESSENTIAL if sheet.place(key) is not None]
    return _renamed(bill, sheet, random.choice(keys), random)


def optional_column_renamed(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None:
        return None
    keys = [key for key in OPTIONAL if sheet.place(key) is not None]
    if not bill.family.startswith("focus"):
        keys = [key for key in keys if key != "service"]  # its code stands in
    return _renamed(bill, sheet, random.choice(keys), random) if keys else None


def column_named_twice(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random, "csv")
    if sheet is None:
        return None
    key = random.choice([key for key in ESSENTIAL if sheet.place(key) is not None])
    place = sheet.place(key) or 0
    name = sheet.columns[place].name
    sheet.columns.append(Column("again", random.choice((name, name.upper()))))
    for row in sheet.rows:
        row.append(row[place] if random.random() < 0.5 else Raw("1"))
    return Expected((bill.sums(),), (sheet.path,), words=(name, *NAMES[key]))


def spaces_around_the_names(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random, "csv")
    if sheet is None:
        return None
    for column in sheet.columns:
        column.name = random.choice((f" {column.name}", f"{column.name} "))
    return Expected((bill.sums(),), sound=True)


def versions_mixed(bill: Bill, random: Random) -> Expected | None:
    """One file in another version and spelling of FOCUS."""
    sheet = tabular(bill, random)
    if sheet is None or not bill.family.startswith("focus") or len(bill.sheets) == 1:
        return None
    sheet.columns = focus_columns(random, random.choice(VERSIONS), random.choice(list(SPELLINGS)))
    sheet.rows = with_rows(sheet, "focus").rows
    return Expected((bill.sums(),), (sheet.path,), marks=("FOCUS",))


def encodings_mixed(bill: Bill, random: Random) -> Expected | None:
    """One file of several as another kind of file."""
    sheet = tabular(bill, random)
    if sheet is None or not bill.family.startswith("focus") or bill.manifests:
        return None
    if len(bill.sheets) == 1 or bill.layout == "parts":
        return None
    sheet.writing = replace(a_writing(random, random.choice(("csv", "parquet", "jsonl"))))
    if sheet.writing.amounts == "double":
        sheet.writing.amounts = "text"
    sheet.path = sheet.path.partition(".")[0] + sheet.writing.suffix
    if bill.location.startswith("bills/"):
        bill.location = "bills"
    return Expected((bill.sums(),), sound=True)


def ids_as_numbers(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None or (place := sheet.place("account")) is None:
        return None
    form = random.choice(("number", "float", "rounded"))
    files = [each for each in bill.sheets if each.rows]
    if sheet.writing.kind == "parquet" and not all(c.account.isdigit() for c in bill.charges):
        return None
    for each in files:
        if each.writing.kind == "parquet":
            each.writing.ids = "number" if form == "number" else "float"
            form = "float" if form == "rounded" else form
            continue
        for row in each.rows:
            row[place] = Raw(_number(str(row[place]), form))
    marks = ("account", "leading zero", "number")
    names = NAMES["account"]
    return Expected((bill.sums(),), tuple(e.path for e in files), words=names, marks=marks)


def _number(digits: str, form: str) -> str:
    if not digits.isdigit():
        return digits
    number = int(digits)
    shown = {"number": str(number), "float": f"{number}.0", "rounded": f"{number:.5E}"}
    return shown[form]


def whole_amounts_as_integers(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random, "parquet")
    if sheet is None:
        return None
    for each in bill.sheets:
        each.writing.amounts = "integer"
        each.charges = [_whole(charge) for charge in each.charges]
        for row in each.rows:
            row[:] = [_integer(cell) if isinstance(cell, Decimal) else cell for cell in row]
    return Expected((bill.sums(),), sound=True)


def _integer(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1))


def _whole(charge: Charge) -> Charge:
    unblended = None if charge.unblended is None else _integer(charge.unblended)
    return replace(
        charge,
        billed=_integer(charge.billed),
        effective=_integer(charge.effective),
        unblended=unblended,
    )


def times_as_dates(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random, "parquet")
    if sheet is None:
        return None
    for each in bill.sheets:
        each.writing.times = "date"
        each.charges = [replace(c, start=c.start.replace(hour=0)) for c in each.charges]
    return Expected((bill.sums(),), sound=True)


COLUMNS = (
    essential_column_renamed,
    optional_column_renamed,
    column_named_twice,
    spaces_around_the_names,
    versions_mixed,
    encodings_mixed,
    ids_as_numbers,
    whole_amounts_as_integers,
    times_as_dates,
)
