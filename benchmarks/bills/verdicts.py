# SPDX-License-Identifier: Apache-2.0
"""Was a generated bill read right, refused where the trouble is, or read wrong without a word?"""

from __future__ import annotations

import re
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Literal

from benchmarks.bills.shapes import Bill
from benchmarks.bills.sums import Split, Sums
from cost_slo.domain.errors import CostDataError, CostSloError
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import CostReading

Outcome = Literal[
    "right", "refused", "noted", "unknowable", "silent", "vague", "refused though sound", "crash"
]
FAULTS: tuple[Outcome, ...] = ("silent", "vague", "refused though sound", "crash")
OUTCOMES: tuple[Outcome, ...] = ("right", "refused", "noted", "unknowable", *FAULTS)


@dataclass(frozen=True, slots=True)
class Expected:
    """What may become of a bill.

    A reading is right if it is one of these sums. Any other must be named in a note: a file, one of
    the `words` or of the `marks`. A refusal names a file, and the row if there is one, else one of
    the `words` if there are any. `told` is for what must be named even if the sums are right,
    `sound` for what must not be refused, `unknowable` for what the format gives no way to notice.
    """

    right: tuple[Sums, ...]
    files: tuple[str, ...] = ()
    row: int | None = None
    words: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    told: bool = False
    sound: bool = False
    unknowable: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a bill, and why in words."""

    outcome: Outcome
    reason: str = ""


Reader = Callable[[str, Sequence[Slo], Bill], CostReading]


def read_bill(location: str, slos: Sequence[Slo], bill: Bill) -> CostReading:
    """What the product reads."""
    from cost_slo.adapters.bills.source import BillSource  # noqa: PLC0415  duckdb only when read

    return BillSource(location).fetch_costs(slos, "USD", bill.as_of)


def judged(bill: Bill, expected: Expected, folder: Path, read: Reader = read_bill) -> Verdict:
    """Read the bill that was written below a folder."""
    slos = [Slo.model_validate(question.document()) for question in bill.questions]
    try:
        reading = read(str(folder / bill.location), slos, bill)
    except CostDataError as error:
        return _refused(bill, expected, str(error))
    except CostSloError as error:
        return Verdict("vague", f"{type(error).__name__}: {error}")
    except Exception:  # noqa: BLE001  finding them is the point
        return Verdict("crash", "\n".join(traceback.format_exc().splitlines()[-5:]))
    return _read(bill, expected, reading)


def _refused(bill: Bill, expected: Expected, text: str) -> Verdict:
    if expected.sound:
        return Verdict("refused though sound", text)
    files = {Path(name).name for name in (*expected.files, bill.location)}
    if not any(name in text for name in files):
        return Verdict("vague", f"no file named: {text}")
    if expected.row is not None and not re.search(rf"\b(row|line) {expected.row}\b", text):
        return Verdict("vague", f"row {expected.row} is not named: {text}")
    if expected.row is None and expected.words and not _named(expected.words, text):
        return Verdict("vague", f"none of {', '.join(expected.words)} is named: {text}")
    return Verdict("refused", text)


def _read(bill: Bill, expected: Expected, reading: CostReading) -> Verdict:
    found = sums_of(reading)
    names = tuple(Path(name).name for name in expected.files)
    of_scopes = (note for notes in reading.scope_notes.values() for note in notes)
    notes = "\n".join((*reading.notes, *of_scopes))
    named = _named((*expected.marks, *expected.words, *names), notes)
    if any(_same(each, found, bill) for each in expected.right):
        if expected.told and not named:
            return Verdict("silent", f"right, but not named; notes: {notes or 'none'}")
        return Verdict("right")
    if expected.sound and _named([Path(sheet.path).name for sheet in bill.sheets], notes):
        return Verdict("refused though sound", notes)
    if named:
        return Verdict("noted", notes)
    why = _difference(expected, found) + f"; notes: {notes or 'none'}"
    return Verdict("unknowable" if expected.unknowable else "silent", why)


def _named(words: Sequence[str], text: str) -> bool:
    known = _letters(text)
    return any(word in text or (_letters(word) and _letters(word) in known) for word in words)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def sums_of(reading: CostReading) -> Sums:
    """A reading as sums: each day's split over all services."""
    days: dict[str, dict[date, Split]] = {}
    with localcontext(prec=120):
        for name, spend in reading.spend.items():
            split: defaultdict[date, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
            for day in spend:
                for place, cost in enumerate((day.usage, day.lumps, day.credits)):
                    split[day.day][place] += cost
            days[name] = {day: (a, b, c) for day, (a, b, c) in split.items() if a or b or c}
    rows = {name: count.in_scope for name, count in reading.scopes.items()}
    return Sums(
        days, rows, {name: cost for name, cost in reading.charges.cost_total.items() if cost}
    )


def _same(right: Sums, found: Sums, bill: Bill) -> bool:
    if not bill.family.startswith("focus"):  # a report's negations may be counted or left out
        found = replace(found, rows=right.rows)
    return right == found


def _difference(expected: Expected, found: Sums) -> str:
    if not expected.right:
        return "it was read, and nothing can be right"
    right = expected.right[0]
    for name, days in right.days.items():
        read = found.days.get(name, {})
        for day in sorted({*days, *read}):
            if days.get(day) != read.get(day):
                was, should = (_shown(each.get(day)) for each in (read, days))
                return f"`{name}` has {was} on {day} instead of {should}"
    return f"{found.totals} {found.rows} instead of {right.totals} {right.rows}"


def _shown(split: Split | None) -> str:
    names = ("usage", "lumps", "credits")
    return (
        ", ".join(
            f"{name} {cost:f}" for name, cost in zip(names, split or (), strict=False) if cost
        )
        or "nothing"
    )
