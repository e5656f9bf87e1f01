# SPDX-License-Identifier: Apache-2.0
"""The texts of the dashboard pages, in the digest's order and with its figures.

Templates do the escaping and the layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cost_slo.domain.burn.budget import BudgetState
from cost_slo.domain.burn.forecast import Forecast
from cost_slo.domain.dashboard.sparkline import sparkline
from cost_slo.domain.digest.digest import BLIND, Digest, DigestEntry
from cost_slo.domain.digest.line import UNBROKEN, burn_ends, left_of
from cost_slo.domain.digest.text import data_age, digest_headline, incident_age, month_of_requests
from cost_slo.domain.incidents.incident import Incident, Severity
from cost_slo.domain.postmortem.editing.lines import readable
from cost_slo.domain.spec.document import MonthlyObjective, Slo
from cost_slo.domain.verdict.decision import Decision, Verdict
from cost_slo.domain.verdict.figures import Figures
from cost_slo.domain.wording import (
    day,
    instant,
    money,
    one_line,
    sentence,
    times,
    unit_price,
)


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a reader wants to see.

    `incident` is the id of the chosen incident, if any. Without an `endpoint` to call no incident
    can be chosen. `is_description` asks only for the description of the widget.
    """

    as_of: datetime
    theme: Theme = Theme.LIGHT
    incident: str | None = None
    endpoint: str | None = None
    is_description: bool = False


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a theme; `tones` are pairs of text and background colour.

    `ground` is the background of the report page; CloudWatch has its own.
    """

    ground: str
    text: str
    quiet: str
    rule: str
    line: str
    tones: Mapping[str, tuple[str, str]]


PALETTES = {
    Theme.LIGHT: Palette(
        ground="#ffffff",
        text="#16191f",
        quiet="#545b64",
        rule="#d5dbdb",
        line="#0b63a8",
        tones={
            "emergency": ("#ffffff", "#a3150a"),
            "page": ("#8f1d12", "#fde4e0"),
            "investigate": ("#7a4b00", "#fdf0d0"),
            "blind": ("#4b2a8f", "#ece6fb"),
            "within": ("#1b5e2a", "#e1f3e5"),
        },
    ),
    Theme.DARK: Palette(
        ground="#161d26",
        text="#ebebf0",
        quiet="#b4bcc6",
        rule="#48515c",
        line="#6cb8f6",
        tones={
            "emergency": ("#1c0402", "#ff8a7a"),
            "page": ("#ffc1b8", "#5a1a13"),
            "investigate": ("#ffd98a", "#4d3605"),
            "blind": ("#d6c8ff", "#3a2a6b"),
            "within": ("#a9e3b5", "#17402a"),
        },
    ),
}


def dashboard_facts(digest: Digest) -> dict[str, Any]:
    """The facts of all SLOs and open incidents."""
    return {
        "headline": f"{digest_headline(digest)}.",
        "data": data_age(digest),
        "self_cost": month_of_requests(digest),
        "slos": [_slo(entry, digest) for entry in digest.entries],
        "incidents": [_incident(incident, digest.as_of) for incident in digest.running],
    }


def incident_facts(incident: Incident, narrative: str | None, as_of: datetime) -> dict[str, Any]:
    """The facts of one incident; `narrative` is None if there is none yet."""
    return _incident(incident, as_of) | {
        "opened": f"opened {instant(incident.opened_at)}",
        "narrative": None if narrative is None else readable(narrative),
    }


def _slo(entry: DigestEntry, digest: Digest) -> dict[str, Any]:
    slo, decision = entry.now.slo, entry.now.decision
    return {
        "name": slo.name,
        "owner": one_line(slo.owner),
        "movement": entry.movement.value,
        "tone": _tone(decision),
        "verdict": _verdict(decision),
        "reason": sentence(decision.reason),
        "figures": _figures(entry, digest.currency),
    }


def _figures(entry: DigestEntry, currency: str) -> dict[str, str] | None:
    """None if it cannot be judged: old figures would look like those of today."""
    figures = entry.now.figures
    if entry.is_blind or figures is None:
        return None
    budget = figures.budget
    return {
        "spent": _spent(entry.now.slo, figures, currency),
        "outlook": _outlook(figures.forecast, currency),
        "burn_down": sparkline(entry.burn_down) if entry.burn_down else "-",
        "pace": "not known" if figures.pace is None else times(figures.pace),
        "burn": burn_ends(figures.burns).replace("x (", f"x{UNBROKEN}("),
        "left": "not known" if budget is None else left_of(budget, currency),
        "note": _note(budget.state) if budget else "",
        "exhausts": _exhausts(figures),
    }


def _spent(slo: Slo, figures: Figures, currency: str) -> str:
    """Spend to date of the objective, or cost per unit of the allowed one."""
    spent, objective = money(figures.spend_to_date, currency), slo.objective
    if isinstance(objective, MonthlyObjective):
        return f"{spent} of {money(objective.monthly, currency)}"
    ratio = figures.unit.month.ratio if figures.unit else None
    each = "not known" if ratio is None else unit_price(ratio, currency)
    allowed = unit_price(objective.per_unit, currency)
    return f"{each} of {allowed} a {one_line(objective.unit)}; {spent} in total"


def _outlook(outlook: Forecast, currency: str) -> str:
    said = f"month end {money(outlook.month_end, currency)}"
    if outlook.low is None or outlook.high is None:
        return said
    return f"{said} ({money(outlook.low, currency)} to {money(outlook.high, currency)})"


def _note(state: BudgetState) -> str:
    return "normal spend already exceeds the objective" if state is BudgetState.INFEASIBLE else ""


def _exhausts(figures: Figures) -> str:
    """The day the budget runs out; a unit cost has none."""
    if figures.exhausts_on is not None:
        return day(figures.exhausts_on)
    if figures.budget is None or figures.unit is not None:
        return "-"
    return "lasts the month" if figures.budget.remaining > 0 else "used up"


def _tone(decision: Decision) -> str:
    if decision.verdict in BLIND:
        return "blind"
    is_calm = decision.severity is Severity.NONE
    return "within" if is_calm else decision.severity.value


def _verdict(decision: Decision) -> str:
    """The verdict, after its severity if it is burning or exhausted."""
    said = decision.verdict.replace("_", " ")
    is_loud = decision.verdict not in BLIND | {Verdict.WITHIN}
    return f"{decision.severity}: {said}" if is_loud else said


def _incident(incident: Incident, as_of: datetime) -> dict[str, str]:
    is_calm = incident.severity is Severity.NONE
    return {
        "id": incident.id,
        "slo": incident.slo,
        "tone": "within" if is_calm else incident.severity.value,
        "severity": incident.severity.value,
        "status": incident.status.value,
        "age": incident_age(incident, as_of),
        "summary": sentence(incident.summary),
    }
