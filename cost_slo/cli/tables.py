# SPDX-License-Identifier: Apache-2.0
"""Tables for people: colour on a terminal, plain text elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cost_slo.domain.actions.items import Action, actions, by_urgency
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent
from cost_slo.domain.spec.document import MonthlyObjective, Slo, Spec
from cost_slo.domain.wording import count, day, instant, money, unit_price

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
NO_FIGURE = "-"
# People copy from these columns: they wrap only if nothing else helps.
COPIED = {"Incident", "SLO"}


def console() -> Console:
    """Stdout; 140 characters wide if it is no terminal."""
    plain = partial(Console, highlight=False, markup=False, emoji=False)
    out = plain()
    return out if out.is_terminal else plain(width=PLAIN_WIDTH)


def print_incidents(found: Sequence[Incident]) -> None:
    """A table of incidents, and below it why each was opened."""
    out = console()
    if not found:
        out.print("No incidents.")
        return
    table = table_of("Incident", "Severity", "Status", "Opened", "Resolved")
    for incident in found:
        table.add_row(
            incident.id,
            coloured((incident.severity if incident.is_running else incident.peak).value),
            coloured(incident.status.value),
            instant(incident.opened_at),
            instant(incident.resolved_at) if incident.resolved_at else NO_FIGURE,
        )
    out.print(table)
    for incident in found:
        out.print(Text.assemble((incident.id, "bold"), ": ", incident.summary))


def print_actions(items: Sequence[Action], as_of: datetime) -> None:
    table = table_of("Incident", "#", "Status", "Due", "Owner", "Priority", "Action item")
    for item in items:
        table.add_row(
            item.incident,
            str(item.number),
            coloured(item.status(as_of).value),
            day(item.agreed.due),
            Text(item.agreed.owner),
            item.agreed.priority.value,
            Text(item.agreed.text),
        )
    console().print(table)


def print_incident(incident: Incident, as_of: datetime) -> None:
    out = console()
    print_incidents([incident])
    table = table_of("When", "What", "Severity", "Text")
    for _, same in groupby(incident.events, key=lambda event: event.kind):
        for event, text in _merged(list(same)):
            severity = coloured(event.severity.value) if event.severity else NO_FIGURE
            what = event.kind.value.replace("_", " ")
            table.add_row(instant(event.at), what, severity, Text(text))
    out.print(table)
    items = actions(incident)
    if items:
        out.print()
        print_actions(by_urgency(items, as_of), as_of)


def print_spec(spec: Spec) -> None:
    table = table_of(
        "SLO", "Product", "Owner", "Objective", "Counts", "Charge categories", "Policy"
    )
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
    out.print(f"{count(len(spec.slos), 'SLO')} valid.")


def _merged(same: Sequence[IncidentEvent]) -> Iterable[tuple[IncidentEvent, str]]:
    """Consecutive events of one kind with their texts; several updates become one."""
    first, last = same[0], same[-1]
    if first.kind is EventKind.UPDATED and last is not first:
        return [(first, f"{len(same)} updates until {instant(last.at)}, last: {last.text}")]
    return [(event, event.text) for event in same]


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


def coloured(word: str) -> Text:
    return Text(word.replace("_", " "), style=_COLOURS.get(word, ""))


def table_of(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in COPIED)
    return table
