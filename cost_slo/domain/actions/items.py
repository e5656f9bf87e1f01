# SPDX-License-Identifier: Apache-2.0
"""What was agreed to be done about an incident, by whom, by when, and is it done?

Action items live on the incident's timeline: an item is an event, so is its change and its end.
Its number is its place among the incident's items and never changes. Items outlive the incident:
they may be added and done in any of its states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.stored import from_json
from cost_slo.domain.wording import day, iso, one_line

# From the incident's end to the day its items are due, unless another was agreed.
FOLLOW_UP = timedelta(days=14)


class Priority(StrEnum):
    """How soon an item matters, by the incident's own levels."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class ActionStatus(StrEnum):
    """Where an item stands at an instant."""

    OVERDUE = "overdue"
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What an item says. `owner` is a team or a rotation; `due` is the last day for it."""

    text: str
    owner: str
    due: date
    priority: Priority
    effect: str = ""


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """What an event about a known item keeps; `instead_of` is what a revision replaced, by name."""

    number: int
    instead_of: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _AgreedRecord:
    agreed: Agreed


@dataclass(frozen=True, slots=True)
class Action:
    """One item, as its events left it."""

    incident: str
    slo: str
    number: int
    agreed: Agreed
    added_at: datetime
    done_at: datetime | None = None

    def status(self, as_of: datetime) -> ActionStatus:
        """Done, or overdue from the end of its due day on, or open."""
        if self.done_at is not None:
            return ActionStatus.DONE
        late = as_of >= midnight(self.agreed.due + DAY)
        return ActionStatus.OVERDUE if late else ActionStatus.OPEN


def actions(incident: Incident, as_of: datetime | None = None) -> tuple[Action, ...]:
    """Every item of an incident by number, as known at an instant."""
    found: list[Action] = []
    for event in incident.events:
        if event.kind is EventKind.ACTION_ADDED:
            found.append(_added(event, len(found) + 1))
        elif event.kind in (EventKind.ACTION_CHANGED, EventKind.ACTION_DONE) and _is_known(
            event, as_of
        ):
            place = action_record(event).number - 1
            found[place] = _moved(found[place], event)
    return tuple(item for item in found if as_of is None or item.added_at <= as_of)


def by_urgency(items: Iterable[Action], as_of: datetime) -> list[Action]:
    """Overdue ones first, then open ones, then those done; the earliest due first."""
    order = list(ActionStatus)
    return sorted(items, key=lambda item: (order.index(item.status(as_of)), item.agreed.due))


def default_due(incident: Incident, at: datetime) -> date:
    """Two weeks after the incident ended, or from now while it runs."""
    return ((incident.resolved_at or at) + FOLLOW_UP).date()


def same_text(one: str, other: str) -> bool:
    """Whether two items say the same, whatever their spacing and capitals."""
    return plain_text(one) == plain_text(other)


def plain_text(text: str) -> str:
    """What an item is known by: its text on one line, in small letters."""
    return one_line(text).casefold()


def find_action(items: Iterable[Action], text: str) -> Action | None:
    """The item that says this."""
    return next((item for item in items if same_text(item.agreed.text, text)), None)


def numbered(incident: Incident, number: int) -> Action:
    """The item of that number. Raises CostSloError naming those there are."""
    items = actions(incident)
    if 1 <= number <= len(items):
        return items[number - 1]
    there = f"1 to {len(items)}" if items else "none yet"
    raise CostSloError(f"{incident.id} has no action item {number}; there are: {there}")


def terms(agreed: Agreed) -> str:
    """By whom, by when and how soon it matters."""
    return f"{agreed.owner}, due {day(agreed.due)}, {agreed.priority}"


def action_to_json(item: Action, as_of: datetime) -> dict[str, Any]:
    """One entry of `cost-slo/actions/v1`."""
    return {
        "incident": item.incident,
        "slo": item.slo,
        "number": item.number,
        **agreed_to_json(item.agreed),
        "status": item.status(as_of).value,
        "added_at": iso(item.added_at),
        "done_at": iso(item.done_at) if item.done_at else None,
    }


def action_record(event: IncidentEvent) -> ActionRecord:
    """What an event about a known item keeps."""
    return from_json(ActionRecord, event.snapshot)


def agreed_to_json(agreed: Agreed) -> dict[str, str]:
    """What was agreed, in the words of an event."""
    return {name: str(said) for name, said in asdict(agreed).items()}


def _is_known(event: IncidentEvent, as_of: datetime | None) -> bool:
    return as_of is None or event.at <= as_of


def _added(event: IncidentEvent, number: int) -> Action:
    return Action(event.incident, event.slo, number, _agreed(event), event.at)


def _moved(item: Action, event: IncidentEvent) -> Action:
    if event.kind is EventKind.ACTION_DONE:
        return replace(item, done_at=event.at)
    return replace(item, agreed=_agreed(event))


def _agreed(event: IncidentEvent) -> Agreed:
    return from_json(_AgreedRecord, event.snapshot).agreed
