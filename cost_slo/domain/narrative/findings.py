# SPDX-License-Identifier: Apache-2.0
"""What is known about an incident, from which evidence, and how sure is it?

Each claim is *measured* (with the evidence it rests on), *inferred*, or *unknown*: then it is a
question to the owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from cost_slo.domain.drivers import Kind, Mover
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.incident import EventKind, Incident, IncidentEvent, Severity
from cost_slo.domain.overspend import excess
from cost_slo.domain.snapshot import Evidence, Snapshot, read_snapshot
from cost_slo.domain.wording import change, markdown

NOWHERE = Decimal("-Infinity")


@dataclass(frozen=True, slots=True)
class Findings:
    """An incident and the snapshots worth quoting.

    `first` opened it, `onset` shows the largest change of spend, `alarm` is the last at its
    highest severity, `peak` has the largest excess, `latest` is the newest. `evidence` is
    numbered for this incident.
    """

    incident: Incident
    owner: str
    severity: Severity
    first: Snapshot
    onset: Snapshot
    alarm: Snapshot
    peak: Snapshot
    latest: Snapshot
    evidence: tuple[Evidence, ...]

    @property
    def known_at(self) -> datetime:
        """The newest instant anything is known about."""
        return max(event.at for event in self.incident.events)


def findings(incident: Incident, *, owner: str) -> Findings:
    """The incident's own record; CostDataError when no event carries an evaluation."""
    decisions = [event for event in incident.events if "slo" in event.snapshot]
    if not decisions:
        raise CostDataError(
            f"incident {incident.id} has no event with an evaluation, so there is nothing to draft "
            "from; run `cost-slo evaluate` on its SLO first"
        )
    snapshots = [read_snapshot(event.snapshot) for event in decisions]
    alarm = _loudest(decisions)
    severity = max(incident.severity, _severity(decisions[alarm]))
    peak = max(enumerate(snapshots), key=lambda item: (_size(item[1]), item[0]))[1]
    onset = max(snapshots, key=_moved)
    quoted = (snapshots[0], onset, snapshots[alarm], peak, snapshots[-1])
    return Findings(incident, owner, severity, *quoted, evidence=_numbered(quoted))


def measured(facts: Findings, known: Snapshot, claim: str, about: str = "charge") -> str:
    """A claim that the evidence of a snapshot shows."""
    mine = [item for item in known.evidence if about in item.what.lower()] or known.evidence[:1]
    wanted = {_identity(item) for item in mine}
    ids = ", ".join(item.id for item in facts.evidence if _identity(item) in wanted)
    return f"{claim} _[measured {ids}]_" if ids else f"{claim} _[measured]_"


def inferred(claim: str) -> str:
    """A claim that follows from what was measured, or that responders stated."""
    return f"{claim} _[inferred]_"


def unknown(facts: Findings, question: str) -> str:
    """What only people know: a question to the owner."""
    return f"Question to {markdown(facts.owner)}: {question} _[unknown]_"


def stated(facts: Findings, kind: EventKind) -> list[IncidentEvent]:
    """What responders said of that kind, oldest first."""
    return sorted(
        (event for event in facts.incident.events if event.kind is kind), key=lambda event: event.at
    )


def moved(mover: Mover, known: Snapshot) -> str:
    """One service's change, short."""
    kind = f" ({mover.kind})" if mover.kind in (Kind.NEW, Kind.GONE) else ""
    return f"{markdown(mover.service)} {change(mover.change, known.currency)}{kind}"


def _severity(event: IncidentEvent) -> Severity:
    return event.severity or Severity.NONE


def _loudest(decisions: list[IncidentEvent]) -> int:
    return max(range(len(decisions)), key=lambda index: (_severity(decisions[index]), index))


def _size(known: Snapshot) -> Decimal:
    over = excess(known)
    return NOWHERE if over is None else over


def _moved(known: Snapshot) -> Decimal:
    return NOWHERE if known.movers is None else known.movers.change


def _identity(item: Evidence) -> tuple[str, str, int | None, str]:
    return item.what, item.query, item.rows, item.revision


def _numbered(quoted: Iterable[Snapshot]) -> tuple[Evidence, ...]:
    unique = {_identity(item): item for known in quoted for item in known.evidence}
    return tuple(
        replace(item, id=f"E{number}") for number, item in enumerate(unique.values(), start=1)
    )
