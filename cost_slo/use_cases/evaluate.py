# SPDX-License-Identifier: Apache-2.0
"""Is our spend within its SLOs, and whom do we call?

The straight line has two halves, both pure: `judge` (spend, plan, error budget, burn rates,
decision) and `conclude` (incident change, notification). If an SLO alerts, what changed is read
in between. `run` is the shell around it: read all, judge, conclude, write all (state before
message). Each half runs once; nothing in it reads or asks the clock.

What comes after the decision explains it, and never costs the alert (`Extras`); an error in one
SLO is reported, and the others are judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.alerts.alert_of import alert_of
from cost_slo.domain.alerts.data_alert import cap_alert, data_alert
from cost_slo.domain.errors import (
    CapReachedError,
    is_fault,
)
from cost_slo.domain.evidence.detail import NO_DETAIL, Detail
from cost_slo.domain.evidence.notes import notes
from cost_slo.domain.evidence.signal import in_detail, signal
from cost_slo.domain.incidents.incident import Incident, IncidentEvent
from cost_slo.domain.incidents.transitions import is_notified, is_reminder, transition
from cost_slo.domain.missing import Extras
from cost_slo.domain.plan.learning import learning
from cost_slo.domain.plan.series import observe
from cost_slo.domain.spec.document import Spec
from cost_slo.domain.stored import to_json
from cost_slo.domain.verdict.assessment import Assessment, assess
from cost_slo.domain.verdict.calibration import Calibration, calibrate, calibrated
from cost_slo.domain.verdict.decision import no_data
from cost_slo.domain.verdict.document import SloReport
from cost_slo.ports import StateChange
from cost_slo.use_cases.details import WHAT_CHANGED, Read, read_detail
from cost_slo.use_cases.outbox import deliver
from cost_slo.use_cases.outcomes import Judged, Outcome, none_judged, save_outcomes
from cost_slo.use_cases.reading import Costs, Known, Monitor, read_costs, read_known
from cost_slo.use_cases.result import Evaluation, result_of
from cost_slo.use_cases.retry_on_conflict import again_on_conflict
from cost_slo.use_cases.second_opinion import with_second_opinions

ABOUT_DATA = "whether a message about its data is due"
NOTHING_FOUND = "no charge in scope was found before the evaluation"


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
    sent = deliver(monitor.store, monitor.notifier, as_of)
    if monitor.forecasts is not None:
        outcomes = with_second_opinions(monitor.forecasts, monitor.store, outcomes, as_of)
    return result_of(outcomes, failures, sent, spec.currency, as_of)


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
    """Judge one SLO, read the detail if it alerts, conclude. Only judging it may fail it."""
    judged, extras = judge(known, currency, as_of), Extras()
    read = extras.get(WHAT_CHANGED, partial(read_detail, monitor, judged), Read())
    plain = partial(conclude, judged)
    if read.detail == NO_DETAIL:
        return plain().without(extras.missing)
    whole = extras.get(WHAT_CHANGED, partial(conclude, judged, read.detail), None)
    outcome = (whole or plain().without(read.detail.missing)).without(extras.missing)
    faults = [each.error for each in outcome.missing if read.is_news and is_fault(each.error)]
    return replace(
        outcome,
        report=replace(outcome.report, detail_requests=read.requests, detail_cost=read.cost),
        refused=(*read.refused, *faults),
        plain=plain,
    )


def judge(known: Known, currency: str, as_of: datetime) -> Judged:
    """The first half of the straight line for one SLO: what its figures say."""
    series, added = observe(known.slo, known.reading, known.units, ledger=known.ledger, as_of=as_of)
    scope_notes = known.reading.scope_notes.get(known.slo.name, ())
    if series is None:
        decision = no_data("; ".join([NOTHING_FOUND, *scope_notes[:1]]))
        report = SloReport(
            Assessment(known.slo, decision), known.policy, known.reading, notes=scope_notes[1:]
        )
        return Judged(known, report, currency, as_of)
    series = replace(series, learning=learning(known.incidents, series.window))
    policy = calibrated(known.slo, series, known.policy, known.incidents)
    assessment = assess(known.slo, series, policy, currency=currency, as_of=as_of)
    extras = Extras()
    say = partial(notes, assessment, series, known.incidents, currency=currency, as_of=as_of)
    told = extras.get("what else to know of its figures", say, ())
    report = SloReport(assessment, policy, known.reading, known.units, notes=(*told, *scope_notes))
    if known.is_past:
        return Judged(known, report, currency, as_of, missing=tuple(extras.missing))
    seen = (*known.ledger, *added)
    says, evidence, missing = signal(report, known.current, seen, currency=currency, as_of=as_of)
    return Judged(
        known, report, currency, as_of, added, says, evidence, (*extras.missing, *missing)
    )


def conclude(judged: Judged, detail: Detail = NO_DETAIL) -> Outcome:
    """The second half: what becomes of its incident, and which messages are sent."""
    known, report, current, extras = judged.known, judged.report, judged.known.current, Extras()
    if report.assessment.figures is None:
        return Outcome(report, notifications=_data_alerts(known, report, judged.as_of))
    says = judged.says
    if says and judged.snapshot:
        says = replace(says, snapshot=to_json(in_detail(judged.snapshot, detail, current, extras)))
    events = transition(current, says, [past.id for past in known.incidents]) if says else ()
    report = _with_incident(report, current, events)
    alerts = (
        *_alerts(current, events, known.pointers, extras),
        *extras.get(ABOUT_DATA, partial(_data_alerts, known, report, judged.as_of), ()),
    )
    outcome = Outcome(report, observations=judged.added, events=events, notifications=alerts)
    return outcome.without([*judged.missing, *extras.missing, *detail.missing])


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
        if is_notified(current, event.kind, event.severity)
        or (current and is_reminder(current, event))
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
