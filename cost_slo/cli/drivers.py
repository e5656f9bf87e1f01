# SPDX-License-Identifier: Apache-2.0
"""What changed, for people: a table, a sentence per driver, and a waterfall."""

from __future__ import annotations

from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cost_slo.cli.tables import console
from cost_slo.domain.drivers.sentences import (
    change_headline,
    driver_sentence,
    offset_note,
    share_words,
    unit_cost_sentence,
)
from cost_slo.domain.drivers.what_changed import WhatChanged
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.wording import change, money

BAR = 40
LABEL = 46
RISE, FALL = "red", "green"


def print_what_changed(whole: WhatChanged, slo: Slo | None) -> None:
    """Print the whole explanation; colours on a terminal only."""
    out = console()
    of = f"SLO {slo.name}" if slo else "the whole bill"
    out.print(Text.assemble((f"What changed in {of}", "bold")))
    out.print(Text(change_headline(whole)))
    if whole.unit_cost:
        out.print(Text(unit_cost_sentence(whole.unit_cost, whole.cube.currency)))
    for note in whole.cube.notes:
        out.print(Text(f"Note: {note}"))
    if not whole.drivers:
        out.print(Text("No drivers: no part changed by more than the rest."))
    out.print(_drivers(whole))
    for number, driver in enumerate(whole.drivers, start=1):
        out.print(Text(f"{number}. {driver_sentence(driver, whole)}"))
    if offset := offset_note(whole):
        out.print(Text(offset))
    out.print(_waterfall(whole, out))
    out.print(Text(f"Read from {whole.cube.description}."))


def _drivers(whole: WhatChanged) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("Driver", overflow="fold")
    for column in ("Before", "After", "Change", "Share"):
        table.add_column(column, justify="right", no_wrap=True)
    currency = whole.cube.currency
    for part in whole.parts:
        table.add_row(
            Text(part.name),
            money(part.segment.before, currency),
            money(part.segment.after, currency),
            _coloured(part.segment.change, currency),
            share_words(part),
        )
    table.add_row(
        Text("total", style="bold"),
        money(whole.before, currency),
        money(whole.after, currency),
        _coloured(whole.change, currency),
        "100%" if whole.change else "-",
    )
    return table


def _coloured(amount: Decimal, currency: str) -> Text:
    return Text(change(amount, currency), style=RISE if amount > 0 else FALL if amount < 0 else "")


def _waterfall(whole: WhatChanged, out: Console) -> Table:
    """Each change starts where the one before ended; the axis spans every partial sum."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=LABEL)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    currency = whole.cube.currency
    steps = [(part.name, part.segment.change) for part in whole.parts]
    levels = [Decimal(0)]
    for _, step in steps:
        levels.append(levels[-1] + step)
    low, high = min(levels), max(levels)
    scale = BAR / (high - low) if high > low else Decimal(0)
    marks = [round((level - low) * scale) for level in levels]
    table.add_row("before", money(whole.before, currency), " " * marks[0] + "|")
    for (name, step), start, end in zip(steps, marks, marks[1:], strict=False):
        table.add_row(Text(name), _coloured(step, currency), _bar(step, start, end, out))
    table.add_row("after", money(whole.after, currency), " " * marks[-1] + "|")
    return table


def _bar(step: Decimal, start: int, end: int, out: Console) -> Text:
    left, width = min(start, end), max(abs(end - start), 1 if step else 0)
    sign = "█" if out.is_terminal else "+" if step > 0 else "-"
    return Text(" " * left + sign * width, style=RISE if step > 0 else FALL)
