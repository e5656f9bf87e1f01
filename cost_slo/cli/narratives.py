# SPDX-License-Identifier: Apache-2.0
"""The narrative of an incident, from what a state folder knows."""

from __future__ import annotations

from collections.abc import Sequence

from cost_slo.bootstrap import playbooks, renderer
from cost_slo.domain.incident import Incident
from cost_slo.domain.narrative import narrative_facts
from cost_slo.domain.snapshot import read_snapshot
from cost_slo.domain.spend import Observation
from cost_slo.ports import Store


def narrative(store: Store, incident: Incident, *, with_agenda: bool = False) -> str:
    """The whole text. Raises CostDataError where no event carries an evaluation."""
    facts = narrative_facts(
        incident,
        owner=owner(incident),
        ledger=_ledger(store, incident),
        playbooks=playbooks(),
        with_agenda=with_agenda,
    )
    return renderer().render("narrative.md.j2", facts)


def owner(incident: Incident) -> str:
    """Who owns the SLO, as its last decision says; empty without one."""
    return str(incident.last_snapshot.get("slo", {}).get("owner", ""))


def _ledger(store: Store, incident: Incident) -> Sequence[Observation]:
    """The series behind the incident's last decision; empty where it does not name one."""
    if not incident.last_snapshot:
        return ()
    named = (item.series for item in read_snapshot(incident.last_snapshot).evidence)
    series = next(filter(None, named), None)
    return store.load_observations(series) if series else ()
