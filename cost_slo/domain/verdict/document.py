# SPDX-License-Identifier: Apache-2.0
"""What does an evaluation look like to a machine?

Builds the documented object `cost-slo/evaluation/v1`. Amounts are decimal strings, times are
ISO 8601 in UTC, ratios are numbers, and what is not known is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.unit_cost import UnitCosts
from cost_slo.domain.exact import rounded
from cost_slo.domain.incidents.judged import (
    BudgetFigures,
    BurnFigure,
    CalibratedGates,
    ForecastFigures,
    JudgedObjective,
    JudgedSlo,
    JudgedWindow,
    MeasuredFigures,
    PlanFigures,
    SpendFigures,
    UnitCostFigures,
)
from cost_slo.domain.money import ZERO, plain
from cost_slo.domain.period import Month, midnight
from cost_slo.domain.spec.document import MonthlyObjective, Slo
from cost_slo.domain.spend.reading import CostReading, UnitReading
from cost_slo.domain.stored import from_json, to_json
from cost_slo.domain.verdict.assessment import Assessment
from cost_slo.domain.verdict.figures import Figures
from cost_slo.domain.wording import iso

_SCHEMA = "cost-slo/evaluation/v1"


@dataclass(frozen=True, slots=True)
class SloReport:
    """One SLO's assessment with what became of its incident: an entry of `slos`.

    `notes` are sentences a reader of the figures must see. `detail_requests` are the paid requests
    made for what changed in detail, `detail_cost` what they cost.
    """

    assessment: Assessment
    policy: Policy
    reading: CostReading
    units: UnitReading | None = None
    incident: str | None = None
    incident_change: str = "none"
    notes: tuple[str, ...] = ()
    detail_requests: int = 0
    detail_cost: Decimal = ZERO


def evaluation(
    reports: Sequence[SloReport],
    *,
    as_of: datetime,
    currency: str,
    failures: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """The whole object, of at least one report; `failures` are SLO names and what went wrong."""
    readings = list({id(report.reading): report.reading for report in reports}.values())
    through = [
        report.assessment.figures.data_through
        for report in reports
        if report.assessment.figures is not None
    ]
    return {
        "schema": _SCHEMA,
        "as_of": iso(as_of),
        "data_through": iso(min(through)) if through else None,
        "slos": [slo_entry(report, as_of=as_of, currency=currency) for report in reports],
        "charges": _charges(reports, currency),
        "source": _source(reports, readings),
        "errors": [{"slo": name, "error": text} for name, text in failures],
    }


def _source(reports: Sequence[SloReport], readings: Sequence[CostReading]) -> dict[str, Any]:
    detail = sum(report.detail_requests for report in reports)
    detail_cost = sum((report.detail_cost for report in reports), ZERO)
    cost = sum((reading.request_cost for reading in readings), detail_cost)
    counted = [each.requests_month for each in readings if each.requests_month is not None]
    return {
        "requests": sum(reading.requests for reading in readings) + detail,
        "request_cost": plain(cost),
        "requests_month": max(counted) + detail if counted else None,
        "requests_cap": next((each.requests_cap for each in readings), None),
        "description": "; ".join(dict.fromkeys(r.description for r in readings)),
        "notes": list(dict.fromkeys(note for r in readings for note in r.notes)),
    }


def slo_entry(report: SloReport, *, as_of: datetime, currency: str) -> dict[str, Any]:
    """One entry of `slos`."""
    became = {"incident": report.incident, "incident_change": report.incident_change}
    return {**to_json(judged_slo(report, as_of=as_of, currency=currency)), **became}


def judged_slo(report: SloReport, *, as_of: datetime, currency: str) -> JudgedSlo:
    """What an evaluation says of an SLO."""
    slo, decision = report.assessment.slo, report.assessment.decision
    figures = report.assessment.figures
    window = figures.window if figures else Month.containing(as_of.date())
    return JudgedSlo(
        name=slo.name,
        product=slo.product,
        owner=slo.owner,
        metric=slo.metric.value,
        charge_categories=tuple(category.value for category in slo.scope.charge_categories),
        verdict=decision.verdict.value,
        severity=decision.severity.value,
        reason=decision.reason,
        asks=report.policy.asks.get(decision.severity),
        calibration=_calibration(report.policy),
        objective=judged_objective(slo, currency),
        window=JudgedWindow(midnight(window.start), midnight(window.end)),
        data_through=midnight(figures.data_through) if figures else None,
        data_complete=report.reading.charges.unreadable == 0,
        figures=measured(figures),
        notes=report.notes,
    )


def scope_rows(reading: CostReading, name: str) -> dict[str, int] | None:
    """Where the rows of a bill went for one SLO; None where the source counts no rows."""
    rows = reading.scopes.get(name)
    if rows is None:
        return None
    return {
        "in_scope": rows.in_scope,
        "outside_scope": rows.outside_scope,
        "other_category": rows.other_category,
        "after_as_of": rows.after_as_of,
    }


def _calibration(policy: Policy) -> CalibratedGates | None:
    return CalibratedGates(policy.strictness, policy.because) if policy.because else None


def judged_objective(slo: Slo, currency: str) -> JudgedObjective:
    """The objective of an entry."""
    objective = slo.objective
    if isinstance(objective, MonthlyObjective):
        return JudgedObjective(objective.monthly, currency, "month")
    return JudgedObjective(objective.per_unit, currency, objective.unit)


def measured(figures: Figures | None) -> MeasuredFigures:
    """The figures of an entry; every key is there if nothing was measured, too."""
    if figures is None:
        return from_json(MeasuredFigures, {})
    budget, outlook = figures.budget, figures.forecast
    return MeasuredFigures(
        SpendFigures(figures.spend_to_date, midnight(figures.estimated_through)),
        from_json(BudgetFigures, {})
        if budget is None
        else BudgetFigures(
            budget.size, budget.used, budget.remaining, budget.remaining_ratio, budget.state.value
        ),
        PlanFigures(figures.plan_month, figures.plan_basis),
        figures.pace,
        tuple(BurnFigure(burn.window, burn.rate) for burn in figures.burns),
        ForecastFigures(*map(_cents, (outlook.month_end, outlook.low, outlook.high))),
        figures.exhausts_on,
        _unit_cost(figures.unit),
        figures.near_miss,
    )


def _unit_cost(units: UnitCosts | None) -> UnitCostFigures | None:
    if units is None:
        return None
    month, trailing = units.month, units.trailing
    return UnitCostFigures(
        month.state.value,
        _ratio(month.ratio),
        month.units,
        _ratio(trailing.ratio),
        trailing.state.value,
    )


def _charges(reports: Sequence[SloReport], currency: str) -> dict[str, Any]:
    readings = [report.reading for report in reports]
    charges = readings[0].charges
    names = [report.assessment.slo.name for report in reports]
    counted = zip(names, map(scope_rows, readings, names), strict=True)
    others = {code: plain(total) for code, total in sorted(charges.cost_total.items())}
    own = others.pop(currency, "0")
    return {
        "rows": charges.rows,
        "cost_total": own,
        "currency": currency,
        "other_currencies": others,
        "in_some_scope": max(reading.charges.in_some_scope for reading in readings),
        "unreadable": charges.unreadable,
        "scopes": {name: rows for name, rows in counted if rows is not None},
    }


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else rounded(amount, Decimal("0.01"))


def _ratio(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else rounded(ratio, Decimal("0.0000000001"))
