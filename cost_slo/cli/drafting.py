# SPDX-License-Identifier: Apache-2.0
"""How a command drafts a narrative, and keeps what it handed out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cost_slo.bootstrap import playbooks, renderer
from cost_slo.domain.anomaly_told import told_anomalies
from cost_slo.domain.incident import Incident
from cost_slo.domain.narrative import narrative_facts
from cost_slo.domain.narrative.anomalies import anomaly_facts
from cost_slo.domain.narrative.document import draft_of, stamped
from cost_slo.domain.snapshot import read_snapshot
from cost_slo.domain.spend import Observation
from cost_slo.ports import StateChange, Store


def drafted(store: Store, incident: Incident, as_of: datetime, *, with_agenda: bool = False) -> str:
    """The narrative from the incident's evidence, which names itself.

    `as_of` is the instant at which its action items are overdue or not.
    """
    if told_anomalies(incident) and not incident.last_snapshot:
        return stamped(renderer().render("anomaly.md.j2", anomaly_facts(incident, as_of)))
    facts = narrative_facts(
        incident,
        owner=incident.last_snapshot["slo"]["owner"],
        as_of=as_of,
        ledger=_ledger(store, incident),
        playbooks=playbooks(),
        with_agenda=with_agenda,
    )
    return stamped(renderer().render("narrative.md.j2", facts))


def keep_draft(store: Store, text: str) -> None:
    """Remember a draft as it was handed out, so that an edit of it can be told from it."""
    fingerprint = draft_of(text)
    if fingerprint is not None:
        store.save(StateChange(drafts={fingerprint: text}))


def _ledger(store: Store, incident: Incident) -> Sequence[Observation]:
    """The series behind the incident's last decision; empty where it does not name one."""
    named = (item.series for item in read_snapshot(incident.last_snapshot).evidence)
    series = next(filter(None, named), None)
    return store.load_observations(series) if series else ()
