# SPDX-License-Identifier: Apache-2.0
"""What was known when something was decided?

The snapshot an incident event carries: the SLO's evaluation entry, what moved, and the rows and
revisions behind the numbers, as JSON values. A narrative is written from snapshots alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from cost_slo.domain.account_changes.before_the_rise import RECORDED
from cost_slo.domain.drivers.movers import movers_to_json, top_movers
from cost_slo.domain.evidence.detail import Detail
from cost_slo.domain.evidence.objective_change import change_note, objective_change
from cost_slo.domain.evidence.periods import compared_periods, recent_periods
from cost_slo.domain.evidence.recovery import resolution
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.incidents.transitions import Signal
from cost_slo.domain.missing import Extras, Missing, missing_in_words
from cost_slo.domain.money import plain
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spend.amounts import summed
from cost_slo.domain.spend.ledger import latest
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.verdict.assessment import Figures
from cost_slo.domain.verdict.decision import Verdict
from cost_slo.domain.verdict.document import SloReport, scope_rows, slo_entry
from cost_slo.domain.wording import iso


def signal(
    report: SloReport,
    current: Incident | None,
    observations: Sequence[Observation],
    *,
    currency: str,
    as_of: datetime,
) -> tuple[Signal | None, tuple[Missing, ...]]:
    """What the evaluation says to the incident, by service, and what could not be made of it.

    No signal if there was nothing to judge.
    """
    extras = Extras()
    figures, decision = report.assessment.figures, report.assessment.decision
    if figures is None or decision.verdict in {Verdict.NO_DATA, Verdict.STALE_DATA}:
        return None, ()
    says = Signal(
        slo=report.assessment.slo.name,
        severity=decision.severity,
        as_of=as_of,
        month_start=figures.window.start,
        text=decision.reason,
        snapshot=_snapshot(report, observations, currency=currency, as_of=as_of, extras=extras),
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
    return says, tuple(extras.missing)


def _remark(
    report: SloReport, figures: Figures, current: Incident | None, *, as_of: datetime, currency: str
) -> str | None:
    """That the objective changed since the incident's last decision."""
    slo = report.assessment.slo
    change = objective_change([current], slo, currency) if current else None
    if change is None or change.seen_at is not None:
        return None
    return change_note(change, figures, as_of, currency)


def in_detail(says: Signal, detail: Detail, current: Incident | None, extras: Extras) -> Signal:
    """The signal with what changed in detail, and with what its incident knew beyond it."""
    new = _with_detail(says.snapshot, detail)

    def merged() -> Mapping[str, Any]:
        return _unless_known(_with_last_changes(_with_last_drivers(new, current), current), current)

    return replace(says, snapshot=extras.get("what was known before", merged, new))


def _snapshot(
    report: SloReport,
    observations: Sequence[Observation],
    *,
    currency: str,
    as_of: datetime,
    extras: Extras,
) -> Mapping[str, Any]:
    """Evidence of one evaluation, by service."""
    entry = slo_entry(report, as_of=as_of, currency=currency)
    figures = report.assessment.figures
    first = min((seen.day for seen in observations), default=date.max)
    rows = scope_rows(report.reading, report.assessment.slo.name) or {}

    def known_of(what: str, make: Callable[[Figures], Any]) -> Any:  # noqa: ANN401  JSON
        return extras.get(what, lambda: make(figures), None) if figures else None

    evidence = known_of("the evidence", lambda it: _evidence(report, observations, it)) or []
    known = {
        "slo": {k: v for k, v in entry.items() if k not in {"incident", "incident_change"}},
        "as_of": iso(as_of),
        "data_through": entry["data_through"],
        "planned_to_date": known_of("what was planned", lambda it: _planned(observations, it)),
        "recent_units": plain(figures.unit.trailing.units) if figures and figures.unit else None,
        "drivers": known_of(
            "what changed by service",
            lambda it: _moved(report, compared_periods(first, it, as_of)),
        ),
        "recent": known_of(
            "what changed in the last days", lambda it: _moved(report, recent_periods(first, it))
        ),
        "segments": None,
        "source": {
            "description": report.reading.description,
            "rows": report.reading.charges.rows,
            "in_scope": rows.get("in_scope"),
            "excluded": {k: v for k, v in rows.items() if k != "in_scope"},
            "notes": list(report.reading.notes),
        },
        "evidence": evidence,
    }
    missing = missing_in_words(extras.missing)
    return known | {"missing": list(missing)} if missing else known


