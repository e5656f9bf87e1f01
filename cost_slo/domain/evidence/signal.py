# SPDX-License-Identifier: Apache-2.0
"""What was known when something was decided?

The snapshot an incident event carries: the SLO's evaluation entry, what moved, and the rows and
revisions behind the numbers. A narrative is written from snapshots alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from cost_slo.domain.account_changes.before_the_rise import RECORDED
from cost_slo.domain.drivers.movers import Movers, top_movers
from cost_slo.domain.evidence.detail import Detail
from cost_slo.domain.evidence.objective_change import change_note, objective_change
from cost_slo.domain.evidence.periods import compared_periods, recent_periods
from cost_slo.domain.evidence.recovery import resolution
from cost_slo.domain.evidence.snapshot import Origin, Snapshot, read_snapshot
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.incidents.judged import Evidence
from cost_slo.domain.incidents.transitions import Signal
from cost_slo.domain.missing import Extras, Missing, missing_in_words
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spend.amounts import summed
from cost_slo.domain.spend.ledger import latest
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.stored import to_json
from cost_slo.domain.verdict.decision import Verdict
from cost_slo.domain.verdict.document import SloReport, judged_slo, scope_rows
from cost_slo.domain.verdict.figures import Figures
from cost_slo.domain.wording import iso


def signal(
    report: SloReport,
    current: Incident | None,
    observations: Sequence[Observation],
    *,
    currency: str,
    as_of: datetime,
) -> tuple[Signal | None, Snapshot | None, tuple[Missing, ...]]:
    """What the evaluation says to the incident, its evidence, and what could not be made of it.

    Neither signal nor evidence if there was nothing to judge.
    """
    extras = Extras()
    figures, decision = report.assessment.figures, report.assessment.decision
    if figures is None or decision.verdict in {Verdict.NO_DATA, Verdict.STALE_DATA}:
        return None, None, ()
    known = _snapshot(report, figures, observations, currency=currency, as_of=as_of, extras=extras)
    says = Signal(
        slo=report.assessment.slo.name,
        severity=decision.severity,
        as_of=as_of,
        month_start=figures.window.start,
        text=decision.reason,
        settled=decision.is_calm or (current is not None and current.accepted_from is not None),
        resolve=extras.get(
            "whether the incident is over",
            lambda: resolution(report.assessment, figures, current, observations, currency),
            None,
        ),
        remark=extras.get(
            "whether the objective changed",
            lambda: _remark(report, figures, current, as_of=as_of, currency=currency),
            None,
        ),
    )
    return says, known, tuple(extras.missing)


def _remark(
    report: SloReport, figures: Figures, current: Incident | None, *, as_of: datetime, currency: str
) -> str | None:
    """That the objective changed since the incident's last decision."""
    slo = report.assessment.slo
    change = objective_change([current], slo, currency) if current else None
    if change is None or change.seen_at is not None:
        return None
    return change_note(change, figures, as_of, currency)


def in_detail(new: Snapshot, detail: Detail, current: Incident | None, extras: Extras) -> Snapshot:
    """The evidence with what changed in detail, and with what its incident knew beyond it."""
    known = _with_detail(new, detail)

    def merged() -> Snapshot:
        if current is None or not current.last_snapshot:
            return known
        old = read_snapshot(current.last_snapshot)
        whole = _with_last_drivers(known, old)
        return _unless_known(_with_last_changes(whole, old) if current.is_running else whole, old)

    return extras.get("what was known before", merged, known)


def _snapshot(
    report: SloReport,
    figures: Figures,
    observations: Sequence[Observation],
    *,
    currency: str,
    as_of: datetime,
    extras: Extras,
) -> Snapshot:
    """Evidence of one evaluation, by service."""
    reading = report.reading
    judged = judged_slo(report, as_of=as_of, currency=currency)
    first = min((seen.day for seen in observations), default=date.max)
    rows = scope_rows(reading, report.assessment.slo.name) or {}

    def moved(what: str, periods: Callable[[], tuple[Period, Period] | None]) -> Movers | None:
        return extras.get(what, lambda: _moved(report, periods()), None)

    evidence = extras.get("the evidence", lambda: _evidence(report, observations, figures), ())
    planned = extras.get("what was planned", lambda: _planned(observations, figures), None)
    known = Snapshot(
        judged=judged,
        as_of=as_of,
        data_through=judged.data_through,
        planned=planned,
        recent_units=figures.unit.trailing.units if figures.unit else None,
        by_service=moved(
            "what changed by service", lambda: compared_periods(first, figures, as_of)
        ),
        lately=moved("what changed in the last days", lambda: recent_periods(first, figures)),
        by_segment=None,
        origin=Origin(
            reading.charges.rows,
            rows.pop("in_scope", None),
            rows,
            tuple(reading.notes),
            description=reading.description,
        ),
        evidence=evidence,
    )
    return replace(known, missing=missing_in_words(extras.missing))


