# SPDX-License-Identifier: Apache-2.0
"""`cost-slo bill show`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from cost_slo.cli.arguments import FormatHint, OnBadRowOption, OutputFormat, PrintedAs
from cost_slo.cli.progress import progress
from cost_slo.cli.tables import console
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import midnight
from cost_slo.domain.spec.scope_notes import BillValue
from cost_slo.domain.spend.bill_contents import KINDS, BillContents, bill_document
from cost_slo.domain.wording import count, days, instant, money, one_line, percent
from cost_slo.wiring.local import LIVE, bill_source

_SHOWN = 10
_LONGEST = 60

bill_app = typer.Typer(no_args_is_help=True)


@bill_app.callback()
def group() -> None:
    """Inspect a bill.

    Example: cost-slo bill show bill.parquet
    """


@bill_app.command("show")
def show_bill(
    costs: Annotated[
        str,
        typer.Argument(metavar="SRC", help="Bill: a file, folder or glob, as for `evaluate`."),
    ],
    *,
    top: Annotated[
        int, typer.Option(min=1, metavar="N", help="Values of each kind to print.")
    ] = _SHOWN,
    output: OutputFormat = PrintedAs.TABLE,
    format_hint: FormatHint = None,
    on_bad_row: OnBadRowOption = "stop",
) -> None:
    """Show what a bill contains: format, days, currencies, services, accounts and tags by cost.

    Example: cost-slo bill show exports/
    """
    if costs == LIVE:
        message = "bill show reads files only; save a Cost Explorer response as .json and show that"
        raise typer.BadParameter(message, param_hint="SRC")
    with progress("Reading the bill") as advance:
        bill = bill_source(costs, format_hint, on_bad_row, advance).fetch_contents()
    if output is PrintedAs.JSON:
        typer.echo(json.dumps(bill_document(bill), indent=2))
    else:
        print_bill(bill, top)


def print_bill(bill: BillContents, top: int = _SHOWN) -> None:
    """Print the bill's headlines and notes, then its values and tag keys, largest first."""
    out = console()
    for line in _headlines(bill):
        out.print(Text(line))
    for note in bill.notes:
        out.print(Text(f"Note: {note}"))
    if not bill.rows:
        return
    out.print()
    out.print(_values(bill, top))
    if bill.tags:
        out.print()
        out.print(_tags(bill, top))
    else:
        out.print(Text("No charges have tags."))


def _headlines(bill: BillContents) -> Iterator[str]:
    made = bill.format
    version = f" {made.version}" if made.version else ""
    encodings = ", ".join(dict.fromkeys(made.encodings))
    yield f"{made.name}{version}, {count(len(made.files), 'file')} ({encodings}): {bill.source}"
    if bill.first is None or bill.last is None:
        yield "No charges: the bill has a header but no rows."
        return
    yield f"{count(bill.rows, 'row')}, {_amounts(bill.totals)}"
    how = f", {bill.granularity}" if bill.granularity else ""
    covered = days(bill.first, bill.last)
    through = f"; data through {instant(midnight(bill.data_through))}" if bill.data_through else ""
    yield f"Charges of {covered}{how}{through}"


def _values(bill: BillContents, top: int) -> Table:
    table = _table("", "Value", "Cost", "Share", "Rows")
    periods = tuple(reversed(bill.periods))
    for name, found in (
        ("Billing period", periods),
        *((name, bill.kinds[kind]) for kind, name in KINDS.items()),
    ):
        for index, each in enumerate(found[:top]):
            value = _cut(each.value) if each.value else "(none)"
            also = "".join(f" ({_cut(other)})" for other in each.also)
            label = name if index == 0 else ""
            table.add_row(label, Text(value + also), *_figures(bill, each))
        if rest := found[top:]:
            table.add_row("", Text(f"and {len(rest):,} more"), *_figures(bill, _sum(rest)))
        table.add_section()
    return table


def _tags(bill: BillContents, top: int) -> Table:
    table = _table("Tag key", "Largest value", "Values", "Cost", "Share", "Rows")
    for tag in bill.tags[:top]:
        largest = f"{_cut(tag.largest.value)} ({_amounts(tag.largest.costs)})"
        rows = f"{tag.found.rows:,} ({percent(bill.row_share(tag.found))})"
        table.add_row(
            Text(_cut(tag.found.value)),
            Text(largest),
            f"{tag.values:,}",
            *_figures(bill, tag.found)[:2],
            rows,
        )
    if rest := bill.tags[top:]:
        table.add_row(f"and {len(rest):,} more", "", "", "", "", "")
    return table


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for name in columns:
        is_number = name in ("Cost", "Share", "Rows", "Values")
        table.add_column(
            name, justify="right" if is_number else "left", no_wrap=is_number, overflow="fold"
        )
    return table


def _figures(bill: BillContents, found: BillValue) -> tuple[str, str, str]:
    share = bill.share(found)
    return _amounts(found.costs), "-" if share is None else percent(share), f"{found.rows:,}"


def _amounts(costs: Mapping[str, Decimal]) -> str:
    return ", ".join(money(cost, currency).strip() for currency, cost in sorted(costs.items()))


def _sum(found: Sequence[BillValue]) -> BillValue:
    costs = {currency: ZERO for each in found for currency in each.costs}
    for each in found:
        for currency, cost in each.costs.items():
            costs[currency] += cost
    return BillValue("", costs, sum(each.rows for each in found))


def _cut(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
