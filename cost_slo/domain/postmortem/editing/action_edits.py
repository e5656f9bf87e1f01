# SPDX-License-Identifier: Apache-2.0
"""Which cells of a row did people change, and which only say what was agreed once?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cost_slo.domain.actions.items import Action, action_record, agreed_to_json
from cost_slo.domain.actions.table import TableRow, due_day, table_rows
from cost_slo.domain.incidents.incident import EventKind, Incident
from cost_slo.domain.postmortem.editing.lines import plain_line
from cost_slo.domain.postmortem.editing.matching import hinted_text

# What a cell says of an item.
_CELLS = {
    "item": "text",
    "owner": "owner",
    "due": "due",
    "priority": "priority",
    "effect": "effect",
}


@dataclass(frozen=True, slots=True)
class _Edit:
    """A row in which cells that nobody changed say what the record says.

    `is_outdated` says that some cell holds what a command has replaced.
    """

    row: TableRow
    is_outdated: bool


def drafted_rows(lines: Sequence[str], drafted: Sequence[str]) -> dict[str, TableRow]:
    """The rows of a draft by number, without those that the file holds as mere suggestions."""
    suggested = {plain_line(said) for line in lines if (said := hinted_text(line)) is not None}
    rows = (row for row in table_rows(drafted) if row.number)
    taken = (row for row in rows if plain_line(drafted[row.index]) not in suggested)
    return {row.number or "": row for row in taken}


def edit_of(row: TableRow, known: Action, incident: Incident, drafted: TableRow | None) -> _Edit:
    """What people changed in the row of a known item since it was drafted.

    A row that people wrote themselves says nothing new where it says what was replaced since.
    """
    record = agreed_to_json(known.agreed)
    kept = dict[str, Any]()
    for cell, name in _CELLS.items():
        before = [getattr(drafted, cell)] if drafted else _replaced(incident, known.number, name)
        if any(_is_same(getattr(row, cell), was) for was in before):
            kept[cell] = record[name]
    changed = [cell for cell, said in kept.items() if not _is_same(getattr(row, cell), said)]
    return _Edit(replace(row, **kept), is_outdated=drafted is None and bool(changed))


def _replaced(incident: Incident, number: int, name: str) -> Iterator[str]:
    for event in incident.events:
        if event.kind is EventKind.ACTION_CHANGED:
            record = action_record(event)
            was = (record.instead_of or {}).get(name)
            if record.number == number and was:
                yield was


def _is_same(one: str | None, other: str | None) -> bool:
    one, other = one or "", other or ""
    return one == other or (due_day(one) is not None and due_day(one) == due_day(other))
