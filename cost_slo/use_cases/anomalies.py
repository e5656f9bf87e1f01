# SPDX-License-Identifier: Apache-2.0
"""Which incidents does an anomaly belong to, and does its detector know what people said of it?

Read what is known, decide, write state and messages at once, deliver. Handling a message again, or
after a later one, changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from cost_slo.domain.alerts.alert import POINTERS, Notification
from cost_slo.domain.anomalies.anomaly import Anomaly, Feedback
from cost_slo.domain.anomalies.consequence import follow
from cost_slo.domain.anomalies.own_incident import own_slo, quietened
from cost_slo.domain.anomalies.scope import MonitorTag, ScopeMatch
from cost_slo.domain.anomalies.timeline import Consequence, Heard, own_incident, told_anomalies
from cost_slo.domain.errors import CostSloError, SourceError
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent, incidents
from cost_slo.domain.plan.learning import is_planned
from cost_slo.domain.spec.document import Spec
from cost_slo.ports import AnomalyFeedback, Notifier, SpecSource, StateChange, Store
from cost_slo.use_cases.outbox import deliver
from cost_slo.use_cases.retry_on_conflict import again_on_conflict

# So long the detector knows an anomaly (GetAnomalies); later no feedback on it is taken.
RETENTION = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AnomalyDesk:
    """What anomalies are handled with; the last three as in `Heard`."""

    specs: SpecSource
    store: Store
    notifier: Notifier
    monitors: Mapping[str, MonitorTag] = field(default_factory=dict)
    page_from: Decimal | None = None
    pointers: str = POINTERS


@dataclass(frozen=True, slots=True)
class Handled:
    """What followed from each anomaly, and what became of the messages that were due."""

    followed: tuple[tuple[Anomaly, Consequence], ...]
    quietened: tuple[IncidentEvent, ...]
    delivered: tuple[Notification, ...]
    undelivered: tuple[tuple[Notification, SourceError], ...] = ()
    failed: tuple[tuple[Anomaly, Exception], ...] = ()
    """Those that a fault of this program kept from being handled."""


def handle_anomalies(desk: AnomalyDesk, anomalies: Iterable[Anomaly], at: datetime) -> Handled:
    """Put each anomaly where it belongs, end what is over, deliver what is due.

    Raises SpecError and SourceError; what was written by then stays, and a re-run does the rest. A
    fault in one anomaly is reported in `failed`, and the others are handled.
    """
    spec = desk.specs.load_spec()
    followed, failed = list[tuple[Anomaly, Consequence]](), list[tuple[Anomaly, Exception]]()
    for anomaly in anomalies:
        try:
            found = again_on_conflict(partial(_handled, desk, spec, anomaly, at))
        except CostSloError:
            raise
        except Exception as error:  # noqa: BLE001  it is reported, and the others are handled
            failed.append((anomaly, error))
        else:
            followed += [(anomaly, consequence) for consequence in found]
    over = again_on_conflict(partial(_quietened, desk.store, at))
    delivered, undelivered = deliver(desk.store, desk.notifier, at)
    return Handled(tuple(followed), over, delivered, undelivered, tuple(failed))


def send_due_feedback(
    store: Store, detector: AnomalyFeedback, at: datetime
) -> tuple[tuple[str, ...], tuple[tuple[str, SourceError], ...]]:
    """Tell the detector of each anomaly of an incident that was resolved as planned.

    At least once: a crash before it is noted sends it again. The ids told, and those that failed.
    """
    sent, failed = [], []
    for incident, anomaly in _due_feedback(incidents(store.load_events()), at):
        try:
            detector.send_feedback(anomaly.id, Feedback.PLANNED_ACTIVITY, on=at.date())
        except SourceError as error:
            failed.append((anomaly.id, error))
            continue
        store.save(StateChange(events=(_noted(incident, anomaly, at),)))
        sent.append(anomaly.id)
    return tuple(sent), tuple(failed)


def _handled(
    desk: AnomalyDesk, spec: Spec, anomaly: Anomaly, at: datetime
) -> tuple[Consequence, ...]:
    heard = Heard(
        anomaly,
        at,
        spec,
        monitors=desk.monitors,
        page_from=desk.page_from,
        pointers=desk.pointers,
    )
    own = desk.store.load_events(incident=own_incident(anomaly))
    names = [slo.name for slo, _ in heard.placed(ScopeMatch.INSIDE, ScopeMatch.UNKNOWN)]
    names.append(own[0].slo if own else own_slo(anomaly))
    events = {name: desk.store.load_events(slo=name) for name in names}
    known = incidents(event for told in events.values() for event in told)
    followed = follow(replace(heard, incidents=known))
    change = StateChange(
        events=tuple(event for it in followed for event in it.events),
        notifications=tuple(message for it in followed for message in it.notifications),
        expected={name: len(told) for name, told in events.items()},
    )
    if change.events or change.notifications:
        desk.store.save(change)
    return followed


def _quietened(store: Store, at: datetime) -> tuple[IncidentEvent, ...]:
    events = store.load_events()
    over, written = quietened(incidents(events), at), Counter(event.slo for event in events)
    if over:
        expected = {end.slo: written[end.slo] for end in over}
        store.save(StateChange(events=over, expected=expected))
    return over


def _due_feedback(known: Iterable[Incident], at: datetime) -> Iterable[tuple[Incident, Anomaly]]:
    return [
        (incident, anomaly)
        for incident in known
        if is_planned(incident)
        for anomaly in told_anomalies(incident)
        if _feedback_key(incident, anomaly) not in {event.key for event in incident.events}
        and at.date() - anomaly.last < RETENTION
    ]


def _feedback_key(incident: Incident, anomaly: Anomaly) -> str:
    return f"{incident.id}/feedback/{anomaly.id}"


def _noted(incident: Incident, anomaly: Anomaly, at: datetime) -> IncidentEvent:
    text = f"feedback sent to the detector: anomaly {anomaly.id} was planned"
    key = _feedback_key(incident, anomaly)
    return IncidentEvent(incident.id, incident.slo, key, at, EventKind.NOTED, text)
