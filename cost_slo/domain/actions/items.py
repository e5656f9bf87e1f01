# SPDX-License-Identifier: Apache-2.0
"""What is to be done about an incident, by whom and by when, and is it done?

Adding, changing and finishing an item are events on the incident's timeline. An item's number is
its place among the incident's items and never changes. Items may be added and finished in any
state of the incident.
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

# From the incident's end to the due day of its items, by default.
FOLLOW_UP = timedelta(days=14)


class Priority(StrEnum):
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class ActionStatus(StrEnum):
    OVERDUE = "overdue"
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The terms of an item. `owner` is a team or a rotation; `due` is the last day."""

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
    """One item, folded from its events."""

    incident: str
    slo: str
    number: int
    agreed: Agreed
    added_at: datetime
    done_at: datetime | None = None

    def status(self, as_of: datetime) -> ActionStatus:
        """Done; overdue after the end of its due day; else open."""
        if self.done_at is not None:
            return ActionStatus.DONE
        late = as_of >= midnight(self.agreed.due + DAY)
        return ActionStatus.OVERDUE if late else ActionStatus.OPEN


def actions(incident: Incident, as_of: datetime | None = None) -> tuple[Action, ...]:
    """Every item of an incident by number, as known at `as_of`."""
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
    """Overdue items first, then open, then done; each by due date."""
    order = list(ActionStatus)
    return sorted(items, key=lambda item: (order.index(item.status(as_of)), item.agreed.due))


def default_due(incident: Incident, at: datetime) -> date:
    """Two weeks after the incident's end, or after `at` while it runs."""
    return ((incident.resolved_at or at) + FOLLOW_UP).date()


def same_text(one: str, other: str) -> bool:
    """Whether two texts are equal but for spacing and case."""
    return plain_text(one) == plain_text(other)


def plain_text(text: str) -> str:
    """The text on one line, case-folded: items are compared by it."""
    return one_line(text).casefold()


def find_action(items: Iterable[Action], text: str) -> Action | None:
    """The item with this text."""
    return next((item for item in items if same_text(item.agreed.text, text)), None)


def numbered(incident: Incident, number: int) -> Action:
    """The item with that number. Raises CostSloError that lists the known numbers."""
    items = actions(incident)
    if 1 <= number <= len(items):
        return items[number - 1]
    there = f"1 to {len(items)}" if items else "none yet"
    raise CostSloError(f"{incident.id} has no action item {number}; there are: {there}")


def terms(agreed: Agreed) -> str:
    """Owner, due day and priority, such as `platform, due 24 Dec 2026, P2`."""
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
    """The terms as an event stores them."""
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
