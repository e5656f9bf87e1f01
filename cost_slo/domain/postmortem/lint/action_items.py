# SPDX-License-Identifier: Apache-2.0
"""Which action items does a postmortem list, and what does it say about each?

An item is a row of a table under its header, or a bullet with what is nested below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cost_slo.domain.postmortem.lint.markdown import Block, BlockKind
from cost_slo.domain.postmortem.lint.prose import cells

_ITEM = "item"


@dataclass(frozen=True, slots=True)
class ActionItem:
    """What to do, as written; a column that its table lacks is None."""

    line: int
    item: str
    written: str
    owner: str | None = None
    due: str | None = None
    effect: str | None = None
    status: str | None = None


def action_items(
    blocks: Iterable[Block], columns: Mapping[str, re.Pattern[str]]
) -> list[ActionItem]:
    """The items in those blocks, in order; `columns` says how each column's header may read."""
    found: list[ActionItem] = []
    header: dict[str, int] = {}
    for block in blocks:
        if block.kind is BlockKind.HEADER_ROW:
            header = _header(block, columns)
        elif block.kind is BlockKind.ROW:
            found.append(_row(block, header))
        elif block.kind is BlockKind.ITEM:
            found = [*_with(found, block)]
    return found


def _header(block: Block, columns: Mapping[str, re.Pattern[str]]) -> dict[str, int]:
    titles = [cell.strip("*_ ").lower() for cell in cells(block)]
    return {
        name: at
        for name, shape in columns.items()
        for at, title in reversed([*enumerate(titles)])
        if shape.match(title)
    }


def _row(block: Block, header: Mapping[str, int]) -> ActionItem:
    row = cells(block)

    def cell(name: str) -> str | None:
        if name not in header:
            return None
        return row[header[name]] if header[name] < len(row) else ""

    return ActionItem(
        line=block.line,
        item=row[header.get(_ITEM, 0)] if header.get(_ITEM, 0) < len(row) else "",
        written=block.text,
        owner=cell("owner"),
        due=cell("due"),
        effect=cell("effect"),
        status=cell("status"),
    )


def _with(found: list[ActionItem], block: Block) -> Iterator[ActionItem]:
    text = " ".join(block.text.split())
    if block.level and found:
        yield from found[:-1]
        yield replace(found[-1], written=f"{found[-1].written} {text}")
    else:
        yield from found
        yield ActionItem(block.line, text, text)
