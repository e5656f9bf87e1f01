# SPDX-License-Identifier: Apache-2.0
"""What does somebody else expect of the month? The use case: ask, and note it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.missing import Extras
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import MonthlyObjective, Slo
from cost_slo.domain.spend.ledger import latest
from cost_slo.domain.spend.second_opinion import RestOfMonth
from cost_slo.domain.verdict.document import SloReport
from cost_slo.ports import ForecastSource, Store
from cost_slo.use_cases.outcomes import Outcome


def with_second_opinions(
    forecasts: ForecastSource, store: Store, outcomes: Sequence[Outcome], as_of: datetime
) -> list[Outcome]:
    """The outcomes, each of a monthly objective with a note; one that cannot be had is noted, too.

    An opinion is no news: it changes neither verdict nor incident. `store` has what was observed.
    """
    return [
        _heard(forecasts, store, outcome, as_of) if _is_asked(outcome.report) else outcome
        for outcome in outcomes
    ]


def _heard(forecasts: ForecastSource, store: Store, outcome: Outcome, as_of: datetime) -> Outcome:
    """The outcome with a note; whatever fails costs the note alone."""
    extras, report = Extras(), outcome.report
    ask = partial(_with_opinion, forecasts, store, report, as_of)
    heard = extras.get("what AWS expects of the month", ask, report)
    return replace(outcome, report=heard).without(extras.missing)


def _is_asked(report: SloReport) -> bool:
    assessment = report.assessment
    is_monthly = isinstance(assessment.slo.objective, MonthlyObjective)
    return is_monthly and assessment.figures is not None


def _with_opinion(
    forecasts: ForecastSource, store: Store, report: SloReport, as_of: datetime
) -> SloReport:
    slo, figures = report.assessment.slo, report.assessment.figures
    ours = figures.forecast.month_end if figures else None
    today = as_of.date()
    try:
        opinion = forecasts.second_opinion(slo, as_of)
    except CostSloError as error:
        return _noted(report, f"AWS was not heard: {error}")
    said = opinion.said(_spent_before(store, slo, today), ours)
    if isinstance(opinion, RestOfMonth):
        report = replace(
            report,
            detail_requests=report.detail_requests + opinion.requests,
            detail_cost=report.detail_cost + opinion.request_cost,
        )
    return _noted(report, said)


def _spent_before(store: Store, slo: Slo, today: date) -> Decimal:
    """What the month has cost before a day, as it is known."""
    before = Period(today.replace(day=1), today)
    newest = latest(store.load_observations(slo.series))
    return sum((seen.total for day, seen in newest.items() if day in before), ZERO)


def _noted(report: SloReport, note: str) -> SloReport:
    return replace(report, notes=(*report.notes, note))
