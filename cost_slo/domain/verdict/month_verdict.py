# SPDX-License-Identifier: Apache-2.0
"""How is spend judged that comes as one amount a month?

Such an amount lies on one day, so it has no daily burn: the month is compared with its objective,
and forecast by the calendar.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from cost_slo.domain.burn.forecast import Forecast
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.unit_cost import UnitCost, UnitState
from cost_slo.domain.exact import rounded, total
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Month, Period, midnight
from cost_slo.domain.plan.monthly import last_charged
from cost_slo.domain.spend.amounts import Amounts
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.verdict.decision import UNIT_REASONS, Decision, Verdict, no_data
from cost_slo.domain.wording import instant, money, month

ONE_A_MONTH = "one amount a month"
_CENT = Decimal("0.01")
# The unit cost of the last seven days, which nobody knows.
NOT_BY_DAY = UnitCost(UnitState.UNITS_WITHOUT_COST, ZERO, ZERO, None)


def month_forecast(
    charged: Amounts, lumps_left: Decimal, elapsed: Period, window: Period
) -> Forecast:
    """The month's end: usage goes on as it did, lumps come as they did last month."""
    left = window.days - elapsed.days
    rest = rounded(Fraction(max(charged.usage, ZERO)) * left / elapsed.days, _CENT)
    return Forecast(total([charged.total, lumps_left, rest]))


def month_staleness(
    observations: Iterable[Observation], as_of: datetime, policy: Policy
) -> Decision | None:
    """The stale verdict when the month after the newest one ended and did not arrive.

    A bill by month may come at the end of the month, so the running month may be missing.
    """
    newest = Month.containing(last_charged(observations))
    missing = Month.containing(newest.end)
    expected = midnight(missing.end) + timedelta(hours=policy.stale_after_hours)
    if as_of <= expected:
        return None
    reason = (
        f"{ONE_A_MONTH}, and the newest is that of {month(newest.start)}; {month(missing.start)} "
        f"was expected by {instant(expected)}"
    )
    return Decision(Verdict.STALE_DATA, Severity.NONE, reason)


def decide_month(
    spent: Decimal,
    outlook: Forecast,
    window: Period,
    *,
    objective: Decimal,
    currency: str,
    is_over: bool,
) -> Decision:
    """Judge a month by its amount; `is_over` says that it has ended, so nothing is left to save."""
    if spent > objective:
        over = f"spend is {money(spent - objective, currency)} over {money(objective, currency)}"
        severity = Severity.INVESTIGATE if is_over else Severity.PAGE
        return Decision(Verdict.EXHAUSTED, severity, f"{over}; {ONE_A_MONTH}")
    if is_over:
        reason = f"{ONE_A_MONTH}: {month(window.start)} came to {money(spent, currency)}"
        return Decision(Verdict.WITHIN, Severity.NONE, reason)
    end, beyond = outlook.month_end, outlook.month_end - objective
    where = f", {money(beyond, currency)} over the objective" if beyond > 0 else ""
    reason = (
        f"{ONE_A_MONTH}: {money(spent, currency)} so far; at this pace {month(window.start)} ends "
        f"at {money(end, currency)}{where}"
    )
    return Decision(Verdict.WITHIN, Severity.NONE, reason)


def decide_unit_month(
    cost: UnitCost, window: Period, *, objective: Decimal, currency: str
) -> Decision:
    """Judge a unit cost by the month's amount and its units so far."""
    if cost.ratio is None:
        return no_data(UNIT_REASONS[cost.state])
    said = f"{ONE_A_MONTH}: {month(window.start)} costs {money(cost.ratio, currency)} a unit so far"
    if cost.ratio > objective:
        reason = f"{said}, above {money(objective, currency)}"
        return Decision(Verdict.BURNING, Severity.INVESTIGATE, reason)
    return Decision(Verdict.WITHIN, Severity.NONE, said)
