# SPDX-License-Identifier: Apache-2.0
"""Which days does a bill tell about, and does it tell about these?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cost_slo.adapters.bills.relation import Charges
from cost_slo.domain.comparison import months
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.wording import day, days


@dataclass(frozen=True, slots=True)
class Coverage:
    """The first day with a charge, and the exclusive end of the last."""

    charges: Charges
    first: date
    end: date

    def need(self, period: Period, name: str) -> None:
        """Raise CostDataError where the bill cannot tell about a period at all."""
        if self.charges.monthly and not months(period):
            raise CostDataError(
                f"it has one amount a month, so the {name} must be whole months, such as "
                f"{self.first:%Y-%m}",
                file=self.charges.location,
            )
        if period.start >= self.end or period.end <= self.first:
            raise self.nothing(period, name)

    def nothing(self, period: Period, name: str) -> CostDataError:
        """That no charge lies in a period, and which days there are."""
        return CostDataError(
            f"the {name}, {days(period.start, period.end - DAY)}, has no charge; the bill covers "
            f"{days(self.first, self.end - DAY)}",
            file=self.charges.location,
        )

    def notes(self, period: Period, name: str) -> Iterator[str]:
        """What a reader must know of a period that the bill covers in part, or has estimated."""
        if period.start < self.first:
            yield f"The bill begins with {day(self.first)}, so the {name} is not complete."
        if period.end > self.end:
            yield f"The bill ends with {day(self.end - DAY)}, so the {name} is not complete."
        estimated = self.charges.estimated_from
        if estimated is not None and estimated < period.end:
            yield f"Charges from {day(estimated)} on are estimates of the source."


def coverage(charges: Charges) -> Coverage:
    """What the bill covers. Raises CostDataError for a bill without a charge."""
    first, last, ended = charges.connection.execute(
        "SELECT min(charge_day), max(charge_day), max(charge_end) FROM charges"
    ).fetchall()[0]
    if first is None:
        raise CostDataError("the bill has no charge", file=charges.location)
    end = ended.date() if charges.monthly and ended is not None else last + DAY
    return Coverage(charges, first, end)
