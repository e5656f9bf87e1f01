# SPDX-License-Identifier: Apache-2.0
"""Is our spend within its SLOs, and whom do we call?

`evaluate_slo`, pure, is the straight line: spend, plan, error budget, burn rates, decision,
incident change, drivers, notification. `run` is the shell around it: read all, assess, write all
(state before message). Nothing in the line reaches back, reads again or asks the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cost_slo.conflicts import again_on_conflict
from cost_slo.domain.assessment import Assessment, assess
from cost_slo.domain.calibration import Calibration, calibrate, calibrated
from cost_slo.domain.cells import Cube
from cost_slo.domain.changed_before import Lookup, rise_began
from cost_slo.domain.compared_periods import compared_periods, recent_periods
from cost_slo.domain.data_alert import cap_alert, data_alert
from cost_slo.domain.decision import no_data
from cost_slo.domain.errors import CapReachedError, CostSloError, GivenUpError, SourceError
from cost_slo.domain.evaluation import SloReport, evaluation
from cost_slo.domain.evidence import Detail, signal
from cost_slo.domain.incident import Incident, IncidentEvent, Severity
from cost_slo.domain.incident_change import is_news, is_reminder, transition
from cost_slo.domain.learning import learning
from cost_slo.domain.money import ZERO
from cost_slo.domain.notes import notes
from cost_slo.domain.notification import Notification, alert
from cost_slo.domain.period import Period
from cost_slo.domain.series import observe
from cost_slo.domain.snapshot import read_snapshot
from cost_slo.domain.spec import Slo, Spec
from cost_slo.domain.spend import Observation
from cost_slo.known import Costs, Known, Monitor, read_changes, read_costs, read_known
from cost_slo.outbox import deliver
from cost_slo.ports import StateChange
from cost_slo.second_opinion import with_second_opinions


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one SLO's evaluation came to, and what it adds to the state."""

    report: SloReport
    observations: tuple[Observation, ...] = ()
    events: tuple[IncidentEvent, ...] = ()
    notifications: tuple[Notification, ...] = ()
    refused: tuple[CostSloError, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The documented object, and what became of the messages that were due.

    `refused` is what an alert had to do without and would again: a permission is missing, mostly.
    """

    document: Mapping[str, Any]
    delivered: tuple[Notification, ...]
    undelivered: tuple[Notification, ...] = ()
    refused: tuple[CostSloError, ...] = ()


def run(monitor: Monitor, as_of: datetime) -> Evaluation:
    """Evaluate every SLO as of an instant, write what changed, deliver what is due.

    Where nothing may be read because a cap is reached, that is delivered and raised.
    """
    spec = monitor.specs.load_spec()
    try:
        costs = read_costs(monitor, spec, as_of)
    except CapReachedError as error:
        monitor.store.save(StateChange(notifications=(cap_alert(error, as_of),)))
        deliver(monitor.store, monitor.notifier, as_of)
        raise
    outcomes, failures = again_on_conflict(lambda: _judge_and_save(monitor, spec, costs, as_of))
    delivered, undelivered = deliver(monitor.store, monitor.notifier, as_of)
    reports = [outcome.report for outcome in outcomes]
    if monitor.forecasts is not None:
        reports = with_second_opinions(monitor.forecasts, monitor.store, reports, as_of)
    document = evaluation(
        reports,
        as_of=as_of,
        currency=spec.currency,
        failures=[
            *((name, str(error)) for name, error in failures.items()),
            *(_not_delivered(message, error) for message, error in undelivered),
        ],
    )
    waiting = dict.fromkeys(message for message, _ in undelivered)
    refused = tuple(error for outcome in outcomes for error in outcome.refused)
    return Evaluation(document, delivered, tuple(waiting), refused)


def _judge_and_save(
    monitor: Monitor, spec: Spec, costs: Costs, as_of: datetime
) -> tuple[list[Outcome], dict[str, CostSloError]]:
    """Judge what is known, and write it."""
    known, failures = read_known(monitor, spec, costs, as_of)
    outcomes = [_judged(monitor, facts, spec.currency, as_of) for facts in known]
    monitor.store.save(_change(known, outcomes, as_of))
    return outcomes, failures


def rehearse(
    monitor: Monitor, as_of: datetime
) -> tuple[list[tuple[Known, Calibration | None]], Mapping[str, CostSloError]]:
    """What each SLO's past says of its pages, None without a charge; and what cannot be read.

    It stands on what an evaluation would stand on, and writes nothing.
    """
    spec = monitor.specs.load_spec()
    known, failures = read_known(monitor, spec, read_costs(monitor, spec, as_of), as_of)
    return [(facts, _calibration(facts, as_of)) for facts in known], failures


def _calibration(known: Known, as_of: datetime) -> Calibration | None:
    series, _ = observe(known.slo, known.reading, known.units, ledger=known.ledger, as_of=as_of)
    return calibrate(known.slo, series, known.policy, known.incidents) if series else None


def _judged(monitor: Monitor, known: Known, currency: str, as_of: datetime) -> Outcome:
    """The line; for what calls once more, with what changed in detail: that costs two scans.

    Where the detail cannot be read, the call goes out with what is known, and the next run asks
    again. Where reading is paid for, the detail is read for news alone, and so are the changes that
    came before the rise.
    """
    outcome = evaluate_slo(known, currency, as_of)
    assessment = outcome.report.assessment
    figures, severity = assessment.figures, assessment.decision.severity
    if figures is None or severity is Severity.NONE or known.is_past:
        return outcome
    current = known.incidents[-1] if known.incidents else None
    is_told = any(is_news(current, event) for event in outcome.events)
    is_due = is_told or (outcome.events and not known.reading.requests)
    if not is_due and (current is None or current.last_snapshot.get("segments")):
        return outcome
    seen = (*known.ledger, *outcome.observations)
    first = min(row.day for row in seen)
    periods = compared_periods(first, figures, as_of), recent_periods(first, figures)
    compared, recent = (_cube(monitor, known.slo, currency, pair) for pair in periods)
    detail = Detail(compared, recent if compared else None)
    if compared is not None:
        outcome = _judged_closer(replace(known, detail=detail), currency, as_of)
    changed = _changed_before(monitor, outcome, seen) if is_told else None
    if changed is None:
        return outcome
    detail = replace(detail, changed=changed)
    outcome = _judged_closer(replace(known, detail=detail), currency, as_of)
    refused = tuple(error for error in changed.changes.failures if not _may_pass(error))
    return replace(outcome, refused=refused)


def _may_pass(error: CostSloError) -> bool:
    return isinstance(error, SourceError) and error.retryable


def _judged_closer(known: Known, currency: str, as_of: datetime) -> Outcome:
    """The line with a detail, and what reading the detail has cost."""
    outcome, detail = evaluate_slo(known, currency, as_of), known.detail
    cubes = (detail.compared, detail.recent) if detail else ()
    read = [cube for cube in cubes if cube is not None]
    cost = sum((cube.request_cost for cube in read), ZERO)
    report = replace(
        outcome.report, detail_requests=sum(cube.requests for cube in read), detail_cost=cost
    )
    return replace(outcome, report=report)


def _changed_before(
    monitor: Monitor, outcome: Outcome, seen: Sequence[Observation]
) -> Lookup | None:
    """What was done before the rise, where it can be dated and somebody records it."""
    figures = outcome.report.assessment.figures
    if monitor.changes is None or figures is None:
        return None
    end = max(figures.estimated_through, figures.data_through)
    since = rise_began(seen, data_through=figures.data_through, end=end)
    told = read_snapshot(outcome.events[-1].snapshot)
    return read_changes(monitor, told, since) if since else None


def _cube(
    monitor: Monitor, slo: Slo, currency: str, periods: tuple[Period, Period] | None
) -> Cube | None:
    if periods is None:
        return None
    try:
        return monitor.costs.fetch_cube(slo, currency, *periods)
    except CostSloError:
        return None


def evaluate_slo(known: Known, currency: str, as_of: datetime) -> Outcome:
    """The straight line for one SLO."""
    series, added = observe(known.slo, known.reading, known.units, ledger=known.ledger, as_of=as_of)
    if series is None:
        decision = no_data("no charge in scope was found before the evaluation")
        report = SloReport(Assessment(known.slo, decision), known.policy, known.reading)
        return Outcome(report, notifications=_data_alerts(known, report, as_of))
    series = replace(series, learning=learning(known.incidents, series.window))
    policy = calibrated(known.slo, series, known.policy, known.incidents)
    assessment = assess(known.slo, series, policy, currency=currency, as_of=as_of)
    told = notes(assessment, series, known.incidents, currency=currency, as_of=as_of)
    report = SloReport(assessment, policy, known.reading, known.units, notes=told)
    current = known.incidents[-1] if known.incidents else None
    if known.is_past:
        return Outcome(_with_incident(report, current, ()))
    seen = (*known.ledger, *added)
    news = signal(report, current, seen, currency=currency, as_of=as_of, detail=known.detail)
    events = transition(current, news, [past.id for past in known.incidents]) if news else ()
    report = _with_incident(report, current, events)
    alerts = (*_alerts(current, events, known.pointers), *_data_alerts(known, report, as_of))
    return Outcome(report, observations=added, events=events, notifications=alerts)


def _not_delivered(message: Notification, error: SourceError) -> tuple[str, str]:
    """What it is about, an SLO or a ritual by its name, and why it waits."""
    becomes = "was given up" if isinstance(error, GivenUpError) else "waits for the next run"
    if not message.slo:
        name, _, on = message.key.partition("/")
        return name, f"the {name} of {on} {becomes}: {error}"
    about = message.incident or f"the data of {message.slo}"
    return message.slo, f"an alert about {about} {becomes}: {error}"


def _alerts(
    current: Incident | None, events: Sequence[IncidentEvent], pointers: str
) -> tuple[Notification, ...]:
    """One message a change that is news, and one reminder a day while it pages."""
    opened = {current.id: current.opened_at} if current else {}
    return tuple(
        alert(event, opened_at=opened.get(event.incident, event.at), pointers=pointers)
        for event in events
        if is_news(current, event) or (current and is_reminder(current, event))
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


def _change(known: Sequence[Known], outcomes: Sequence[Outcome], as_of: datetime) -> StateChange:
    slos = [facts.slo for facts in known]
    return StateChange(
        observations=tuple(row for outcome in outcomes for row in outcome.observations),
        events=tuple(event for outcome in outcomes for event in outcome.events),
        notifications=tuple(note for outcome in outcomes for note in outcome.notifications),
        evaluated=dict.fromkeys([name for slo in slos for name in (slo.name, slo.series)], as_of),
        expected={facts.slo.name: facts.events for facts in known},
    )
