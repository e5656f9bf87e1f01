# SPDX-License-Identifier: Apache-2.0
"""How a command drafts a narrative, and keeps what it handed out."""

from __future__ import annotations

from datetime import datetime

from cost_slo.bootstrap import renderer
from cost_slo.domain.incident import Incident
from cost_slo.domain.narrative import narrative_facts
from cost_slo.domain.narrative.document import draft_of, stamped
from cost_slo.ports import StateChange, Store


def drafted(incident: Incident, as_of: datetime) -> str:
    """The narrative from the incident's evidence, which names itself.

    `as_of` is the instant at which its action items are overdue or not.
    """
    owner = incident.last_snapshot["slo"]["owner"]
    facts = narrative_facts(incident, owner=owner, as_of=as_of)
    return stamped(renderer().render("narrative.md.j2", facts))


def keep_draft(store: Store, text: str) -> None:
    """Remember a draft as it was handed out, so that an edit of it can be told from it."""
    fingerprint = draft_of(text)
    if fingerprint is not None:
        store.save(StateChange(drafts={fingerprint: text}))
