# SPDX-License-Identifier: Apache-2.0
"""Tables for people: colour on a terminal, plain text elsewhere."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cost_slo.domain.actions.items import Action, actions, by_urgency
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent
from cost_slo.domain.spec.document import MonthlyObjective, Slo, Spec
from cost_slo.domain.wording import count, day, instant, money, percent, times, unit_price

_COLOURS = {
    "within": "green",
    "burning": "yellow",
    "exhausted": "bold red",
    "no_data": "magenta",
    "stale_data": "magenta",
    "emergency": "bold red",
    "page": "red",
    "investigate": "yellow",
    "none": "green",
    "open": "red",
    "mitigating": "yellow",
    "resolved": "green",
    "closed": "dim",
    "overdue": "bold red",
    "done": "green",
}
PLAIN_WIDTH = 140
_UNKNOWN = "-"
# Columns that people copy from: broken across lines only where there is no other way.
COPIED = {"Incident", "SLO"}


def console() -> Console:
    """Stdout; wide enough for a table where there is no terminal to ask."""
    plain = partial(Console, highlight=False, markup=False, emoji=False)
    out = plain()
    return out if out.is_terminal else plain(width=PLAIN_WIDTH)


def print_evaluation(
    document: Mapping[str, Any], delivered: Sequence[Notification], state: Path | None
) -> None:
    """The verdicts, why, how the rows were counted, which alerts went out, and what comes next.

    `state` is the folder when it had to be named: the next command has to name it too.
    """
    out = console()
    if document["slos"]:
        out.print(_verdicts(document["slos"]))
    for slo in document["slos"]:
        for said in _said(slo):
            out.print(said)
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


def print_incidents(found: Sequence[Incident]) -> None:
    """A line an incident, and below it why each was opened."""
    out = console()
    if not found:
        out.print("No incidents.")
        return
    table = _table("Incident", "Severity", "Status", "Opened", "Resolved")
    for incident in found:
        table.add_row(
            incident.id,
            _coloured((incident.severity if incident.is_running else incident.peak).value),
            _coloured(incident.status.value),
            instant(incident.opened_at),
            instant(incident.resolved_at) if incident.resolved_at else _UNKNOWN,
        )
    out.print(table)
    for incident in found:
        out.print(Text.assemble((incident.id, "bold"), ": ", incident.summary))


def print_actions(items: Sequence[Action], as_of: datetime) -> None:
    """A line an action item, in the order given."""
    table = _table("Incident", "#", "Status", "Due", "Owner", "Priority", "Action item")
    for item in items:
        table.add_row(
            item.incident,
            str(item.number),
            _coloured(item.status(as_of).value),
            day(item.agreed.due),
            Text(item.agreed.owner),
            item.agreed.priority.value,
            Text(item.agreed.text),
        )
    console().print(table)


def print_incident(incident: Incident, as_of: datetime) -> None:
    """An incident with its timeline and its action items."""
    out = console()
    print_incidents([incident])
    table = _table("When", "What", "Severity", "Said")
    for _, same in groupby(incident.events, key=lambda event: event.kind):
        for event, text in _told(list(same)):
            severity = _coloured(event.severity.value) if event.severity else _UNKNOWN
            what = event.kind.value.replace("_", " ")
            table.add_row(instant(event.at), what, severity, Text(text))
    out.print(table)
    items = actions(incident)
    if items:
        out.print()
        print_actions(by_urgency(items, as_of), as_of)


def print_spec(spec: Spec) -> None:
    """What a spec promises, a line an SLO."""
    table = _table("SLO", "Product", "Owner", "Objective", "Counts", "Charge categories", "Policy")
    for slo in spec.slos:
        categories = ", ".join(category.value for category in slo.scope.charge_categories)
        table.add_row(
            slo.name,
            slo.product,
            slo.owner,
            _promise(slo, spec.currency),
            _scope(slo),
            categories,
            slo.policy,
        )
    out = console()
    out.print(table)
    out.print(f"{len(spec.slos)} SLOs are valid.")


def _told(same: Sequence[IncidentEvent]) -> Iterable[tuple[IncidentEvent, str]]:
    """Events of one kind in a row, and what to say of each; many updates are told as one."""
    first, last = same[0], same[-1]
    if first.kind is EventKind.UPDATED and last is not first:
        return [(first, f"{len(same)} updates until {instant(last.at)}, last: {last.text}")]
    return [(event, event.text) for event in same]


def _said(slo: Mapping[str, Any]) -> Iterable[Text]:
    """Below the table: why it is not within, what else to know, and its incident."""
    name = (slo["name"], "bold")
    if slo["verdict"] != "within":
        yield Text.assemble(name, ": ", _severity(slo), slo["reason"])
    yield from (Text.assemble(name, ": ", note) for note in slo["notes"])
    if slo["incident"] is not None:
        yield Text(f"  incident: {_incident(slo)}")


def _verdicts(slos: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("SLO", "Verdict", "Spend", "Objective", "Pace", "Left", "Month end")
    for slo in slos:
        currency = slo["objective"]["currency"]
        table.add_row(
            slo["name"],
            _coloured(slo["verdict"]),
            _spend(slo),
            _allowed(slo["objective"]),
            times(slo["pace"]) if slo["pace"] is not None else _UNKNOWN,
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
    return Text() if severity == "none" else _coloured(severity) + ": "


def _spend(slo: Mapping[str, Any]) -> str:
    currency, unit = slo["objective"]["currency"], slo["unit_cost"]
    if unit is None:
        return _money(slo["spend"]["to_date"], currency)
    if unit["to_date"] is None:
        return str(unit["state"]).replace("_", " ")
    return f"{unit_price(Decimal(unit['to_date']), currency)} a {slo['objective']['per']}"


def _left(slo: Mapping[str, Any]) -> str:
    ratio = slo["budget"]["remaining_ratio"]
    return _UNKNOWN if ratio is None else percent(ratio)


def _incident(slo: Mapping[str, Any]) -> str:
    change = slo["incident_change"].replace("_", "-")
    return slo["incident"] if change == "none" else f"{slo['incident']} ({change})"


def _counted(document: Mapping[str, Any]) -> tuple[str, str]:
    charges = document["charges"]
    through = document["data_through"]
    until = instant(datetime.fromisoformat(through)) if through else "no complete day"
    as_of = instant(datetime.fromisoformat(document["as_of"]))
    rows = f"{charges['rows']:,} rows read, {charges['in_some_scope']:,} in some scope"
    total = f"{_money(charges['cost_total'], charges['currency'])} in all"
    return (f"{rows}; {total}.", f"Costs complete through {until}; evaluated as of {as_of}.")


def _paid(source: Mapping[str, Any]) -> str:
    made, cost = source["requests"], _money(source["request_cost"], "USD")
    month, cap = source["requests_month"], source["requests_cap"]
    return f"{count(made, 'paid request')} ({cost}), {month} this month of a cap of {cap}."


def _promise(slo: Slo, currency: str) -> str:
    if isinstance(slo.objective, MonthlyObjective):
        return f"{money(slo.objective.monthly, currency)} a month"
    return f"{unit_price(slo.objective.per_unit, currency)} a {slo.objective.unit}"


def _scope(slo: Slo) -> str:
    keys = slo.scope.model_dump(exclude_defaults=True, exclude={"charge_categories"}, by_alias=True)
    return "; ".join(f"{key} {_values(value)}" for key, value in keys.items()) or "everything"


def _values(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={_values(inner)}" for key, inner in value.items())
    return "|".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _money(amount: str | None, currency: str) -> str:
    return _UNKNOWN if amount is None else money(Decimal(amount), currency)


def _coloured(word: str) -> Text:
    return Text(word.replace("_", " "), style=_COLOURS.get(word, ""))


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in COPIED)
    return table
