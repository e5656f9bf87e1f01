# SPDX-License-Identifier: Apache-2.0
"""What do the action items that people wrote into a draft add to the incident's record?

A row adds an item, changes it or ends it; none is ever taken off the record, and one that nobody
touched since the draft says nothing new. A row that is not whole stops all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cost_slo.domain.actions.items import (
    Action,
    ActionStatus,
    Agreed,
    Priority,
    actions,
    find_action,
)
from cost_slo.domain.actions.table import (
    SUGGESTED,
    TableRow,
    due_day,
    filled,
    is_nothing,
    table_rows,
)
from cost_slo.domain.actions.transitions import add_action, change_action, finish_action
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import Incident, IncidentEvent, fold
from cost_slo.domain.postmortem.editing.action_edits import drafted_rows, edit_of
from cost_slo.domain.wording import one_line

_STATUSES = ("", "-", *ActionStatus)


@dataclass(frozen=True, slots=True)
class Sync:
    """Events that are new, each with the line of the file it comes from, counted from 1.

    `filled` are lines, by index, with the number, priority and status their items now have.
    `suggestions` counts rows that nobody agreed to; `unlisted` are items the file does not hold.
    `outdated` are lines, each with its item's number, that say what a command has replaced.
    """

    events: tuple[tuple[int, IncidentEvent], ...]
    filled: Mapping[int, str]
    suggestions: int
    unlisted: tuple[int, ...]
    outdated: tuple[tuple[int, int], ...] = ()


def synced(
    incident: Incident,
    lines: Sequence[str],
    *,
    drafted: Sequence[str],
    priority: Priority,
    at: datetime,
    file: str,
) -> Sync:
    """What the lines of a file say beyond the record; `drafted` are those it was edited from.

    `priority` is for new items without one. Raises CostSloError that lists every row that is not
    whole, with file and line.
    """
    rows = table_rows(lines)
    agreed = [row for row in rows if _status(row) != SUGGESTED]
    dues = _dues(agreed, incident, file)
    before = drafted_rows(lines, drafted)
    events, outdated = list[tuple[int, IncidentEvent]](), list[tuple[int, int]]()
    for row, due in zip(agreed, dues, strict=True):
        known = _known(incident, row)
        wanted = _new(row, due, priority)
        if known:
            edit = edit_of(row, known, incident, before.get(str(known.number)))
            wanted = _wanted(edit.row, due, known.agreed)
            outdated += [(row.index + 1, known.number)] if edit.is_outdated else []
        for event in _events(incident, known, wanted, at, is_done=_is_done(row)):
            events.append((row.index + 1, event))
            incident = fold((*incident.events, event))
    return Sync(
        tuple(events),
        _filled(incident, agreed, lines, at),
        suggestions=len(rows) - len(agreed),
        unlisted=tuple(_unlisted(incident, agreed)),
        outdated=tuple(outdated),
    )


def _events(
    incident: Incident, known: Action | None, wanted: Agreed, at: datetime, *, is_done: bool
) -> Iterator[IncidentEvent]:
    if known is None:
        added = add_action(incident, wanted, at)
        yield added
        incident = fold((*incident.events, added))
    elif wanted != known.agreed:
        yield change_action(incident, known.number, wanted, at)
    number = known.number if known else len(actions(incident))
    if is_done and not (known and known.done_at):
        yield finish_action(incident, number, "", at)


def _new(row: TableRow, due: date, priority: Priority) -> Agreed:
    text, owner = one_line(row.item or ""), one_line(row.owner or "")
    return Agreed(text, owner, due, _priority(row) or priority, _said(row.effect))


def _wanted(row: TableRow, due: date, known: Agreed) -> Agreed:
    """What the row says; where it says nothing, what was known."""
    said = _new(row, due_day(row.due or "") or due, known.priority)
    return replace(said, effect=said.effect or known.effect)


def _known(incident: Incident, row: TableRow) -> Action | None:
    items = actions(incident)
    number = _said(row.number)
    return items[int(number) - 1] if number else find_action(items, row.item or "")


def _filled(
    incident: Incident, rows: Sequence[TableRow], lines: Sequence[str], at: datetime
) -> dict[int, str]:
    """Rows that people added, with what the record says of their items."""
    found = {}
    for row in rows:
        item = None if _said(row.number) else _known(incident, row)
        if item:
            cells = {
                "number": str(item.number),
                "priority": item.agreed.priority.value,
                "status": item.status(at).value,
            }
            found[row.index] = filled(row, lines[row.index], cells)
    return found


def _unlisted(incident: Incident, rows: Sequence[TableRow]) -> Iterator[int]:
    listed = {known.number for row in rows if (known := _known(incident, row))}
    return (item.number for item in actions(incident) if item.number not in listed)


def _dues(rows: Sequence[TableRow], incident: Incident, file: str) -> list[date]:
    """When each row is due. Raises CostSloError that lists what is not whole."""
    seen: dict[str, int] = {}
    faults = []
    for row in rows:
        faults += [f"{file}:{row.index + 1}: {fault}" for fault in _faults(row, incident, seen)]
    if faults:
        raise CostSloError("\n".join([*faults, "nothing was taken up"]))
    return [due for row in rows if (due := due_day(row.due or ""))]


def _faults(row: TableRow, incident: Incident, seen: dict[str, int]) -> Iterator[str]:
    if row.too_many:
        yield r"more cells than the table has columns; write `\|` for a bar within a cell"
    if is_nothing(row.item):
        yield "no item; say what is to be done, or leave a line empty below the table"
        return
    if is_nothing(row.owner):
        yield f"{row.item!r} has no owner; name a team or a rotation"
    if is_nothing(row.due):
        yield f"{row.item!r} has no due date; write one such as 2026-11-30"
    elif due_day(row.due or "") is None:
        yield f"{row.due!r} is no date; write 2026-11-30 or 30 Nov 2026"
    if _said(row.priority) and _priority(row) is None:
        yield f"{row.priority!r} is no priority; write P1, P2 or P3"
    if _status(row) not in _STATUSES:
        yield f"{row.status!r} is no status; write open or done"
    yield from _wrong_number(row, incident, seen)


def _wrong_number(row: TableRow, incident: Incident, seen: dict[str, int]) -> Iterator[str]:
    number, count = _said(row.number), len(actions(incident))
    if number and not (number.isdecimal() and 1 <= int(number) <= count):
        yield f"no action item {number} on the record; leave the number of a new one empty"
        return
    known = _known(incident, row)
    item = f"{known.number}" if known else f"{one_line(row.item or '').casefold()!r}"
    if item in seen:
        yield f"action item {item} stands in line {seen[item]} already"
    seen.setdefault(item, row.index + 1)


def _said(cell: str | None) -> str:
    return "" if is_nothing(cell) else one_line(cell or "")


def _status(row: TableRow) -> str:
    return one_line(row.status or "").casefold()


def _is_done(row: TableRow) -> bool:
    return _status(row) == ActionStatus.DONE


def _priority(row: TableRow) -> Priority | None:
    said = _said(row.priority).upper()
    return Priority(said) if said in list(Priority) else None
