# SPDX-License-Identifier: Apache-2.0
"""Amounts of a bill in other spellings, and cells with nothing in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from random import Random

from benchmarks.bills.charges import ZERO
from benchmarks.bills.column_mutations import NAMES, is_asked, tabular
from benchmarks.bills.shapes import Bill
from benchmarks.bills.sheets import Sheet
from benchmarks.bills.sums import Sums
from benchmarks.bills.verdicts import Expected
from benchmarks.bills.writing import Cell, Raw

NOTHING = ("", "NULL", "null", r"\N", "None", "nan", "NaN", "N/A", "#N/A", "<NA>", "-", " ", "NaT")
AMOUNTS: dict[str, Callable[[Decimal], str]] = {
    "thousands": lambda cost: f"{cost:,f}",
    "european": lambda cost: f"{cost:,f}".translate(str.maketrans(",.", ".,")),
    "comma": lambda cost: f"{cost:f}".replace(".", ","),
    "dollars": lambda cost: f"${cost:f}",
    "with currency": lambda cost: f"{cost:f} USD",
    "accounting": lambda cost: f"({-cost:f})" if cost < 0 else f"{cost:f}",
    "plus": lambda cost: f"+{cost:f}" if cost >= 0 else f"{cost:f}",
    "spaces": lambda cost: f" {cost:f} ",
    "scientific": lambda cost: f"{cost:e}",
    "underscores": lambda cost: f"{cost:,f}".replace(",", "_"),
    "thin": lambda cost: f"{cost:,f}".replace(",", "\u202f"),
    "apostrophes": lambda cost: f"{cost:,f}".replace(",", "'"),
    "minus sign": lambda cost: f"{cost:f}".replace("-", "\u2212"),
    "no zero": lambda cost: f"{cost:f}".replace("0.", ".", 1) if abs(cost) < 1 else f"{cost:f}",
    "trailing minus": lambda cost: f"{-cost:f}-" if cost < 0 else f"{cost:f}",
    "full width": lambda cost: f"{cost:f}".translate({48 + n: 0xFF10 + n for n in range(10)}),
    "zeros": lambda cost: f"{cost:f}" + ("0" * 30 if "." in f"{cost:f}" else "." + "0" * 30),
    "hexadecimal": lambda _: "0x1F",
    "infinite": lambda _: "Infinity",
    "formula": lambda cost: f"={cost:f}",
}
MEANINGLESS = ("hexadecimal", "infinite")


def a_row(sheet: Sheet, random: Random) -> int:
    return random.randrange(len(sheet.rows))


def put(sheet: Sheet, row: int, key: str, cell: Cell) -> bool:
    place = sheet.place(key)
    if place is None:
        return False
    sheet.rows[row][place] = cell
    return True


def _cost_of(bill: Bill) -> str:
    return "billed" if bill.family.startswith("focus") else "unblended"


def at_row(sheet: Sheet, row: int, key: str, *right: object, text: str = "") -> Expected:
    names = (sheet.columns[sheet.place(key) or 0].name, *NAMES[key])
    known = tuple(each for each in right if each is not None)
    marks = (text,) if len(text) > 2 else ()
    return Expected(known, (sheet.path,), row + 1, names, marks)  # type: ignore[arg-type]


def nothing_for_an_amount(bill: Bill, random: Random) -> Expected | None:
    key = random.choice((_cost_of(bill), "effective"))
    sheet = tabular(bill, random)
    if sheet is None or sheet.place(key) is None:
        return None
    row, text = a_row(sheet, random), random.choice(NOTHING)
    missing: Cell = Raw(text) if random.random() < 0.8 else None
    if sheet.writing.kind == "parquet" and sheet.writing.amounts == "double":
        missing = random.choice((None, Decimal("NaN")))
    put(sheet, row, key, missing)
    asked = key != "effective" or is_asked(bill, key)
    return at_row(sheet, row, key, None if asked else bill.sums(), text=text)


def nothing_for_a_date(bill: Bill, random: Random) -> Expected | None:
    return _nothing(bill, random, "start")


def nothing_for_a_category(bill: Bill, random: Random) -> Expected | None:
    return _nothing(bill, random, "category" if bill.family.startswith("focus") else "kind")


def _nothing(bill: Bill, random: Random, key: str) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None:
        return None
    row, text = a_row(sheet, random), random.choice(NOTHING)
    put(sheet, row, key, Raw(text))
    return at_row(sheet, row, key, text=text)


def nothing_for_a_text(bill: Bill, random: Random) -> Expected | None:
    """Without a service, region or frequency a charge is still a charge."""
    sheet = tabular(bill, random)
    key = random.choice(("service", "region", "frequency"))
    if sheet is None or sheet.place(key) is None or not bill.family.startswith("focus"):
        return None
    row, text = a_row(sheet, random), random.choice(NOTHING)
    put(sheet, row, key, Raw(text))
    none = {"service": "", "region": "", "frequency": None}[key]
    sheet.charges[row] = replace(sheet.charges[row], **{key: none})  # type: ignore[arg-type]
    return at_row(sheet, row, key, bill.sums(), text=text)


def nothing_for_tags(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None or sheet.place("tags") is None:
        return None
    row, text = a_row(sheet, random), random.choice((*NOTHING, "{}", "[]"))
    put(sheet, row, "tags", Raw(text))
    sheet.charges[row] = replace(sheet.charges[row], tags={})
    if sheet.writing.kind == "parquet":
        sheet.writing.maps = "json"
    return at_row(sheet, row, "tags", bill.sums(), text=text)


def amount_spelled_otherwise(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None:
        return None
    row, form = a_row(sheet, random), random.choice(list(AMOUNTS))
    place = sheet.place(_cost_of(bill)) or 0
    cost = sheet.rows[row][place]
    text = AMOUNTS[form](cost if isinstance(cost, Decimal) else ZERO)
    sheet.rows[row][place] = Raw(text)
    right = None if form in MEANINGLESS else bill.sums()
    expected = at_row(sheet, row, _cost_of(bill), right, text=text)
    return replace(expected, unknowable=form == "european" and "," not in text)


def amount_with_too_many_digits(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random)
    if sheet is None or not bill.family.startswith("focus"):
        return None
    row = a_row(sheet, random)
    digits = random.randint(25, 60)
    whole = random.choice((0, random.randint(0, 10**6), random.randint(10**15, 10**30)))
    cost = Decimal(f"{whole}.{'0' * random.randint(0, 20)}{random.randint(1, 10**digits)}")
    if random.random() < 0.2:
        cost = Decimal(random.randint(10**15, 10**37))
    text = random.choice((f"{cost:f}", f"{cost:E}"))
    put(sheet, row, "billed", Raw(text))
    rounded = None if "E" not in text else _with(bill, sheet, row, rounded_at_24(cost))
    exact = _with(bill, sheet, row, cost)
    return at_row(sheet, row, "billed", exact, rounded, text=text)


def rounded_at_24(cost: Decimal) -> Decimal:
    """The amount as a number with an exponent is read: data frames write floating point so."""
    with localcontext(prec=120):
        return cost.quantize(Decimal(1).scaleb(-24), ROUND_HALF_UP)


def _with(bill: Bill, sheet: Sheet, row: int, cost: Decimal) -> Sums:
    sheet.charges[row] = replace(sheet.charges[row], billed=cost)
    return bill.sums()


AMOUNTS_AND_NOTHING = (
    nothing_for_an_amount,
    nothing_for_a_date,
    nothing_for_a_category,
    nothing_for_a_text,
    nothing_for_tags,
    amount_spelled_otherwise,
    amount_with_too_many_digits,
)
