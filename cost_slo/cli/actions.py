# SPDX-License-Identifier: Apache-2.0
"""`cost-slo incidents action`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from cost_slo.cli.arguments import (
    AsOf,
    OutputFormat,
    PrintedAs,
    StateFolder,
    now,
    parse_instant,
    state_named,
)
from cost_slo.cli.incidents import IncidentId, existing_store, load_incident, move
from cost_slo.cli.tables import console, print_actions
from cost_slo.domain.actions.items import (
    Action,
    ActionStatus,
    Agreed,
    Priority,
    action_to_json,
    actions,
    by_urgency,
    default_due,
    find_action,
    numbered,
    same_text,
    terms,
)
from cost_slo.domain.actions.transitions import Revision, add_action, finish_action, revise_action
from cost_slo.domain.incidents.incident import Incident, incidents
from cost_slo.domain.postmortem.narrative.timeline import level
from cost_slo.domain.wording import iso
from cost_slo.wiring.local import has_state

_SCHEMA = "cost-slo/actions/v1"

actions_app = typer.Typer(
    help="Add, change, finish and list action items.\n\n"
    "Example: cost-slo incidents action list --overdue",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The item's number.")]


@actions_app.command()
def add(
    incident: IncidentId,
    text: Annotated[str, typer.Option("--text", help="What to do.")],
    owner: Annotated[str, typer.Option("--owner", help="A team or a rotation.", metavar="TEAM")],
    *,
    due: Annotated[
        datetime | None,
        typer.Option(
            "--due",
            parser=parse_instant,
            metavar="DATE",
            help="Last day [default: two weeks after the incident's end, or from now].",
        ),
    ] = None,
    priority: Annotated[
        Priority | None,
        typer.Option("--priority", help="Priority [default: the incident's level]."),
    ] = None,
    effect: Annotated[str, typer.Option("--effect", help="Expected effect.")] = "",
    at: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Add an action item; adding the same text again changes nothing.

    Example: cost-slo incidents action add ID --text "Cap the retries" --owner platform
    """
    store, moment = existing_store(state), at or now()
    found = load_incident(store, incident)
    known = find_action(actions(found), text)
    agreed = Agreed(
        text,
        owner,
        due.date() if due else known.agreed.due if known else default_due(found, moment),
        priority or (known.agreed.priority if known else Priority(level(found.peak))),
        effect or (known.agreed.effect if known else ""),
    )
    move(store, incident, lambda found: add_action(found, agreed, moment))
    items = actions(load_incident(store, incident))
    item = next(item for item in items if same_text(item.agreed.text, text))
    done = f"Action item {item.number} {'exists already' if known else 'added'}"
    console().print(f"{done}: {item.agreed.text} ({terms(item.agreed)})", soft_wrap=True)


@actions_app.command("change")
def change_item(
    incident: IncidentId,
    number: Number,
    *,
    text: Annotated[str | None, typer.Option("--text", help="What to do.")] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", help="A team or a rotation.", metavar="TEAM")
    ] = None,
    due: Annotated[
        datetime | None,
        typer.Option("--due", parser=parse_instant, metavar="DATE", help="Last day."),
    ] = None,
    priority: Annotated[Priority | None, typer.Option("--priority", help="Priority.")] = None,
    effect: Annotated[
        str | None, typer.Option("--effect", help='Expected effect; "" removes it.')
    ] = None,
    at: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Change an action item; options that are not given stay as they are.

    Example: cost-slo incidents action change ID 1 --due 2026-12-24 --owner platform
    """
    store = existing_store(state)
    revision = Revision(text, owner, due.date() if due else None, priority, effect)
    moment = at or now()
    event = move(store, incident, lambda found: revise_action(found, number, revision, moment))
    if event is None:
        agreed = numbered(load_incident(store, incident), number).agreed
        said = f"Action item {number} is unchanged: {agreed.text} ({terms(agreed)})"
    else:
        said = f"Changed: {event.text}"
    console().print(said, soft_wrap=True)


@actions_app.command()
def done(
    incident: IncidentId,
    number: Number,
    text: Annotated[str, typer.Option("--text", help="Result.")] = "",
    at: AsOf = None,
    state: StateFolder = None,
) -> None:
    """Mark an action item as done.

    Example: cost-slo incidents action done ID 1 --text "retries are capped at 2"
    """
    moment = at or now()
    event = move(
        existing_store(state),
        incident,
        lambda found: finish_action(found, number, text, moment),
    )
    console().print(f"Done: {event.text}", soft_wrap=True)


@actions_app.command("list")
def list_actions(
    incident: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="An incident's id [default: all].")
    ] = None,
    *,
    overdue: Annotated[bool, typer.Option("--overdue", help="Overdue items only.")] = False,
    at: AsOf = None,
    state: StateFolder = None,
    output: OutputFormat = PrintedAs.TABLE,
) -> None:
    """List action items: overdue first, then open, then done; each by due date.

    Example: cost-slo incidents action list --overdue --as-of 2026-12-01
    """
    moment = at or now()
    items = [item for found in _asked(incident, state) for item in actions(found, moment)]
    listed = [
        item
        for item in by_urgency(items, moment)
        if not overdue or item.status(moment) is ActionStatus.OVERDUE
    ]
    if output is PrintedAs.JSON:
        entries = [action_to_json(item, moment) for item in listed]
        document = {"schema": _SCHEMA, "as_of": iso(moment), "actions": entries}
        typer.echo(json.dumps(document, indent=2))
    else:
        _print(listed, moment, overdue=overdue)


def _asked(incident: str | None, state: StateFolder) -> Sequence[Incident]:
    if incident is not None:
        return [load_incident(existing_store(state), incident)]
    if not has_state(state_named(state)):
        return []
    return incidents(existing_store(state).load_events())


def _print(listed: Sequence[Action], as_of: datetime, *, overdue: bool) -> None:
    if listed:
        print_actions(listed, as_of)
    else:
        typer.echo("No overdue action items." if overdue else "No action items.")
