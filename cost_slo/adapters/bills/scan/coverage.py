# SPDX-License-Identifier: Apache-2.0
"""Which days does a bill cover?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.spans import FROM_THE_FIRST, IS_USAGE, all_months, span
from cost_slo.domain.drivers.comparable import advice
from cost_slo.domain.drivers.comparable_periods import months
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.wording import day, days


@dataclass(frozen=True, slots=True)
class Coverage:
    """The first day with a charge, the exclusive end of the last, and if there are months only."""

    charges: Charges
    first: date
    end: date
    monthly: bool

    def need(self, period: Period, name: str) -> None:
        """Raise CostDataError if the bill covers no part of a period."""
        if self.monthly and not months(period):
            raise CostDataError(
                f"it has one amount a month, so the {name} must be whole months; "
                f"{self.instead(period)}",
                file=self.charges.location,
            )
        if period.start >= self.end or period.end <= self.first:
            raise self.nothing(period, name)

    def instead(self, period: Period) -> str:
        """Which periods of the bill can be compared instead of this one."""
        return advice(period, Period(self.first, self.end), monthly=self.monthly)

    def nothing(self, period: Period, name: str) -> CostDataError:
        """The error that a period has no charge, with the days that the bill has."""
        return CostDataError(
            f"the {name}, {days(period.start, period.end - DAY)}, has no charge; the bill covers "
            f"{days(self.first, self.end - DAY)}; {self.instead(period)}",
            file=self.charges.location,
        )

    def notes(self, period: Period, name: str) -> Iterator[str]:
        """Notes about a period that the bill covers in part, or has estimated."""
        if period.start < self.first:
            yield f"The bill begins with {day(self.first)}, so the {name} is not complete."
        if period.end > self.end:
            yield f"The bill ends with {day(self.end - DAY)}, so the {name} is not complete."
        estimated = self.charges.estimated_from
        if estimated is not None and estimated < period.end:
            yield f"Charges from {day(estimated)} on are estimates of the source."


def coverage(charges: Charges) -> Coverage:
    """The days the bill covers. Raises CostDataError for a bill without a charge."""
    first, last, ended, monthly = charges.connection.execute(
        "SELECT min(charge_day), max(charge_day), "  # noqa: S608
        f"max(charge_end) FILTER (WHERE span >= {FROM_THE_FIRST}), {all_months('usage', 'span')} "
        f"FROM (SELECT charge_day, charge_end, {span(charges)} AS span, "
        f"CASE WHEN {IS_USAGE} THEN billed_cost ELSE 0 END AS usage FROM charges)"
    ).fetchall()[0]
    if first is None:
        raise CostDataError("the bill has no charge", file=charges.location)
    end = max(ended.date(), last + DAY) if monthly and ended is not None else last + DAY
    return Coverage(charges, first, end, monthly)
