# SPDX-License-Identifier: Apache-2.0
"""Do a file's dates with slashes say whether the month or the day comes first?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from cost_slo.adapters.bills.columns.shape import squeezed
from cost_slo.domain.wording import day

STARTS = ("chargeperiodstart", "lineitemusagestartdate")
LOOKED_AT = 10_000
SLASHED = re.compile(r"\s*(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b")
MONTHS = 12


def is_start(name: str) -> bool:
    """Whether a column is when a charge starts."""
    return squeezed(name) in STARTS


def date_note(names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str | None:
    """How dates are read of which neither number is above 12, None if one proves the order.

    `rows` are the fields of the file's first rows, `names` its columns.
    """
    index = next((i for i, name in enumerate(names) if is_start(name)), None)
    if index is None:
        return None
    texts = {row[index] or "" for row in islice(rows, LOOKED_AT) if len(row) > index}
    found = [(text, match) for text in sorted(texts) if (match := SLASHED.match(text))]
    numbers = [(int(match[1]), int(match[2])) for _, match in found]
    if not found or any(max(pair) > MONTHS for pair in numbers):
        return None
    text, match = found[0]
    month, number = numbers[0]
    year = int(match[3]) + (0 if len(match[3]) > 2 else 2000)  # noqa: PLR2004
    if not month or not number:
        return None
    return f"Dates are read with the month first: `{text}` is {day(date(year, month, number))}."