def _with_detail(known: Mapping[str, Any], detail: Detail) -> Mapping[str, Any]:
    """The evidence, and what changed by segment and was changed before."""
    closer = {**known, "recent": detail.recent or known["recent"], "segments": detail.segments}
    if detail.unit_split:
        closer["unit_split"] = detail.unit_split
    missing = dict.fromkeys([*known.get("missing", ()), *missing_in_words(detail.missing)])
    if missing:
        closer["missing"] = list(missing)
    if detail.changed is None or detail.row is None:
        return closer
    row = {"id": f"E{len(known['evidence']) + 1}", **detail.row}
    return closer | {"changes": detail.changed, "evidence": [*known["evidence"], row]}


def _unless_known(new: Mapping[str, Any], current: Incident | None) -> Mapping[str, Any]:
    """The incident's last snapshot where the new one says nothing else, however it was read."""
    old = current.last_snapshot if current else {}
    return old if _told(new) == _told(old) else new


def _told(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    """All but when it was read, and how many rows in how many requests."""
    return {**snapshot, "as_of": None, "source": snapshot.get("source", {}).get("notes")}


def _with_last_drivers(new: Mapping[str, Any], current: Incident | None) -> Mapping[str, Any]:
    """What was last known to have changed, where this time nobody asked: asking may cost money."""
    old = current.last_snapshot if current else {}
    names = ("drivers", "recent", "segments", "unit_split")
    if any(new.get(name) for name in names):
        return new
    return {**new, **{name: old[name] for name in names if old.get(name)}}


def _with_last_changes(new: Mapping[str, Any], current: Incident | None) -> Mapping[str, Any]:
    """The changes the running incident is known to follow, where this time nobody asked."""
    old = current.last_snapshot if current and current.is_running else {}
    if "changes" in new or "changes" not in old:
        return new
    rows = [row for row in old["evidence"] if row["what"] == RECORDED]
    return {**new, "changes": old["changes"], "evidence": [*new["evidence"], *rows]}


def _moved(report: SloReport, periods: tuple[Period, Period] | None) -> Mapping[str, Any] | None:
    """What each service changed; None where there is nothing to compare with."""
    if periods is None or not report.reading.by_service:
        return None
    window, baseline = periods
    spend = report.reading.spend[report.assessment.slo.name]
    return movers_to_json(top_movers(spend, window, baseline=baseline))


def _planned(observations: Sequence[Observation], figures: Figures) -> str | None:
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
    return plain(summed(complete).usage - figures.budget.used)


def _evidence(
    report: SloReport, observations: Sequence[Observation], figures: Figures
) -> list[Mapping[str, Any]]:
    slo, window = report.assessment.slo, figures.window
    days = [seen for seen in latest(observations).values() if seen.day in window]
    between = f"days {window.start} to {window.end - DAY}"
    charged = {
        "id": "E1",
        "what": f"daily {slo.metric.value} in the scope of {slo.name}",
        "query": f"ledger series {slo.series}, {between}",
        "series": slo.series,
        "rows": len(days),
        "revision": _revision(days),
    }
    if report.units is None:
        return [charged]
    counted = [seen for seen in days if seen.units is not None]
    return [
        charged,
        {
            "id": "E2",
            "what": "units by day",
            "query": f"{report.units.description}, {between}",
            "series": slo.series,
            "rows": len(counted),
            "revision": _revision(counted),
        },
    ]


def _revision(days: Sequence[Observation]) -> str:
    newest = max((seen.observed_at for seen in days), default=None)
    revised = sum(seen.revision > 1 for seen in days)
    observed = iso(newest) if newest else "never"
    return f"observed {observed}, {revised} of {len(days)} days revised"