def _with_detail(known: Snapshot, detail: Detail) -> Snapshot:
    """The evidence, and what changed by segment and was changed before."""
    closer = replace(
        known,
        lately=detail.recent or known.lately,
        by_segment=detail.segments,
        unit_split=detail.unit_split,
        missing=tuple(dict.fromkeys([*known.missing, *missing_in_words(detail.missing)])),
    )
    if detail.changed is None or detail.row is None:
        return closer
    row = replace(detail.row, id=f"E{len(known.evidence) + 1}")
    return replace(closer, changed=detail.changed, evidence=(*known.evidence, row))


def _unless_known(new: Snapshot, old: Snapshot) -> Snapshot:
    """The old snapshot if the new one differs only in when and how it was read."""
    alike = replace(new, as_of=old.as_of, origin=old.origin)
    is_same = new.origin.notes == old.origin.notes and to_json(alike) == to_json(old)
    return old if is_same else new


def _with_last_drivers(new: Snapshot, old: Snapshot) -> Snapshot:
    """What was last known to have changed if this time nobody asked: asking may cost money."""
    if new.by_service or new.lately or new.by_segment or new.unit_split:
        return new
    return replace(
        new,
        by_service=old.by_service,
        lately=old.lately,
        by_segment=old.by_segment,
        unit_split=old.unit_split,
    )


def _with_last_changes(new: Snapshot, old: Snapshot) -> Snapshot:
    """The changes the running incident is known to follow if this time nobody asked."""
    if new.changed or old.changed is None:
        return new
    rows = [row for row in old.evidence if row.what == RECORDED]
    return replace(new, changed=old.changed, evidence=(*new.evidence, *rows))


def _moved(report: SloReport, periods: tuple[Period, Period] | None) -> Movers | None:
    """What each service changed; None if there is nothing to compare with."""
    if periods is None or not report.reading.by_service:
        return None
    window, baseline = periods
    spend = report.reading.spend[report.assessment.slo.name]
    return top_movers(spend, window, baseline=baseline)


def _planned(observations: Sequence[Observation], figures: Figures) -> Decimal | None:
    """What was planned of the complete days, where more than that was used."""
    if (
        figures.plan_basis == "none"
        or figures.unit
        or not figures.budget
        or not figures.budget.used
    ):
        return None
    days = Period(figures.window.start, figures.data_through)
    complete = [seen for seen in latest(observations).values() if seen.day in days]
    return summed(complete).usage - figures.budget.used


def _evidence(
    report: SloReport, observations: Sequence[Observation], figures: Figures
) -> tuple[Evidence, ...]:
    slo, window = report.assessment.slo, figures.window
    days = [seen for seen in latest(observations).values() if seen.day in window]
    between = f"days {window.start} to {window.end - DAY}"

    def row(id_: str, what: str, source: str, seen: Sequence[Observation]) -> Evidence:
        query = f"{source}, {between}"
        return Evidence(id_, what, query, len(seen), _revision(seen), series=slo.series)

    charged = f"daily {slo.metric.value} in the scope of {slo.name}"
    rows = (row("E1", charged, f"ledger series {slo.series}", days),)
    if report.units is None:
        return rows
    counted = [seen for seen in days if seen.units is not None]
    return (*rows, row("E2", "units by day", report.units.description, counted))


def _revision(days: Sequence[Observation]) -> str:
    newest = max((seen.observed_at for seen in days), default=None)
    revised = sum(seen.revision > 1 for seen in days)
    observed = iso(newest) if newest else "never"
    return f"observed {observed}, {revised} of {len(days)} days revised"
