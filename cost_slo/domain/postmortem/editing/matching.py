# SPDX-License-Identifier: Apache-2.0
"""Which line of an edited section did the draft write, and what does it say today?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cost_slo.domain.actions.items import same_text
from cost_slo.domain.actions.table import TableRow, is_recorded, table_rows
from cost_slo.domain.postmortem.editing.alignment import ALIKE, Alignment, align, likeness
from cost_slo.domain.postmortem.editing.lines import FRONT, plain_line

_SUGGESTION = re.compile(r"(?:<!-- cost-slo now: (.*) -->|# cost-slo now: (.*))\s*")

_Rows = Mapping[int, TableRow]


@dataclass(frozen=True, slots=True)
class LineMatch:
    """Lines by index. `untouched`, `edited` and `hinted` map theirs to the base's.

    `hinted` are suggestions of an earlier merge. `recorded` maps rows that people wrote and the
    record holds to ours. `now` maps the base's to ours; `added` are ours without one, each after a
    line of the base (-1: the start), in order.
    """

    untouched: Mapping[int, int]
    edited: Mapping[int, int]
    hinted: Mapping[int, int]
    recorded: Mapping[int, int]
    now: Mapping[int, int]
    added: Sequence[tuple[int, int]]
    rows: _Rows
    our_rows: _Rows


def matched(base: Sequence[str], theirs: Sequence[str], ours: Sequence[str]) -> LineMatch:
    """How three versions of a section's lines belong together."""
    base_rows, rows, our_rows = (_rows(lines) for lines in (base, theirs, ours))
    hinted = _hinted(base, theirs)
    walked = [index for index in range(len(theirs)) if index not in hinted]
    found = _aligned(base, [theirs[index] for index in walked])
    untouched = {walked[new]: old for old, new in found.same.items()}
    edited = {walked[new]: old for old, new in found.versions.items()}
    changed = _apart(_aligned(base, ours), base_rows, our_rows)
    recorded = _recorded(rows, our_rows, untouched)
    told = set(recorded.values())
    now = changed.same | changed.versions
    added = [(old, new) for old, new_ones in sorted(changed.added.items()) for new in new_ones]
    return LineMatch(
        untouched=untouched,
        edited=_by_item(edited, untouched, base_rows, rows),
        hinted=hinted,
        recorded=recorded,
        now={old: new for old, new in now.items() if new not in told},
        added=[(old, new) for old, new in added if new not in told],
        rows=rows,
        our_rows=our_rows,
    )


def hint(text: str, title: str) -> str:
    """A suggestion: a line as a comment, which neither a reader nor a YAML parser sees."""
    if title == FRONT:
        return f"# cost-slo now: {text}"
    return f"<!-- cost-slo now: {text.replace('-->', '--&gt;')} -->"


def hinted_text(text: str) -> str | None:
    """What a suggestion says; None for any other line."""
    found = _SUGGESTION.fullmatch(text)
    if found is None:
        return None
    return found[2] if found[1] is None else found[1].replace("--&gt;", "-->")


def is_same_item(one: TableRow | None, other: TableRow | None) -> bool:
    """Whether two rows are about one action item: of one number, else of one text."""
    if one is None or other is None or not (one.item and other.item):
        return False
    numbers = [row.number for row in (one, other) if row.number and row.number.isdigit()]
    if len(numbers) == 2:  # noqa: PLR2004  both have one
        return numbers[0] == numbers[1]
    if same_text(one.item, other.item):
        return True
    return not numbers and likeness(one.item, other.item) >= ALIKE


def _aligned(old: Sequence[str], new: Sequence[str]) -> Alignment:
    return align([plain_line(text) for text in old], [plain_line(text) for text in new])


def _rows(lines: Sequence[str]) -> dict[int, TableRow]:
    return {row.index: row for row in table_rows(lines)}


def _hinted(base: Sequence[str], theirs: Sequence[str]) -> dict[int, int]:
    left = {plain_line(text): index for index, text in reversed(list(enumerate(base)))}
    found = {}
    for index, text in enumerate(theirs):
        said = hinted_text(text)
        place = None if said is None else left.pop(plain_line(said), None)
        if place is not None:
            found[index] = place
    return found


def _by_item(
    edited: Mapping[int, int], untouched: Mapping[int, int], base_rows: _Rows, rows: _Rows
) -> dict[int, int]:
    """Edited rows belong to the drafted row of the same item, wherever it stands."""
    found, taken = dict(edited), set(untouched.values())
    for index in rows.keys() - untouched.keys():
        found.pop(index, None)
        same = [old for old, row in base_rows.items() if is_same_item(row, rows[index])]
        if same and same[0] not in taken:
            found[index] = same[0]
    return found


def _recorded(rows: _Rows, our_rows: _Rows, untouched: Mapping[int, int]) -> dict[int, int]:
    pairs = ((index, new) for index in rows.keys() - untouched.keys() for new in our_rows)
    return {index: new for index, new in pairs if is_recorded(rows[index], our_rows[new])}


def _apart(changed: Alignment, base_rows: _Rows, our_rows: _Rows) -> Alignment:
    """Rows of different action items are no versions of each other, however alike they look."""
    for old, new in list(changed.versions.items()):
        if new in our_rows and not is_same_item(base_rows.get(old), our_rows[new]):
            del changed.versions[old]
            changed.added.setdefault(old, []).insert(0, new)
    return changed
