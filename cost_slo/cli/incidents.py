# SPDX-License-Identifier: Apache-2.0
"""`cost-slo incidents`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, TypeVar

import typer

from cost_slo.cli.arguments import (
    AsOf,
    OutputFormat,
    PrintedAs,
    StateFolder,
    known_state,
    now,
    parse_instant,
    state_named,
)
from cost_slo.cli.tables import print_incident, print_incidents
from cost_slo.domain.actions.items import action_to_json, actions
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents import verbs as changes
from cost_slo.domain.incidents.incident import Incident, IncidentEvent, fold, incidents
from cost_slo.domain.wording import iso
from cost_slo.ports import StateChange, Store
from cost_slo.use_cases.retry_on_conflict import again_on_conflict
from cost_slo.wiring.local import has_state, store_of

_SCHEMA = "cost-slo/incidents/v1"
Verb = Callable[[Incident, str, datetime], IncidentEvent]
_Event = TypeVar("_Event", bound=IncidentEvent | None)

incidents_app = typer.Typer(
    help="List, show and update incidents.\n\nExample: cost-slo incidents list --format json",
    no_args_is_help=True,
)
IncidentId = Annotated[str, typer.Argument(metavar="ID", help="The incident's id.")]
Said = Annotated[str, typer.Option("--text", help="Text for the timeline.")]


@incidents_app.command("list")
def list_incidents(state: StateFolder = None, output: OutputFormat = PrintedAs.TABLE) -> None:
    """List every incident, oldest first.

    Example: cost-slo incidents list
    """
    folder = state_named(state)
    found = incidents(store_of(folder).load_events())
    if output is PrintedAs.TABLE and not has_state(folder):
        typer.echo(f"No incidents: no state in {folder} yet.")
    elif output is PrintedAs.TABLE:
        print_incidents(found)
    else:
        document = {"schema": _SCHEMA, "incidents": [entry(incident) for incident in found]}
        typer.echo(json.dumps(document, indent=2))


@incidents_app.command("show")
def show_incident(
    incident: IncidentId, state: StateFolder = None, output: OutputFormat = PrintedAs.TABLE
) -> None:
    """Show one incident with its timeline.

    Example: cost-slo incidents show metalabs-infrastructure-2026-11
    """
    found = load_incident(existing_store(state), incident)
    if output is PrintedAs.TABLE:
        print_incident(found, now())
    else:
        timeline = [
            {"at": iso(event.at), "kind": event.kind.value, "text": event.text}
            for event in found.events
        ]
        items = [action_to_json(item, now()) for item in actions(found)]
        shown = {**entry(found), "timeline": timeline, "actions": items}
        document = {"schema": _SCHEMA, "incidents": [shown]}
        typer.echo(json.dumps(document, indent=2))


@incidents_app.command("acknowledge")
def acknowledge_incident(
    incident: IncidentId, text: Said = "acknowledged", at: AsOf = None, state: StateFolder = None
) -> None:
    """Acknowledge an incident: someone is working on it.

    Example: cost-slo incidents acknowledge ID
    """
    _move(changes.acknowledge, incident, text, at=at, state=state)


def _add_verb(name: str, verb: Verb, says: str, example: str) -> None:
    """Add the command of a verb that needs no more than a text."""

    def move(incident: IncidentId, text: Said, at: AsOf = None, state: StateFolder = None) -> None:
        _move(verb, incident, text, at=at, state=state)

    example = f'Example: cost-slo incidents {name} ID --text "{example}"'
    incidents_app.command(name, help=f"{says}\n\n{example}")(move)


for _verb in (
    ("note", changes.note, "Add a note to the timeline.", "load test until Friday"),
    ("cause", changes.identify_cause, "Record the cause.", "retry loop in the import job"),
    ("mitigate", changes.mitigate, "Record that the cause is being stopped.", "import job paused"),
    ("reopen", changes.reopen, "Reopen an ended incident.", "the job was started again"),
    ("close", changes.close, "Close a resolved incident after its review.", "reviewed"),
):
    _add_verb(*_verb)


@incidents_app.command("resolve")
def resolve_incident(
    incident: IncidentId,
    text: Said,
    *,
    planned: Annotated[
        bool, typer.Option("--planned", help="Planned spend: include these days in the plan.")
    ] = False,
    at: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Resolve an incident.

    Example: cost-slo incidents resolve ID --text "spend is back to its level of October"
    """
    verb = changes.resolve_as_planned if planned else changes.resolve
    _move(verb, incident, text, at=at, state=state)


@incidents_app.command("accept")
def accept_incident(
    incident: IncidentId,
    since: Annotated[
        datetime,
        typer.Option("--from", parser=parse_instant, metavar="DATE", help="First normal day, UTC."),
    ],
    text: Annotated[str, typer.Option("--text", help="Why it is normal.")] = "",
    at: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Accept the spend since a day as the new normal; the plan follows and the incident ends.

    Example: cost-slo incidents accept ID --from 2026-11-14 --text "the new region is live"
    """
    _move(partial(changes.accept, since=since.date()), incident, text, at=at, state=state)


def existing_store(state: StateFolder) -> Store:
    """The store of a state. Raises CostSloError if its folder is empty."""
    return store_of(known_state(state))


def load_incident(store: Store, incident: str) -> Incident:
    """The incident with that id. Raises CostSloError that lists the known ids."""
    events = store.load_events(incident=incident)
    if events:
        return fold(events)
    ids = ", ".join(known.id for known in incidents(store.load_events())) or "none yet"
    message = f"no incident {incident!r} in this state; known ids: {ids}"
    raise CostSloError(message)


def entry(incident: Incident) -> dict[str, str | None]:
    """One entry of `cost-slo/incidents/v1`."""
    return {
        "id": incident.id,
        "slo": incident.slo,
        "severity": (incident.severity if incident.is_running else incident.peak).value,
        "status": incident.status.value,
        "opened_at": iso(incident.opened_at),
        "resolved_at": iso(incident.resolved_at) if incident.resolved_at else None,
        "summary": incident.summary,
    }


def _move(verb: Verb, incident: str, text: str, *, at: datetime | None, state: StateFolder) -> None:
    store = existing_store(state)
    move(store, incident, lambda found: verb(found, text, at or now()))
    print_incident(load_incident(store, incident), now())


def move(store: Store, incident: str, verb: Callable[[Incident], _Event]) -> _Event:
    """The event that `verb` adds to a timeline; decided again if the state changed in between."""
    slo = load_incident(store, incident).slo

    def moved() -> _Event:
        known = store.load_events(slo=slo)
        event = verb(fold([event for event in known if event.incident == incident]))
        if event is not None:
            store.save(StateChange(events=(event,), expected={slo: len(known)}))
        return event

    return again_on_conflict(moved)
