# SPDX-License-Identifier: Apache-2.0
"""The result of an evaluation, for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from cost_slo.cli.tables import NO_FIGURE, coloured, console, table_of
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.wording import count, instant, money, percent, times, unit_price


def print_evaluation(
    document: Mapping[str, Any], delivered: Sequence[Notification], state: Path | None
) -> None:
    """Print the verdicts with their reasons, the rows read, the alerts sent and the next commands.

    `state` is the value of --state, None if it was not given: the next commands repeat it.
    """
    out = console()
    if document["slos"]:
        out.print(_table(document["slos"]))
    for slo in document["slos"]:
        for text in _lines(slo):
            out.print(text)
    for failure in document["errors"]:
        out.print(Text.assemble((failure["slo"], "bold red"), ": ", failure["error"]))
    for line in _counted(document):
        out.print(Text(line))
    if document["source"]["requests_cap"] is not None:
        out.print(Text(_paid(document["source"])))
    for note in document["source"]["notes"]:
        out.print(Text(f"Note: {note}"))
    for notification in delivered:
        out.print(Text(f"Alert sent: {notification.subject}"))
        if notification.incident is not None:
            out.print(Text(f"  next: {_draft(notification.incident, state)}"), soft_wrap=True)


def _draft(incident: str, state: Path | None) -> str:
    where = ("--state", str(state)) if state else ()
    return shlex.join(["cost-slo", "postmortem", "draft", incident, *where])


def _lines(slo: Mapping[str, Any]) -> Iterable[Text]:
    """The lines below the table: the reason, the notes and the incident."""
    name = (slo["name"], "bold")
    if slo["verdict"] != "within":
        yield Text.assemble(name, ": ", _severity(slo), slo["reason"])
    yield from (Text.assemble(name, ": ", note) for note in slo["notes"])
    if slo["incident"] is not None:
        yield Text(f"  incident: {_incident(slo)}")


def _table(slos: Sequence[Mapping[str, Any]]) -> Table:
    table = table_of("SLO", "Verdict", "Spend", "Objective", "Pace", "Left", "Month end")
    for slo in slos:
        currency = slo["objective"]["currency"]
        table.add_row(
            slo["name"],
            coloured(slo["verdict"]),
            _spend(slo),
            _allowed(slo["objective"]),
            times(slo["pace"]) if slo["pace"] is not None else NO_FIGURE,
            _left(slo),
            _money(slo["forecast"]["month_end"], currency),
        )
    return table


def _allowed(objective: Mapping[str, Any]) -> str:
    written = money if objective["per"] == "month" else unit_price
    amount = written(Decimal(objective["amount"]), objective["currency"])
    return f"{amount} a {objective['per']}"


def _severity(slo: Mapping[str, Any]) -> Text:
    severity = slo["severity"]
    return Text() if severity == "none" else coloured(severity) + ": "


def _spend(slo: Mapping[str, Any]) -> str:
    currency, unit = slo["objective"]["currency"], slo["unit_cost"]
    if unit is None:
        return _money(slo["spend"]["to_date"], currency)
    if unit["to_date"] is None:
        return str(unit["state"]).replace("_", " ")
    return f"{unit_price(Decimal(unit['to_date']), currency)} a {slo['objective']['per']}"


def _left(slo: Mapping[str, Any]) -> str:
    ratio = slo["budget"]["remaining_ratio"]
    return NO_FIGURE if ratio is None else percent(ratio)


def _incident(slo: Mapping[str, Any]) -> str:
    change = slo["incident_change"].replace("_", "-")
    return slo["incident"] if change == "none" else f"{slo['incident']} ({change})"


def _counted(document: Mapping[str, Any]) -> tuple[str, str]:
    charges = document["charges"]
    through = document["data_through"]
    until = instant(datetime.fromisoformat(through)) if through else "no complete day"
    as_of = instant(datetime.fromisoformat(document["as_of"]))
    total = _money(charges["cost_total"], charges["currency"])
    read = f"Read {count(charges['rows'], 'row')} ({total})"
    matched = f"{charges['in_some_scope']:,} matched an SLO"
    return (f"{read}; {matched}.", f"Costs complete through {until}; evaluated as of {as_of}.")


def _paid(source: Mapping[str, Any]) -> str:
    made, cost = source["requests"], _money(source["request_cost"], "USD")
    month, cap = source["requests_month"], source["requests_cap"]
    return f"{count(made, 'paid request')} ({cost}); {month} of {cap} allowed this month."


def _money(amount: str | None, currency: str) -> str:
    return NO_FIGURE if amount is None else money(Decimal(amount), currency)
