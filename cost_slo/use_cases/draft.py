# SPDX-License-Identifier: Apache-2.0
"""How is a narrative drafted from what the state knows, and published where people edit it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cost_slo.domain.anomalies.timeline import told_anomalies
from cost_slo.domain.evidence.snapshot import read_snapshot
from cost_slo.domain.incidents.incident import Incident, incidents
from cost_slo.domain.postmortem.editing.lines import stamped
from cost_slo.domain.postmortem.facts.playbook import Playbook
from cost_slo.domain.postmortem.narrative.anomaly_story import anomaly_facts
from cost_slo.domain.postmortem.narrative.sections import narrative_facts
from cost_slo.domain.spend.reading import Observation
from cost_slo.ports import Narratives, Renderer, Store
from cost_slo.use_cases.publish import Draft, update

# So long after its end an incident's narrative gets what restatements and people still bring.
RETOLD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Drafter:
    """What drafting a narrative stands on."""

    store: Store
    renderer: Renderer
    playbooks: Sequence[Playbook]


def drafted(
    drafter: Drafter, incident: Incident, as_of: datetime, *, with_agenda: bool = False
) -> str:
    """The narrative from the incident's evidence, which names itself.

    `as_of` is the instant at which its action items are overdue or not.
    """
    if told_anomalies(incident) and not incident.last_snapshot:
        return stamped(drafter.renderer.render("anomaly.md.j2", anomaly_facts(incident, as_of)))
    facts = narrative_facts(
        incident,
        owner=read_snapshot(incident.last_snapshot).owner,
        as_of=as_of,
        ledger=_ledger(drafter.store, incident),
        playbooks=drafter.playbooks,
        with_agenda=with_agenda,
    )
    return stamped(drafter.renderer.render("narrative.md.j2", facts))


def draft_of_today(drafter: Drafter, incident: Incident, at: datetime) -> Draft:
    """Drafts the incident's narrative as of an instant."""
    return lambda with_agenda: drafted(drafter, incident, at, with_agenda=with_agenda)


def publish(
    drafter: Drafter, narratives: Narratives, at: datetime
) -> tuple[tuple[str, ...], tuple[tuple[str, Exception], ...]]:
    """Write or merge the narrative of each incident that is not long over.

    The ids of those that have news, and of those that could not be written, and why.
    """
    written, failed = [], []
    for incident in incidents(drafter.store.load_events()):
        if incident.resolved_at is not None and at - incident.resolved_at > RETOLD:
            continue
        try:
            draft = draft_of_today(drafter, incident, at)
            has_news = update(drafter.store, narratives, incident.id, draft)
        except Exception as error:  # noqa: BLE001  it is reported, and the others are written
            failed.append((incident.id, error))
            continue
        if has_news:
            written.append(incident.id)
    return tuple(written), tuple(failed)


def _ledger(store: Store, incident: Incident) -> Sequence[Observation]:
    """The series behind the incident's last decision; empty where it does not name one."""
    named = (item.series for item in read_snapshot(incident.last_snapshot).evidence)
    series = next(filter(None, named), None)
    return store.load_observations(series) if series else ()
