# SPDX-License-Identifier: Apache-2.0
"""What is known about an incident, from which evidence, and how sure is it?

Each claim is *measured* (with the evidence it rests on), *inferred* (with what it follows from),
or *unknown*: then it is a question to the owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.evidence.overspend import excess, recent_excess
from cost_slo.domain.evidence.recovery import RESTATED
from cost_slo.domain.evidence.snapshot import Snapshot, read_snapshot
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent, Severity
from cost_slo.domain.incidents.judged import Evidence
from cost_slo.domain.money import ZERO
from cost_slo.domain.postmortem.facts.playbook import Playbook
from cost_slo.domain.spend.reading import Observation

NOWHERE = Decimal("-Infinity")


@dataclass(frozen=True, slots=True)
class Findings:
    """An incident and the snapshots worth quoting.

    `first` opened it, `onset` shows the largest change of spend, `alarm` is the last at its
    highest severity, `peak` is the costliest, `height` shows the dearest days, `latest` is the
    newest. `evidence` is that of all decisions, numbered in order of time: an id stays as newer
    decisions come. `ledger` is its series as known at the drafting, or empty.
    """

    incident: Incident
    owner: str
    severity: Severity
    first: Snapshot
    onset: Snapshot
    alarm: Snapshot
    peak: Snapshot
    height: Snapshot
    latest: Snapshot
    evidence: tuple[Evidence, ...]
    ledger: tuple[Observation, ...] = ()
    playbooks: tuple[Playbook, ...] = ()

    @property
    def known_at(self) -> datetime:
        """The newest instant anything is known about."""
        return max(event.at for event in self.incident.events)

    @property
    def resolved_by(self) -> str:
        """Why it ended, in the words of the last resolution; empty while it has not."""
        ends = [event.text for event in self.incident.events if event.kind is EventKind.RESOLVED]
        return ends[-1] if self.incident.resolved_at else ""

    @property
    def is_restated(self) -> bool:
        """Whether it ended because the source took its charges back."""
        return self.resolved_by.startswith(RESTATED)

    @property
    def quoted(self) -> dict[str, Snapshot]:
        """The snapshots by the part they play, the best known part first."""
        names = ("peak", "latest", "first", "alarm", "onset", "height")
        return {name: getattr(self, name) for name in names}

    @property
    def changed(self) -> Snapshot | None:
        """The first quoted decision that knows of changes before the rise."""
        quoted = (self.first, self.onset, self.alarm, self.peak, self.latest)
        return next((known for known in quoted if known.changed and known.changed.says), None)

    @property
    def drafted_at(self) -> datetime:
        """The newest instant at which anything about the quoted days was observed."""
        windows = [known.window for known in self.quoted.values() if known.window]
        seen = (
            row.observed_at for row in self.ledger if any(row.day in window for window in windows)
        )
        return max([self.known_at, *seen])


def findings(
    incident: Incident,
    *,
    owner: str,
    ledger: Iterable[Observation] = (),
    playbooks: Iterable[Playbook] = (),
) -> Findings:
    """The incident's own record; CostDataError when no event carries an evaluation."""
    decisions = [event for event in incident.events if event.decided.slo]
    if not decisions:
        raise CostDataError(
            f"incident {incident.id} has no event with an evaluation, so there is nothing to draft "
            "from; run `cost-slo evaluate` on its SLO first"
        )
    snapshots = _read(decisions)
    alarm = _loudest(decisions)
    severity = max(incident.severity, _severity(decisions[alarm]))
    peak = max(enumerate(snapshots), key=lambda item: (_size(item[1]), item[0]))[1]
    onset = max(snapshots, key=_moved)
    height = max(snapshots, key=_heightened)
    quoted = (snapshots[0], onset, snapshots[alarm], peak, height, snapshots[-1])
    return Findings(
        incident,
        owner,
        severity,
        *quoted,
        evidence=_numbered(snapshots),
        ledger=tuple(ledger),
        playbooks=tuple(playbooks),
    )


def stated(facts: Findings, kind: EventKind) -> list[IncidentEvent]:
    """What responders said of that kind, oldest first."""
    return sorted(
        (event for event in facts.incident.events if event.kind is kind), key=lambda event: event.at
    )


def _severity(event: IncidentEvent) -> Severity:
    return event.severity or Severity.NONE


def _loudest(decisions: list[IncidentEvent]) -> int:
    return max(range(len(decisions)), key=lambda index: (_severity(decisions[index]), index))


def _read(decisions: list[IncidentEvent]) -> list[Snapshot]:
    """Their snapshots; one that was recorded again is the first event's."""
    read = [(read_snapshot(event.snapshot), event.key) for event in decisions]
    recorded_by = {known.as_of: key for known, key in reversed(read)}
    return [replace(known, event=recorded_by[known.as_of]) for known, _ in read]


def _size(known: Snapshot) -> tuple[Decimal, Decimal]:
    sizes = [size for size in (excess(known), recent_excess(known)) if size is not None]
    return known.above_plan or ZERO, max(sizes, default=NOWHERE)


def _moved(known: Snapshot) -> Decimal:
    return NOWHERE if known.parts is None else known.parts.change


def _heightened(known: Snapshot) -> Decimal:
    return NOWHERE if known.recent is None else known.recent.change / known.recent.window.days


def identity(item: Evidence) -> tuple[str, str, int | None, str]:
    """What makes two entries of evidence the same, whatever their numbers."""
    return item.what, item.query, item.rows, item.revision


def _numbered(snapshots: Iterable[Snapshot]) -> tuple[Evidence, ...]:
    unique = {identity(item): item for known in snapshots for item in known.evidence}
    return tuple(
        replace(item, id=f"E{number}") for number, item in enumerate(unique.values(), start=1)
    )
