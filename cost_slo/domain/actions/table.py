# SPDX-License-Identifier: Apache-2.0
"""Action items in a Markdown table that people edit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cost_slo.domain.actions.items import ActionStatus, same_text
from cost_slo.domain.wording import month_name

# The status of an item that is not agreed yet.
SUGGESTED = "suggested"

# Accepted names of columns, lower case.
_COLUMNS = {
    **dict.fromkeys(("#", "id", "no", "no.", "number"), "number"),
    **dict.fromkeys(("item", "action item", "action"), "item"),
    **dict.fromkeys(("owner", "team"), "owner"),
    **dict.fromkeys(("due", "due date"), "due"),
    "priority": "priority",
    **dict.fromkeys(("expected effect", "effect"), "effect"),
    "status": "status",
}

_BORDER = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>|#~&])")
_RULE = re.compile(r"\|?(\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?")
_BLOCK = re.compile(r"<(?!!--)|>|[-*+] |\d+[.)] |```|~~~|[-*_]{3,}\s*$")
_IGNORED = re.compile(r"<!--|[\s|:-]+$")
_NOTHING = ("", "-", "?", "n/a", "none", "tbd")
_DAY = re.compile(r"(\d{1,2})\.? ([A-Za-z]{3})[a-z]*\.? (\d{4})")
_MONTHS = {month_name(date(2000, number, 1)): number for number in range(1, 13)}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row, on line `index`; a column that the table lacks is None.

    `too_many`: the row has more cells than the table has `columns`.
    """

    index: int
    number: str | None = None
    item: str | None = None
    owner: str | None = None
    due: str | None = None
    priority: str | None = None
    effect: str | None = None
    status: str | None = None
    too_many: bool = False
    columns: tuple[str | None, ...] = ()


def table_rows(lines: Sequence[str]) -> list[TableRow]:
    """The rows of every table with an item and an owner column, in order.

    Comments and empty lines between rows do not end a table.
    """
    found, columns, is_inside = list[TableRow](), tuple[str | None, ...](), False
    for index, line in enumerate(lines):
        if "|" in line and index + 1 < len(lines) and _is_rule(lines[index + 1]):
            columns, is_inside = _columns(line), True
        elif line.startswith("#"):
            columns = ()
        elif not line.strip() or _BLOCK.match(line):
            is_inside = False
        elif columns and (is_inside or line.startswith("|")) and not _IGNORED.match(line):
            found.append(_row(index, columns, line))
    return found


def filled(row: TableRow, line: str, cells: Mapping[str, str]) -> str:
    """The row's line with new cells by column name; columns the table lacks are ignored."""
    written = [cell.strip() for cell in _split(line)]
    padded = [*written, *[""] * (len(row.columns) - len(written))]
    named = zip(row.columns, padded, strict=False)
    said = [cells.get(name, cell) if name else cell for name, cell in named]
    return f"| {' | '.join(said)} |"


def is_nothing(cell: str | None) -> bool:
    """Whether a cell is empty or holds a placeholder such as `-` or `tbd`."""
    return cell is None or cell.casefold() in _NOTHING


def due_day(cell: str) -> date | None:
    """A day written `2026-11-30` or `30 Nov 2026`; None for anything else."""
    found = _DAY.fullmatch(cell.strip())
    month = _MONTHS.get(found[2].capitalize()) if found else None
    try:
        if found and month:
            return date(int(found[3]), month, int(found[1]))
        return date.fromisoformat(cell.strip())
    except ValueError:
        return None


def says_no_more(drafted: TableRow, written: TableRow) -> bool:
    """Whether a drafted row adds nothing to the written one."""
    is_news = drafted.status in (ActionStatus.DONE, ActionStatus.OVERDUE)
    known = not is_news or _is_same(drafted.status, written.status)
    pairs = _pairs(drafted, written)
    return known and all(is_nothing(text) or _is_same(draft, text) for draft, text in pairs)


def is_recorded(written: TableRow, drafted: TableRow) -> bool:
    """Whether a written row is recorded as written, under its number."""
    number = written.number or ""
    is_ended = _is_same(written.status, ActionStatus.DONE) and drafted.status != ActionStatus.DONE
    same = all(_is_same(draft, text) for draft, text in _pairs(drafted, written))
    return number.isdecimal() and number == drafted.number and same and not is_ended


def _pairs(one: TableRow, other: TableRow) -> list[tuple[str | None, str | None]]:
    names = ("item", "owner", "due", "priority", "effect")
    return [(getattr(one, name), getattr(other, name)) for name in names]


def _is_same(one: str | None, other: str | None) -> bool:
    one, other = ("" if is_nothing(cell) else cell or "" for cell in (one, other))
    return same_text(one, other) or (due_day(one) is not None and due_day(one) == due_day(other))


def _is_rule(line: str) -> bool:
    return "-" in line and "|" in line and _RULE.fullmatch(line.strip()) is not None


def _columns(header: str) -> tuple[str | None, ...]:
    columns = tuple(_COLUMNS.get(cell.casefold()) for cell in _cells(header))
    return columns if {"item", "owner"} <= set(columns) else ()


def _row(index: int, columns: tuple[str | None, ...], line: str) -> TableRow:
    cells = list(_cells(line))
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    named = {name: cell for name, cell in zip(columns, padded, strict=False) if name}
    too_many = len(cells) > len(columns)
    return TableRow(index, too_many=too_many, columns=columns, **named)


def _cells(line: str) -> Iterator[str]:
    return (_ESCAPED.sub(r"\1", cell.strip()) for cell in _split(line))


def _split(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return _BORDER.split(inner)
