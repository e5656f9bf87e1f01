# SPDX-License-Identifier: Apache-2.0
"""Tables for people: colour on a terminal, plain text elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cost_slo.domain.incident import Incident
from cost_slo.domain.notification import Notification
from cost_slo.domain.spec import MonthlyObjective, Slo, Spec
from cost_slo.domain.wording import instant, money, percent, times

COLOURS = {
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
}
PLAIN_WIDTH = 140
UNKNOWN = "-"


def console() -> Console:
    """Stdout; wide enough for a table where there is no terminal to ask."""
    out = Console(highlight=False, soft_wrap=False)
    return out if out.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)


def print_evaluation(document: Mapping[str, Any], delivered: Sequence[Notification]) -> None:
    """The verdicts, why, how the rows were counted, and which alerts went out."""
    out = console()
    if document["slos"]:
        out.print(_verdicts(document["slos"]))
    for slo in document["slos"]:
        if slo["verdict"] != "within":
            out.print(Text.assemble((slo["name"], "bold"), ": ", slo["reason"]))
    for failure in document["errors"]:
        out.print(Text.assemble((failure["slo"], "bold red"), ": ", failure["error"]))
    out.print(Text(_counted(document)))
    for note in document["source"]["notes"]:
        out.print(Text(f"Note: {note}"))
    for notification in delivered:
        out.print(Text(f"Alert sent: {notification.subject}"))
        out.print(Text(f"  next: cost-slo postmortem draft {notification.incident}"))


def print_incidents(found: Sequence[Incident]) -> None:
    """One line an incident."""
    out = console()
    if not found:
        out.print("No incidents.")
        return
    table = _table("Incident", "SLO", "Severity", "Status", "Opened", "Resolved", "Summary")
    for incident in found:
        table.add_row(
            incident.id,
            incident.slo,
            _coloured((incident.severity if incident.is_running else incident.peak).value),
            _coloured(incident.status.value),
            instant(incident.opened_at),
            instant(incident.resolved_at) if incident.resolved_at else UNKNOWN,
            Text(incident.summary),
        )
    out.print(table)


def print_incident(incident: Incident) -> None:
    """An incident with its timeline."""
    out = console()
    print_incidents([incident])
    table = _table("When", "What", "Severity", "Said")
    for event in incident.events:
        severity = _coloured(event.severity.value) if event.severity else UNKNOWN
        table.add_row(
            instant(event.at), event.kind.value.replace("_", " "), severity, Text(event.text)
        )
    out.print(table)


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


def _verdicts(slos: Sequence[Mapping[str, Any]]) -> Table:
    table = _table(
        "SLO", "Verdict", "Severity", "Spend", "Objective", "Pace", "Left", "Month end", "Incident"
    )
    for slo in slos:
        currency = slo["objective"]["currency"]
        table.add_row(
            slo["name"],
            _coloured(slo["verdict"]),
            _coloured(slo["severity"]),
            _spend(slo),
            f"{_money(slo['objective']['amount'], currency)} a {slo['objective']['per']}",
            times(slo["pace"]) if slo["pace"] is not None else UNKNOWN,
            _left(slo),
            _money(slo["forecast"]["month_end"], currency),
            _incident(slo),
        )
    return table


def _spend(slo: Mapping[str, Any]) -> str:
    currency, unit = slo["objective"]["currency"], slo["unit_cost"]
    if unit is None:
        return _money(slo["spend"]["to_date"], currency)
    if unit["to_date"] is None:
        return str(unit["state"]).replace("_", " ")
    return f"{_money(unit['to_date'], currency)} a {slo['objective']['per']}"


def _left(slo: Mapping[str, Any]) -> str:
    ratio = slo["budget"]["remaining_ratio"]
    return UNKNOWN if ratio is None else percent(ratio)


def _incident(slo: Mapping[str, Any]) -> str:
    if slo["incident"] is None:
        return UNKNOWN
    change = "" if slo["incident_change"] == "none" else f" ({slo['incident_change']})"
    return f"{slo['incident']}{change}".replace("_", "-")


def _counted(document: Mapping[str, Any]) -> str:
    charges = document["charges"]
    through = document["data_through"]
    until = instant(datetime.fromisoformat(through)) if through else "no complete day"
    return (
        f"{charges['rows']:,} rows read, {charges['in_some_scope']:,} in some scope; "
        f"{charges['currency']} {charges['cost_total']} in all; costs complete through {until}; "
        f"evaluated as of {instant(datetime.fromisoformat(document['as_of']))}."
    )


def _promise(slo: Slo, currency: str) -> str:
    if isinstance(slo.objective, MonthlyObjective):
        return f"{money(slo.objective.monthly, currency)} a month"
    return f"{money(slo.objective.per_unit, currency)} a {slo.objective.unit}"


def _scope(slo: Slo) -> str:
    keys = slo.scope.model_dump(exclude_defaults=True, exclude={"charge_categories"}, by_alias=True)
    return "; ".join(f"{key} {_values(value)}" for key, value in keys.items()) or "everything"


def _values(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={_values(inner)}" for key, inner in value.items())
    return "|".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _money(amount: str | None, currency: str) -> str:
    return UNKNOWN if amount is None else money(Decimal(amount), currency)


def _coloured(word: str) -> Text:
    return Text(word.replace("_", " "), style=COLOURS.get(word, ""))


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
