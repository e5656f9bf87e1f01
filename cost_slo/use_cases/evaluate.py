# SPDX-License-Identifier: Apache-2.0
"""Is our spend within its SLOs, and whom do we call?

`evaluate_slo`, pure, is the straight line: spend, plan, error budget, burn rates, decision,
incident change, drivers, notification. `run` is the shell around it: read all, assess, write all
(state before message). Nothing in the line reaches back, reads again or asks the clock.

What comes after the decision explains it, and never costs the alert (`Extras`); an error in one
SLO is reported, and the others are judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.alerts.alert_of import alert_of
from cost_slo.domain.alerts.data_alert import cap_alert, data_alert
from cost_slo.domain.errors import (
    CapReachedError,
    GivenUpError,
    SourceError,
    in_words,
    is_fault,
    may_pass,
)
from cost_slo.domain.evidence.detail import Detail
from cost_slo.domain.evidence.notes import notes
from cost_slo.domain.evidence.signal import signal
from cost_slo.domain.incidents.incident import Incident, IncidentEvent
from cost_slo.domain.incidents.transitions import is_notified, is_reminder, transition
from cost_slo.domain.missing import Extras
from cost_slo.domain.plan.learning import learning
from cost_slo.domain.plan.series import observe
from cost_slo.domain.spec.document import Spec
from cost_slo.domain.verdict.assessment import Assessment, assess
from cost_slo.domain.verdict.calibration import Calibration, calibrate, calibrated
from cost_slo.domain.verdict.decision import no_data
from cost_slo.domain.verdict.document import SloReport, evaluation, slo_entry
from cost_slo.ports import StateChange
from cost_slo.use_cases.details import explained
from cost_slo.use_cases.outbox import deliver
from cost_slo.use_cases.outcomes import Outcome, none_judged, save_outcomes
from cost_slo.use_cases.reading import Costs, Known, Monitor, read_costs, read_known
from cost_slo.use_cases.retry_on_conflict import again_on_conflict
from cost_slo.use_cases.second_opinion import with_second_opinions

ABOUT_DATA = "whether a message about its data is due"
NOTHING_FOUND = "no charge in scope was found before the evaluation"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The documented object, and what became of the messages that were due.

    `refused` is what an alert had to do without and would again: a permission is missing, mostly.
    `failures` is why an SLO could not be judged, by its name; `causes` every error that something
    is missing for, and what is.
    """

    document: Mapping[str, Any]
    delivered: tuple[Notification, ...]
    undelivered: tuple[Notification, ...] = ()
    refused: tuple[Exception, ...] = ()
    failures: Mapping[str, Exception] = field(default_factory=dict)
    causes: tuple[tuple[str, Exception], ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """The SLOs that a fault of this program kept from being judged."""
        return tuple(name for name, error in self.failures.items() if is_fault(error))

    @property
    def errors(self) -> tuple[object, ...]:
        """The document's errors, then what an alert had to do without, in words."""
        return (*self.document["errors"], *map(in_words, self.refused))

    @property
    def left(self) -> tuple[object, ...]:
        """What the next run has to do again."""
        return (*self.undelivered, *self.refused, *self.unjudged)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The SLOs that another run may judge, and those of `faults`."""
        passing = [name for name, error in self.failures.items() if may_pass(error)]
        return (*passing, *self.faults)


def run(monitor: Monitor, as_of: datetime) -> Evaluation:
    """Evaluate every SLO as of an instant, write what changed, deliver what is due.

    Where nothing may be read because a cap is reached, that is delivered and raised.
    """
    spec = monitor.specs.load_spec()
    try:
        costs = read_costs(monitor, spec, as_of)
    except CapReachedError as error:
        told = Extras().get("", partial(lambda it: (cap_alert(it, as_of),), error), ())
        monitor.store.save(StateChange(notifications=told))
        deliver(monitor.store, monitor.notifier, as_of)
        raise
    outcomes, failures = again_on_conflict(lambda: _judge_and_save(monitor, spec, costs, as_of))
    delivered, undelivered = deliver(monitor.store, monitor.notifier, as_of)
    if monitor.forecasts is not None:
        outcomes = with_second_opinions(monitor.forecasts, monitor.store, outcomes, as_of)
    outcomes, untold = _written(outcomes, spec.currency, as_of)
    failures |= untold
    document = evaluation(
        [outcome.report for outcome in outcomes],
        as_of=as_of,
        currency=spec.currency,
        failures=[
            *((name, in_words(error)) for name, error in failures.items()),
            *(_not_delivered(message, error) for message, error in undelivered),
        ],
    )
    return Evaluation(
        document,
        delivered,
        undelivered=tuple(dict.fromkeys(message for message, _ in undelivered)),
        refused=tuple(error for outcome in outcomes for error in outcome.refused),
        failures=failures,
        causes=(
            *failures.items(),
            *((f"{it.slo}: {one.what}", one.error) for it in outcomes for one in it.missing),
            *((f"{message.slo}: an alert", error) for message, error in undelivered),
        ),
    )


def _judge_and_save(
    monitor: Monitor, spec: Spec, costs: Costs, as_of: datetime
) -> tuple[list[Outcome], dict[str, Exception]]:
    """Judge what is known, and write it. Raises why if no SLO can be judged."""
    known, failures = read_known(monitor, spec, costs, as_of)
    judged = list[tuple[Known, Outcome]]()
    for facts in known:
        try:
            judged.append((facts, _judged(monitor, facts, spec.currency, as_of)))
        except Exception as error:  # noqa: BLE001  it is reported, and the other SLOs are judged
            failures[facts.slo.name] = error
    if failures and not judged:
        raise none_judged(failures)
    saved, unsaved = save_outcomes(monitor.store, judged, as_of)
    return saved, {**failures, **unsaved}


def _written(
    outcomes: Sequence[Outcome], currency: str, as_of: datetime
) -> tuple[list[Outcome], dict[str, Exception]]:
    """The outcomes whose figures can be written down, and why not by the names of the others."""
    written, failures = list[Outcome](), dict[str, Exception]()
    for outcome in outcomes:
        try:
            slo_entry(outcome.report, as_of=as_of, currency=currency)
            written.append(outcome)
        except Exception as error:  # noqa: BLE001  the alert has left; the others are reported
            failures[outcome.slo] = error
    if failures and not written:
        raise none_judged(failures)
    return written, failures


def rehearse(
    monitor: Monitor, as_of: datetime
) -> tuple[list[tuple[Known, Calibration | None]], Mapping[str, Exception]]:
    """What each SLO's past says of its pages, None without a charge; and what cannot be read.

    It reads what an evaluation would read, and writes nothing.
    """
    spec = monitor.specs.load_spec()
    known, failures = read_known(monitor, spec, read_costs(monitor, spec, as_of), as_of)
    if failures and not known:
        raise none_judged(failures)
    return [(facts, _calibration(facts, as_of)) for facts in known], failures


def _calibration(known: Known, as_of: datetime) -> Calibration | None:
    series, _ = observe(known.slo, known.reading, known.units, ledger=known.ledger, as_of=as_of)
    return calibrate(known.slo, series, known.policy, known.incidents) if series else None


def _judged(monitor: Monitor, known: Known, currency: str, as_of: datetime) -> Outcome:
    """The line; for what calls once more, with what changed in detail, if that can be had."""
    return explained(monitor, known, lambda it: evaluate_slo(it, currency, as_of), currency, as_of)


def evaluate_slo(known: Known, currency: str, as_of: datetime) -> Outcome:
    """The straight line for one SLO."""
    series, added = observe(known.slo, known.reading, known.units, ledger=known.ledger, as_of=as_of)
    scope_notes = known.reading.scope_notes.get(known.slo.name, ())
    if series is None:
        decision = no_data("; ".join([NOTHING_FOUND, *scope_notes[:1]]))
        report = SloReport(
            Assessment(known.slo, decision), known.policy, known.reading, notes=scope_notes[1:]
        )
        return Outcome(report, notifications=_data_alerts(known, report, as_of))
    series = replace(series, learning=learning(known.incidents, series.window))
    policy = calibrated(known.slo, series, known.policy, known.incidents)
    assessment = assess(known.slo, series, policy, currency=currency, as_of=as_of)
    extras, current = Extras(), known.incidents[-1] if known.incidents else None
    say = partial(notes, assessment, series, known.incidents, currency=currency, as_of=as_of)
    told = extras.get("what else to know of its figures", say, ())
    report = SloReport(assessment, policy, known.reading, known.units, notes=(*told, *scope_notes))
    if known.is_past:
        return Outcome(_with_incident(report, current, ())).without(extras.missing)
    seen, detail = (*known.ledger, *added), known.detail or Detail()
    news, missing = signal(report, current, seen, currency=currency, as_of=as_of, detail=detail)
    events = transition(current, news, [past.id for past in known.incidents]) if news else ()
    report = _with_incident(report, current, events)
    alerts = (
        *_alerts(current, events, known.pointers, extras),
        *extras.get(ABOUT_DATA, partial(_data_alerts, known, report, as_of), ()),
    )
    outcome = Outcome(report, observations=added, events=events, notifications=alerts)
    return outcome.without([*extras.missing, *missing, *detail.missing])


def _not_delivered(message: Notification, error: SourceError) -> tuple[str, str]:
    """What it is about, an SLO or a ritual by its name, and why it waits."""
    becomes = "was given up" if isinstance(error, GivenUpError) else "waits for the next run"
    if not message.slo:
        name, _, on = message.key.partition("/")
        return name, f"the {name} of {on} {becomes}: {error}"
    about = message.incident or f"the data of {message.slo}"
    return message.slo, f"an alert about {about} {becomes}: {error}"


def _alerts(
    current: Incident | None, events: Sequence[IncidentEvent], pointers: str, extras: Extras
) -> tuple[Notification, ...]:
    """One message a change that is news, and one reminder a day while it pages."""
    opened = {current.id: current.opened_at} if current else {}
    return tuple(
        alert_of(
            event,
            opened_at=opened.get(event.incident, event.at),
            pointers=pointers,
            extras=extras,
        )
        for event in events
        if is_notified(current, event) or (current and is_reminder(current, event))
    )


def _data_alerts(known: Known, report: SloReport, as_of: datetime) -> tuple[Notification, ...]:
    """That the data is missing, or back."""
    due = None if known.is_past else data_alert(report, known.told, as_of=as_of)
    return (due,) if due else ()


def _with_incident(
    report: SloReport, current: Incident | None, events: Sequence[IncidentEvent]
) -> SloReport:
    if events:
        return replace(report, incident=events[-1].incident, incident_change=events[-1].kind)
    running = current if current and current.is_running else None
    return replace(report, incident=running.id if running else None)
