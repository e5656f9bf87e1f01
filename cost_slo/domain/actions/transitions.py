# SPDX-License-Identifier: Apache-2.0
"""The events that add, change and finish an action item."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from cost_slo.domain.actions.items import (
    Agreed,
    Priority,
    actions,
    agreed_to_json,
    find_action,
    numbered,
    plain_text,
    terms,
)
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent
from cost_slo.domain.wording import one_line

# What a revision replaced, by name, in the snapshot of its event.
INSTEAD_OF = "instead_of"


@dataclass(frozen=True, slots=True)
class Revision:
    """New terms of an item; None keeps the old one."""

    text: str | None = None
    owner: str | None = None
    due: date | None = None
    priority: Priority | None = None
    effect: str | None = None


def add_action(incident: Incident, agreed: Agreed, at: datetime) -> IncidentEvent:
    """The event that adds an item; for a known item with equal terms, its first event again.

    Raises CostSloError without a text or an owner, and for a known item with other terms.
    """
    agreed = checked(agreed)
    known = find_action(actions(incident), agreed.text)
    added = [event for event in incident.events if event.kind is EventKind.ACTION_ADDED]
    if known is None:
        key = _new_key(incident, agreed.text, len(added) + 1)
        said = f"{agreed.text} ({terms(agreed)})"
        snapshot = {"agreed": agreed_to_json(agreed)}
        return _event(incident, EventKind.ACTION_ADDED, key, said, at, snapshot)
    if replace(known.agreed, text=agreed.text) != agreed:
        raise CostSloError(
            f"action item {known.number} of {incident.id} has this text already "
            f"({terms(known.agreed)}); to change it, run "
            f"`cost-slo incidents action change {incident.id} {known.number}`"
        )
    return added[known.number - 1]


def change_action(incident: Incident, number: int, agreed: Agreed, at: datetime) -> IncidentEvent:
    """The event of new terms. Raises CostSloError for an unknown number or incomplete terms."""
    known, agreed = numbered(incident, number), checked(agreed)
    words, before = agreed_to_json(agreed), agreed_to_json(known.agreed)
    changed = ", ".join(f"{name} {words[name] or '-'}" for name in _changed(before, words))
    earlier = sum(event.kind is EventKind.ACTION_CHANGED for event in incident.events)
    digest = _digest(str(sorted(words.items())))
    key = f"{incident.id}/action/{number}/{at.isoformat()}/{earlier}/{digest}"
    snapshot = {"number": number, "agreed": words}
    said = f"action item {number}: {changed}"
    return _event(incident, EventKind.ACTION_CHANGED, key, said, at, snapshot)


def revise_action(
    incident: Incident, number: int, revision: Revision, at: datetime
) -> IncidentEvent | None:
    """The event that changes an item; None if its terms are the same already.

    The event holds the replaced terms, so that an outdated file does not undo the change. Raises
    CostSloError for an empty revision, an unknown number, an item without text or owner, and the
    text of another item.
    """
    asked = {name: said for name, said in asdict(revision).items() if said is not None}
    if not asked:
        raise CostSloError("nothing to change; use " + _options())
    known = numbered(incident, number)
    agreed = checked(replace(known.agreed, **asked))
    others = (item for item in actions(incident) if item.number != number)
    other = find_action(others, agreed.text) if revision.text is not None else None
    if other:
        raise CostSloError(f"action item {other.number} of {incident.id} has this text already")
    if agreed == known.agreed:
        return None
    event, before = change_action(incident, number, agreed, at), agreed_to_json(known.agreed)
    changed = _changed(before, agreed_to_json(agreed))
    replaced = {name: before[name] for name in changed}
    return replace(event, snapshot={**event.snapshot, INSTEAD_OF: replaced})


def finish_action(incident: Incident, number: int, text: str, at: datetime) -> IncidentEvent:
    """The event that finishes an item, once. Raises CostSloError for an unknown number."""
    known = numbered(incident, number)
    said = f"action item {number}: {one_line(text) or known.agreed.text}"
    key = f"{incident.id}/action/{number}/done"
    return _event(incident, EventKind.ACTION_DONE, key, said, at, {"number": number})


def checked(agreed: Agreed) -> Agreed:
    """The terms, each on one line. Raises CostSloError without a text or an owner."""
    text, owner = one_line(agreed.text), one_line(agreed.owner)
    if not text:
        raise CostSloError("the text of an action item is empty; say what to do")
    if not owner:
        raise CostSloError(f"{text!r} has no owner; name a team or a rotation")
    return replace(agreed, text=text, owner=owner, effect=one_line(agreed.effect))


def _new_key(incident: Incident, text: str, number: int) -> str:
    """A key by text; with the number if an item whose text changed since has that key."""
    key = f"{incident.id}/action/{_digest(plain_text(text))}"
    is_taken = any(event.key == key for event in incident.events)
    return f"{key}/{number}" if is_taken else key


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [name for name, said in after.items() if said != before[name]]


def _options() -> str:
    *most, last = (f"--{name}" for name in asdict(Revision()))
    return f"{', '.join(most)} or {last}"


def _event(
    incident: Incident,
    kind: EventKind,
    key: str,
    text: str,
    at: datetime,
    snapshot: Mapping[str, Any],
) -> IncidentEvent:
    return IncidentEvent(incident.id, incident.slo, key, at, kind, text, snapshot=snapshot)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
