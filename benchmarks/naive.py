# SPDX-License-Identifier: Apache-2.0
"""When would the alerts people usually write have rung?

Four common policies over the cases that the burn ladder replays. They look at complete days only,
as observed by then, and count everything charged unless their name says *usage only*.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from cost_slo.domain.backtest.replay import Case, Observed
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period, complete_through

PACES = {14: Severity.EMERGENCY, 5: Severity.PAGE, 2: Severity.INVESTIGATE}
FORECAST_DAYS = 28
WEEK = 7 * DAY
RISE = Decimal("1.2")

Days = defaultdict[date, dict[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Known:
    """What a policy sees: each day's charges by kind, of which those before `through` are whole."""

    days: Mapping[date, Mapping[str, Decimal]]
    objective: Decimal
    window: Period
    through: date

    @property
    def elapsed(self) -> int:
        """Complete days of the window."""
        return max(0, (self.through - self.window.start).days)

    @property
    def month_to_date(self) -> Decimal:
        """Everything charged on them."""
        return sum((self.total(self.window.start + n * DAY) for n in range(self.elapsed)), ZERO)

    def total(self, day: date) -> Decimal:
        """Everything charged on a day."""
        return sum(self.days.get(day, {}).values(), ZERO)

    def usage(self, day: date) -> Decimal:
        """What was used on a day."""
        return self.days.get(day, {}).get("usage", ZERO)


Policy = Callable[[Known], Severity]


def month_to_date_ratio(known: Known) -> Severity:
    """The plain burn rate: spend over the elapsed share of the objective."""
    share = known.objective * known.elapsed
    spent = known.month_to_date * known.window.days
    called = (severity for pace, severity in PACES.items() if share and spent >= pace * share)
    return next(called, Severity.NONE)


def static_thresholds(known: Known) -> Severity:
    """The budget alert: 80 % of the objective, then all of it."""
    spent = known.month_to_date
    if spent >= known.objective:
        return Severity.PAGE
    near = spent >= known.objective * Decimal("0.8")
    return Severity.INVESTIGATE if near else Severity.NONE


def forecast_over_objective(known: Known) -> Severity:
    """Month to date, and the mean of the last 28 days for each day that is left."""
    recent = sum((known.total(known.through - n * DAY) for n in range(1, FORECAST_DAYS + 1)), ZERO)
    left = known.window.days - known.elapsed
    forecast = known.month_to_date + recent / FORECAST_DAYS * left
    return Severity.PAGE if forecast > known.objective else Severity.NONE


def week_over_week(known: Known) -> Severity:
    """The last complete day against the same weekday a week before."""
    return _risen(known.total, known.through - DAY)


def week_over_week_usage(known: Known) -> Severity:
    """The same without lumps and credits."""
    return _risen(known.usage, known.through - DAY)


def _risen(amount: Callable[[date], Decimal], last: date) -> Severity:
    return Severity.PAGE if amount(last) > RISE * amount(last - WEEK) else Severity.NONE


POLICIES: Mapping[str, Policy] = {
    "month-to-date ratio 2/5/14": month_to_date_ratio,
    "static 80 % / 100 %": static_thresholds,
    "forecast > 100 % (28-day mean)": forecast_over_objective,
    "+20 % week over week": week_over_week,
    "+20 % week over week, usage only": week_over_week_usage,
}


def replay_naive(case: Case) -> Iterator[tuple[str, datetime, Severity]]:
    """Each policy's calls, evaluation by evaluation: its name, when, and how loudly."""
    days: Days = defaultdict(dict)
    rows = iter([*case.rows, None])
    pending = next(rows)
    for at in case.evaluations:
        while pending is not None and pending.at <= at:
            _learn(days, pending)
            pending = next(rows)
        known = _known(case, days, at)
        for name, policy in POLICIES.items():
            severity = policy(known)
            if severity is not Severity.NONE:
                yield name, at, severity


def _learn(days: Days, row: Observed) -> None:
    days[row.day][row.kind] = row.amount


def _known(case: Case, days: Days, at: datetime) -> Known:
    used = (day + DAY for day, kinds in days.items() if kinds.get("usage"))
    through = complete_through(max(used, default=case.window.start), at)
    return Known(days, case.objective, case.window, through)
