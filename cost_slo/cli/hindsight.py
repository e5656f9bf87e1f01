# SPDX-License-Identifier: Apache-2.0
"""The alerts of a replay, for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rich import box
from rich.table import Table
from rich.text import Text

from cost_slo.cli.tables import console
from cost_slo.domain.backtest.hindsight import FirstAlert, StaticCall
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.wording import count, instant, money, percent


@dataclass(frozen=True, slots=True)
class Hindsight:
    """One SLO's alerts, and those of a static budget alert."""

    slo: Slo
    calls: tuple[FirstAlert, ...]
    static: tuple[StaticCall, ...]
    monthly: bool = False


def print_hindsight(seen: Hindsight, currency: str) -> None:
    """Print one SLO's alerts beside those of a static budget alert."""
    out = console()
    out.print(Text(seen.slo.name, style="bold"))
    if seen.monthly:
        out.print(Text("  One amount a month: evaluated once the month has ended."))
    months = sorted({c.month for c in seen.calls} | {c.month for c in seen.static})
    if not months:
        out.print(Text("  No burn-rate alert and no budget alert."))
        return
    rows = Table("Month", "Alert", "When", "Spent by then", box=box.SIMPLE_HEAD, show_edge=False)
    for month in months:
        for call in seen.calls:
            if call.month == month:
                rows.add_row(
                    f"{month:%b %Y}",
                    call.severity.value,
                    instant(call.at),
                    money(call.spent, currency),
                )
        for static in seen.static:
            if static.month == month:
                name = f"static budget alert at {percent(float(static.share))}"
                rows.add_row(
                    f"{month:%b %Y}", name, instant(static.at), money(static.spent, currency)
                )
    out.print(rows)
    for month in months:
        for line in _compared(seen, month, currency):
            out.print(Text(f"  {line}"))


def _compared(seen: Hindsight, month: date, currency: str) -> Iterator[str]:
    first = next((call for call in seen.calls if call.month == month), None)
    static = next((call for call in seen.static if call.month == month), None)
    if first:
        yield f"{month:%b %Y}: {first.reason}"
    if first and static:
        days = (static.at - first.at).days
        spent = static.spent - first.spent
        saved = money(spent if days >= 0 else -spent, currency)
        yield (
            f"{month:%b %Y}: first alert {count(abs(days), 'day')} and {saved} of spend "
            f"{'earlier' if days >= 0 else 'later'} than a static {percent(float(static.share))} "
            "alert"
        )
    elif static:
        yield f"{month:%b %Y}: no burn-rate alert, but a static budget alert"
