# SPDX-License-Identifier: Apache-2.0
"""How does new evidence get into a narrative that people edit, wherever it lies?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.postmortem.editing.lines import draft_of, incident_of
from cost_slo.domain.postmortem.editing.merge import Merged, merge, still_holds
from cost_slo.domain.postmortem.narrative.agenda import TITLE as AGENDA
from cost_slo.ports import Narratives, StateChange, Store
from cost_slo.use_cases.retry_on_conflict import again_on_conflict

# Drafts an incident's narrative of today, with the agenda of its review or without.
Draft = Callable[[bool], str]


@dataclass(frozen=True, slots=True)
class Redrafted:
    """The draft of today, and a narrative with its news."""

    draft: str
    merged: Merged


def update(store: Store, narratives: Narratives, incident: str, draft: Draft) -> bool:
    """Write the first draft of an incident, or merge the draft of today; whether it was written.

    An edit made in between is merged, too. Raises CostSloError for a narrative whose own draft is
    not known, SourceError, and StateConflictError where people edit without a pause.
    """
    return again_on_conflict(lambda: _written(store, narratives, incident, draft))


def _written(store: Store, narratives: Narratives, incident: str, draft: Draft) -> bool:
    found = narratives.load_narrative(incident)
    if found is None:
        drafted = text = draft(False)  # noqa: FBT003  a Draft takes it by place
    else:
        again = redrafted(store, incident, f"the narrative of {incident}", found.text, draft)
        drafted, text = again.draft, again.merged.text
        if text == found.text:
            return False
    keep_draft(store, drafted)
    narratives.save_narrative(incident, text, over=found.version if found else None)
    return True


def redrafted(
    store: Store, incident: str, place: str, theirs: str, draft: Draft, *, with_agenda: bool = False
) -> Redrafted:
    """The draft of today, with an agenda where the text has one, and the text with its news.

    `place` names the text in errors. Raises CostSloError for a text of another incident, or whose
    own draft is not known.
    """
    base = _handed_out(store, incident, place, theirs)
    drafted = draft(with_agenda or still_holds(base, theirs, AGENDA))
    return Redrafted(drafted, merge(base, theirs, drafted))


def keep_draft(store: Store, text: str) -> None:
    """Remember a draft as it was handed out, so that an edit of it can be told from it."""
    fingerprint = draft_of(text)
    if fingerprint is not None:
        store.save(StateChange(drafts={fingerprint: text}))


def _handed_out(store: Store, incident: str, place: str, text: str) -> str:
    """The draft that a text was edited from. Raises CostSloError where that is not known."""
    told, fingerprint = incident_of(text), draft_of(text)
    if told != incident:
        raise CostSloError(f"{place} tells of {told or 'no incident'}, not of {incident}")
    if fingerprint is None:
        raise CostSloError(
            f"{place} has no `draft` between its first two `---`, so words of people cannot be "
            "told from the draft's; put the line back, or draft into a new file and copy them over"
        )
    base = store.load_draft(fingerprint)
    if base is None:
        raise CostSloError(
            f"{place} was written from draft {fingerprint}, which is not in this state folder; "
            "name the one it was drafted with (--state), or draft into a new file"
        )
    return base
