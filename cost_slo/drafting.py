# SPDX-License-Identifier: Apache-2.0
"""How is a narrative drafted, kept, and drafted again between the words of people?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cost_slo.domain.anomaly_told import told_anomalies
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incident import Incident
from cost_slo.domain.narrative import narrative_facts
from cost_slo.domain.narrative.agenda import TITLE as AGENDA
from cost_slo.domain.narrative.anomalies import anomaly_facts
from cost_slo.domain.narrative.document import draft_of, incident_of, stamped
from cost_slo.domain.narrative.merge import Merged, merge, still_holds
from cost_slo.domain.playbook import Playbook
from cost_slo.domain.snapshot import read_snapshot
from cost_slo.domain.spend import Observation
from cost_slo.ports import Renderer, StateChange, Store


@dataclass(frozen=True, slots=True)
class Drafter:
    """What drafting a narrative stands on."""

    store: Store
    renderer: Renderer
    playbooks: Sequence[Playbook]


@dataclass(frozen=True, slots=True)
class Redrafted:
    """A narrative merged with the draft of today."""

    draft: str
    merged: Merged


def drafted(
    drafter: Drafter, incident: Incident, as_of: datetime, *, with_agenda: bool = False
) -> str:
    """The narrative from the incident's evidence, which names itself.

    `as_of` is the instant at which its action items are overdue or not.
    """
    if told_anomalies(incident) and not incident.last_snapshot:
        return stamped(drafter.renderer.render("anomaly.md.j2", anomaly_facts(incident)))
    facts = narrative_facts(
        incident,
        owner=incident.last_snapshot["slo"]["owner"],
        as_of=as_of,
        ledger=_ledger(drafter.store, incident),
        playbooks=drafter.playbooks,
        with_agenda=with_agenda,
    )
    return stamped(drafter.renderer.render("narrative.md.j2", facts))


def keep_draft(store: Store, text: str) -> None:
    """Remember a draft as it was handed out, so that an edit of it can be told from it."""
    fingerprint = draft_of(text)
    if fingerprint is not None:
        store.save(StateChange(drafts={fingerprint: text}))


def redrafted(
    drafter: Drafter,
    incident: Incident,
    place: str,
    theirs: str,
    at: datetime,
    *,
    with_agenda: bool = False,
) -> Redrafted:
    """The draft of today, with an agenda where the text has one, and the text with its news.

    `place` is where `theirs` was read. Raises CostSloError for a text of another incident, or
    whose own draft is not known.
    """
    base = _handed_out(drafter.store, incident.id, place, theirs)
    keeps_agenda = with_agenda or still_holds(base, theirs, AGENDA)
    draft = drafted(drafter, incident, at, with_agenda=keeps_agenda)
    return Redrafted(draft, merge(base, theirs, draft))


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


def _ledger(store: Store, incident: Incident) -> Sequence[Observation]:
    """The series behind the incident's last decision; empty where it does not name one."""
    named = (item.series for item in read_snapshot(incident.last_snapshot).evidence)
    series = next(filter(None, named), None)
    return store.load_observations(series) if series else ()
