# SPDX-License-Identifier: Apache-2.0
"""Enumerated values, currencies, dates and tags of a bill in other spellings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from benchmarks.bills.amount_mutations import a_row, at_row, put
from benchmarks.bills.charges import Charge
from benchmarks.bills.column_mutations import NAMES, is_asked, tabular
from benchmarks.bills.shapes import Bill
from benchmarks.bills.verdicts import Expected
from benchmarks.bills.writing import Raw

FREQUENCIES = ("UsageBased", "Usage Based", "usage-based", "USAGE_BASED", " Usage-Based", "Usage")
CATEGORIES: tuple[Callable[[str], str], ...] = (str.lower, str.upper, "{} ".format, " {}".format)


def frequency_spelled_otherwise(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None or sheet.place("frequency") is None:
        return None
    text = random.choice(FREQUENCIES)
    for row, charge in enumerate(sheet.charges):
        if charge.frequency == "Usage-Based":
            put(sheet, row, "frequency", Raw(text))
    return Expected((bill.sums(),), (sheet.path,), words=NAMES["frequency"], marks=(text,))


def frequency_unknown(bill: Bill, random: Random) -> Expected | None:
    """An unknown frequency of usage counts as usage, and is named."""
    sheet = tabular(bill, random)
    if sheet is None or sheet.place("frequency") is None:
        return None
    row, text = a_row(sheet, random), random.choice(("Tiered", "Variable", "By the hour"))
    told = sheet.charges[row].category == "Usage"
    put(sheet, row, "frequency", Raw(text))
    if told:
        sheet.charges[row] = replace(sheet.charges[row], frequency=None)
    expected = at_row(sheet, row, "frequency", bill.sums(), text=text)
    return replace(expected, row=None, told=told)


def category_spelled_otherwise(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None or sheet.place("category") is None:
        return None
    row = a_row(sheet, random)
    text = random.choice(CATEGORIES)(sheet.charges[row].category)
    put(sheet, row, "category", Raw(text))
    return at_row(sheet, row, "category", bill.sums(), text=text)


def category_unknown(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None or sheet.place("category") is None:
        return None
    row, text = a_row(sheet, random), random.choice(("Consumption", "Marketplace", "Reservation"))
    put(sheet, row, "category", Raw(text))
    return at_row(sheet, row, "category", text=text)


def another_currency(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None or sheet.place("currency") is None:
        return None
    row = a_row(sheet, random)
    put(sheet, row, "currency", Raw("EUR"))
    outside = sheet.charges[row].start >= bill.as_of
    sheet.charges[row] = replace(sheet.charges[row], currency="EUR")
    right = (bill.sums(),) if outside else ()
    return Expected(right, (bill.location,), words=NAMES["currency"], marks=("EUR",))


def dates_day_first(bill: Bill, random: Random) -> Expected | None:
    form = random.choice(("%d/%m/%Y", "%d/%m/%y", "%d/%m/%Y %H:%M", "%d.%m.%Y", "%d-%m-%Y"))
    return _dates(bill, random, lambda at: at.strftime(form), whole="%H" not in form)


def dates_otherwise(bill: Bill, random: Random) -> Expected | None:
    forms: tuple[Callable[[datetime], str], ...] = (
        lambda at: f"{at.month}/{at.day}/{at.year}",
        lambda at: f"{at:%Y%m%d}",
        lambda at: f"{at:%Y/%m/%d}",
        lambda at: f"{at:%d-%b-%Y}",
        lambda at: f"{at:%b %d, %Y}",
        lambda at: str((at - datetime(1899, 12, 30, tzinfo=at.tzinfo)).days),
    )
    return _dates(bill, random, random.choice(forms), whole=True)


def times_otherwise(bill: Bill, random: Random) -> Expected | None:
    forms: tuple[Callable[[datetime], str], ...] = (
        lambda at: f"{at + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00",
        lambda at: f"{at - timedelta(hours=8):%Y-%m-%d %H:%M:%S}-08:00",
        lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.123456789Z",
        lambda at: str(int(at.timestamp())),
        lambda at: str(int(at.timestamp() * 1000)),
        lambda at: f"{at.month}/{at.day}/{at:%Y %H:%M:%S}",
        lambda at: f"{at:%Y-%m-%d %H:%M:%S} Z",
        lambda at: f"{at:%Y%m%dT%H%M%SZ}",
    )
    return _dates(bill, random, random.choice(forms), whole=False)


def _dates(
    bill: Bill, random: Random, form: Callable[[datetime], str], *, whole: bool
) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None or (place := sheet.place("start")) is None:
        return None
    for row, charge in enumerate(sheet.charges):
        sheet.rows[row][place] = Raw(form(charge.start))
        if whole:
            sheet.charges[row] = _of_the_day(charge)
    words = (sheet.columns[place].name, *NAMES["start"])
    return Expected((bill.sums(),), (sheet.path,), words=words, marks=("month first",))


def _of_the_day(charge: Charge) -> Charge:
    return replace(charge, start=charge.start.replace(hour=0))


def tags_in_other_letters(bill: Bill, random: Random) -> Expected | None:
    """A key or value that is spelled in two ways is counted as asked, and named."""
    sheet = tabular(bill, random)
    if sheet is None or sheet.place("tags") is None or not bill.family.startswith("focus"):
        return None
    # Later charges are not looked at, so their spelling is not named either.
    rows = [
        row
        for row, each in enumerate(sheet.charges)
        if each.tags.get("product") == "search" and each.start < bill.as_of
    ]
    if not rows or not is_asked(bill, "tags"):
        return None
    row = random.choice(rows)
    key, value = random.choice(
        (("Product", "search"), ("product", "Search"), ("PRODUCT", "search"))
    )
    both = bill.sums()
    tags = {key: value}
    put(sheet, row, "tags", tags)
    sheet.charges[row] = replace(sheet.charges[row], tags=tags)
    return Expected(
        (bill.sums(), both), (sheet.path,), marks=(key if key != "product" else value,), told=True
    )


def tag_key_written_twice(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random, "csv", "jsonl")
    if sheet is None or sheet.place("tags") is None or not is_asked(bill, "tags"):
        return None
    row, prefix = a_row(sheet, random), {"cur2": "user_", "cur2-tags": "resourceTags/"}
    key = prefix.get(bill.family, "") + "product"
    put(sheet, row, "tags", Raw(f'{{"{key}": "search", "{key}": "checkout"}}'))
    return at_row(sheet, row, "tags", text="product")


def tags_that_are_no_tags(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None or sheet.place("tags") is None:
        return None
    row = a_row(sheet, random)
    text = random.choice(
        ("product=search", "{'product': 'search'}", '{"product": "search"', "product")
    )
    put(sheet, row, "tags", Raw(text))
    if sheet.writing.kind == "parquet":
        sheet.writing.maps = "json"
    return at_row(sheet, row, "tags", None if is_asked(bill, "tags") else bill.sums(), text=text)


VALUES = (
    frequency_spelled_otherwise,
    frequency_unknown,
    category_spelled_otherwise,
    category_unknown,
    another_currency,
    dates_day_first,
    dates_otherwise,
    times_otherwise,
    tags_in_other_letters,
    tag_key_written_twice,
    tags_that_are_no_tags,
)
