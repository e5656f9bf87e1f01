# SPDX-License-Identifier: Apache-2.0
"""Which alerts would the burn ladder and a static budget alert have sent?

The bill is replayed as if each day had arrived whole, the morning after it ended: a bill alone
does not say when its rows arrived.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Month, midnight
from cost_slo.domain.plan.series import month_series, series_of
from cost_slo.domain.spec.document import MonthlyObjective, Slo
from cost_slo.domain.spend.reading import DailySpend, Observation, by_day
from cost_slo.domain.verdict.assessment import assess
from cost_slo.domain.verdict.calibration import calibrated

_MORNING = timedelta(hours=9)
# The usual thresholds of budget alerts: 80 % and 100 % of the month's objective.
STATIC_SHARES = (Decimal("0.8"), Decimal(1))


@dataclass(frozen=True, slots=True)
class FirstAlert:
    """A first alert of its severity in a month; `spent` is the month's spend by then."""

    slo: str
    month: date
    severity: Severity
    at: datetime
    spent: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class StaticCall:
    """The morning after the month's spend passed a share of the objective."""

    month: date
    share: Decimal
    at: datetime
    spent: Decimal


def calls(
    slo: Slo,
    spend: Sequence[DailySpend],
    policy: Policy,
    *,
    currency: str,
    monthly: bool = False,
) -> Iterator[FirstAlert]:
    """The first alert of each severity in each month, oldest first.

    A policy that is calibrated to a tolerated rate is so on the months before each month alone.
    Of one amount a month only the whole is known, so it is judged when the month has ended.
    """
    observations = _observations(spend)
    if monthly:
        yield from _calls_by_month(slo, observations, policy, currency)
        return
    if not observations:
        return
    ladder, loudest = policy, Severity.NONE
    month: date | None = None
    end = observations[-1].day + DAY
    day = observations[0].day + DAY
    while day <= end:
        known = [seen for seen in observations if seen.day < day]
        series = series_of(known, day, day)
        if series.window.start != month:
            month, loudest = series.window.start, Severity.NONE
            ladder = calibrated(slo, series, policy)
        at = midnight(day) + _MORNING
        decision = assess(slo, series, ladder, currency=currency, as_of=at).decision
        if decision.severity > loudest:
            loudest = decision.severity
            spent = series.total(series.window)
            yield FirstAlert(slo.name, month, loudest, at, spent, decision.reason)
        day += DAY


def _calls_by_month(
    slo: Slo, observations: Sequence[Observation], policy: Policy, currency: str
) -> Iterator[FirstAlert]:
    for month in _months(observations):
        series = month_series([seen for seen in observations if seen.day < month.end], month.end)
        at = midnight(month.end) + _MORNING
        decision = assess(slo, series, policy, currency=currency, as_of=at).decision
        if decision.severity > Severity.NONE:
            spent = series.total(month)
            yield FirstAlert(slo.name, month.start, decision.severity, at, spent, decision.reason)


def _months(observations: Sequence[Observation]) -> list[Month]:
    return [
        Month.containing(start)
        for start in sorted({seen.day.replace(day=1) for seen in observations})
    ]


def static_calls(
    slo: Slo, spend: Sequence[DailySpend], *, monthly: bool = False
) -> Iterator[StaticCall]:
    """When a budget alert would have fired in each month, oldest first; `monthly` at its end."""
    if not isinstance(slo.objective, MonthlyObjective):
        return
    observations = _observations(spend)
    for month in _months(observations):
        shares = list(STATIC_SHARES)
        spent = ZERO
        for seen in observations:
            if seen.day in month:
                spent += seen.total
                while shares and spent >= shares[0] * slo.objective.monthly:
                    at = midnight(month.end if monthly else seen.day + DAY) + _MORNING
                    yield StaticCall(month.start, shares.pop(0), at, spent)


def _observations(spend: Sequence[DailySpend]) -> list[Observation]:
    return [
        Observation(
            of.usage,
            of.lumps,
            of.credits,
            series="",
            day=day,
            estimated=False,
            observed_at=midnight(day + DAY),
            revision=1,
        )
        for day, of in by_day(spend).items()
    ]
