# SPDX-License-Identifier: Apache-2.0
"""Whom do we tell that the costs stopped arriving, and that they are back?

Data that is missing is nobody's overspend: it opens no incident. It is told once, by the SLO and
its last charged day, and once more when it is back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.burn.unit_cost import UnitState
from cost_slo.domain.errors import CapReachedError
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.verdict.decision import Verdict
from cost_slo.domain.verdict.document import SloReport
from cost_slo.domain.verdict.figures import Figures
from cost_slo.domain.wording import (
    SUBJECT_LENGTH,
    ascii_subject,
    count,
    day,
    duration,
    instant,
    one_line,
    sentence,
)

MISSING, BACK, CAP = "data_missing", "data_back", "cap_reached"
_NEVER = "never"


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing: in two words, in a subject, in a sentence, and what to check."""

    label: str
    headline: str
    said: str
    check: str


def data_alert(
    report: SloReport, told: Sequence[Notification], *, as_of: datetime
) -> Notification | None:
    """What to say of the data: that it is missing, or back, unless that was said last.

    `told` is every message about the SLO, oldest first.
    """
    said = [it for it in told if it.incident is None and it.created_at <= as_of]
    was_missing = bool(said) and MISSING in said[-1].key.split("/")
    gap = _gap(report, as_of)
    if gap is not None:
        return None if was_missing else _missing(report, gap, as_of)
    return _back(report, as_of) if was_missing else None


def cap_alert(error: CapReachedError, as_of: datetime) -> Notification:
    """That nothing is read and judged any more because reading has used up its money; once a month.

    It is about all SLOs.
    """
    lines = (
        "NOT READ: no SLO can be judged.",
        f"Evaluated {instant(as_of)}: {sentence(one_line(str(error)))}",
        "Until the month ends or the cap is raised nobody is called about spend. Incidents stay.",
    )
    return Notification(
        key=f"{CAP}/{as_of:%Y-%m}",
        incident=None,
        slo="",
        severity=Severity.INVESTIGATE,
        created_at=as_of,
        subject=f"[cap reached] no SLO is judged: the paid requests of {as_of:%B %Y} are used up",
        body="\n".join([*lines, ""]),
    )


def _gap(report: SloReport, as_of: datetime) -> Gap | None:
    """What is missing of an SLO's data, None where nothing is."""
    verdict, figures = report.assessment.decision.verdict, report.assessment.figures
    if figures is None:
        return _nothing(report)
    if verdict is Verdict.STALE_DATA:
        return _stale(report, figures, as_of)
    is_uncounted = figures.unit and figures.unit.month.state is UnitState.COST_WITHOUT_UNITS
    return _uncounted(report) if is_uncounted else None


def _nothing(report: SloReport) -> Gap:
    rows = report.reading.charges.rows
    check = (
        "the spelling of the scope's tags, services and accounts, and whether the tags are "
        "activated for cost allocation"
    )
    hints = report.reading.scope_notes.get(report.assessment.slo.name, ())
    return Gap(
        label="no data",
        headline="no charge was ever found in its scope",
        said=": ".join([f"of {count(rows, 'row')} read, none is in its scope", *hints[:1]]),
        check=check if rows else "the path of the bill: nothing was read from it",
    )


def _stale(report: SloReport, figures: Figures, as_of: datetime) -> Gap:
    last = day(figures.estimated_through - DAY)
    age = (as_of - midnight(figures.estimated_through)).total_seconds() / 3600
    said = (
        f"the last day with charges is {last}, which ended {duration(age)} before; newer ones were "
        f"expected within {report.policy.stale_after_hours} hours"
    )
    return Gap(
        label="stale data",
        headline=f"no costs after {last}",
        said=report.assessment.decision.reason if figures.monthly else said,
        check="whether the export, or the query that saves the costs, still runs and where it "
        "writes to",
    )


def _uncounted(report: SloReport) -> Gap:
    units = one_line(report.units.description) if report.units else "nothing"
    return Gap(
        label="no units",
        headline="charges, but no units to divide them by",
        said="charges arrived, but no units are known for their days",
        check=f"what counts the units: {units}",
    )


def _missing(report: SloReport, gap: Gap, as_of: datetime) -> Notification:
    waits = f" {report.incident} stays as it is." if report.incident else ""
    lines = (
        f"{gap.label.upper()}: {_product(report)} cannot be judged.",
        f"SLO {report.assessment.slo.name}, evaluated {instant(as_of)}: {sentence(gap.said)}",
        f"Until the data arrives nobody is called about its spend.{waits}",
        f"What to check next: {gap.check}.",
    )
    return _message(report, MISSING, as_of, gap.label, gap.headline, lines)


def _back(report: SloReport, as_of: datetime) -> Notification:
    decision = report.assessment.decision
    verdict = decision.verdict.replace("_", " ")
    judged = f"SLO {report.assessment.slo.name}, evaluated {instant(as_of)}: {verdict}"
    lines = (
        f"DATA IS BACK: {_product(report)} is judged again.",
        f"{judged}. {sentence(decision.reason)}",
        "What to do: nothing about the data; what its spend calls for is said on its own.",
    )
    return _message(report, BACK, as_of, "data is back", verdict, lines)


def _last_charged(report: SloReport) -> date | None:
    figures = report.assessment.figures
    return figures.estimated_through - DAY if figures else None


def _product(report: SloReport) -> str:
    return one_line(report.assessment.slo.product)


def _message(
    report: SloReport,
    what: str,
    as_of: datetime,
    label: str,
    headline: str,
    lines: Sequence[str],
) -> Notification:
    slo, reading, last = report.assessment.slo, report.reading, _last_charged(report)
    counted = reading.scopes.get(slo.name)
    rows = (
        f": {count(reading.charges.rows, 'row')} read, {counted.in_scope:,} in scope"
        if counted
        else ""
    )
    source = f"Source: {one_line(reading.description)}{rows}."
    room = SUBJECT_LENGTH - len(f"[{label}] : {headline}")
    return Notification(
        key=f"{slo.name}/{what}/{last.isoformat() if last else _NEVER}",
        incident=None,
        slo=slo.name,
        severity=Severity.INVESTIGATE if what == MISSING else Severity.NONE,
        created_at=as_of,
        subject=ascii_subject(f"[{label}] {ascii_subject(slo.name, room)}: {headline}"),
        body="\n".join([*lines, "", source, f"Owner: {one_line(slo.owner)}", ""]),
    )
