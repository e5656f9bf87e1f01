# SPDX-License-Identifier: Apache-2.0
"""Why can a value not be read, if its text shows it?"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

DAY_FIRST = re.compile(r"\s*(1[3-9]|2\d|3[01])[/.-]\d{1,2}[/.-]\d{2,4}\b")
_LONG = re.compile(r"[+-]?\d*\.\d{24}\d*[1-9]\d*\s*")
PLAIN = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*")
DRESSED = re.compile(r"\s*[(+-]?\s*(\D{0,4}[\d.,' ]*\d[\d.,' ]*)\D{0,4}\)?\s*")
# An entry of a map as the engine writes it: `{product=search, env=prod}`.
_ENTRY = re.compile(r"(?<=[{ ])([^={},]+)=")


def text_hint(column: str, text: str, label: str) -> str | None:
    """Why this text of a column cannot be read, and what to do; None if nothing is known."""
    return next(_hints(column, text, label), None)


def _hints(column: str, text: str, label: str) -> Iterator[str]:
    if "\ufeff" in text:
        yield "it begins with an invisible byte order mark; remove it"
    if text.strip() == label:
        yield "the row repeats the header, so files were joined with theirs; remove it"
    if column == "charge_start" and DAY_FIRST.match(text):
        yield "the day comes before the month; write it as 2026-09-30"
    if column in ("billed_cost", "effective_cost"):
        yield from _of_amount(text)
    if column == "sub_account_id":
        yield "a spreadsheet cut the number; export account ids as text"
    if column == "tags" and (twice := _written_twice(text)) is not None:
        yield f"the key `{twice}` is written twice with different values; keep one"
    if column == "effective_cost" and text.strip()[:1].isalpha():
        yield (
            "the line has no amount for it; export the report with its savings plan and "
            "reservation columns, or count BilledCost"
        )


def _of_amount(text: str) -> Iterator[str]:
    if _LONG.fullmatch(text):
        yield "it has more than 24 decimals, which cannot be added up exactly; round it"
    elif PLAIN.fullmatch(text):
        yield "its type or its digits are beyond DECIMAL(38, 24); cast it to that in the export"
    elif DRESSED.fullmatch(text):
        yield "write it without a currency sign, parentheses or separators of thousands"


def _written_twice(text: str) -> str | None:
    try:
        document = json.loads(text, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return next(iter(_repeated(_ENTRY.findall(text))), None)
    return next(iter(_repeated(_keys(document))), None)


def _repeated(keys: Iterable[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]


def _keys(document: Any) -> Iterator[str]:  # noqa: ANN401
    """The keys of an object, which is a tuple of pairs here, or of a list of key/value records."""
    if isinstance(document, tuple):
        yield from (key for key, _ in document)
    for each in document if isinstance(document, list) else []:
        if isinstance(each, tuple):
            record = {name.lower(): value for name, value in each}
            yield str(record.get("key", record.get("name")))
