# SPDX-License-Identifier: Apache-2.0
"""How far above its plan is each recent day?

Excess is usage minus plan. A day that is still arriving is held against as much of its plan as can
have arrived by now: its excess is a lower bound, which may raise an alarm and never clears one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from operator import sub
from typing import Literal

from cost_slo.domain.period import DAY, Period
from cost_slo.domain.plan.plan import Plan
from cost_slo.domain.statistics import median

ExcessShape = Literal["total", "trimmed", "sustained"]
TRAILING_DAYS = 14
# How much of a level that has lasted is taken as normal before the month is over.
ADAPTATION = 0.5


@dataclass(frozen=True, slots=True)
class Excess:
    """Daily excess up to the newest visible day; amounts in the spec's currency.

    The two sequences run from day `start` on and are equally long; `complete` is how many of
    their days are complete.
    """

    start: date
    amounts: tuple[float, ...]
    planned: tuple[float, ...]
    complete: int

    @property
    def end(self) -> date:
        """Exclusive end of the newest visible day."""
        return self.start + len(self.amounts) * DAY

    def total(self, days: int, end: int) -> float:
        """Sum over the `days` that end before index `end`."""
        return fsum(self.amounts[max(0, end - days) : end])

    def surprising(self, days: int, end: int) -> Sequence[float]:
        """The excess of each of those days beyond what has become the level before them."""
        first = max(0, end - days)
        level = self._level_before(min(first, self.complete))
        amounts = self.amounts[first:end]
        if level <= 0:
            return amounts
        return [
            amount - level * planned
            for amount, planned in zip(amounts, self.planned[first:end], strict=True)
        ]

    def _level_before(self, end: int) -> float:
        """Half of the median relative excess of the 14 days before, never below zero."""
        if end < TRAILING_DAYS:
            return 0.0
        recent = zip(
            self.amounts[end - TRAILING_DAYS : end],
            self.planned[end - TRAILING_DAYS : end],
            strict=True,
        )
        relative = [amount / planned for amount, planned in recent if planned > 0]
        return ADAPTATION * max(median(relative), 0.0) if relative else 0.0


def shaped(amounts: Sequence[float], shape: ExcessShape) -> float:
    """What the amounts of one or more days come to, on the scale of their sum.

    `trimmed` leaves out the largest day, `sustained` counts each day as the smallest.

    >>> days = [10.0, 50.0, 30.0]
    >>> shaped(days, "total"), shaped(days, "trimmed"), shaped(days, "sustained")
    (90.0, 60.0, 30.0)
    """
    count = len(amounts)
    if shape == "sustained":
        return count * min(amounts)
    if shape == "trimmed" and count > 1:
        return (fsum(amounts) - max(amounts)) * count / (count - 1)
    return fsum(amounts)


def excess_over(
    plan: Plan,
    usage: Sequence[float],
    start: date,
    *,
    data_through: date,
    arrived: Sequence[float] = (),
) -> Excess:
    """The excess of consecutive days of usage from `start` on, the newest last.

    `arrived` is the share of the plan that each day from `data_through` on can show by now; a day
    it does not name is held against all of its plan. A lump comes at once, so it is not shared out.
    """
    planned = list(plan.over(Period(start, start + len(usage) * DAY)))
    complete = max(0, min(len(usage), (data_through - start).days))
    for number, share in zip(range(complete, len(usage)), arrived, strict=False):
        at_once = plan.extra.get(start + number * DAY, 0.0)
        planned[number] = at_once + share * (planned[number] - at_once)
    return Excess(start, tuple(map(sub, usage, planned)), tuple(planned), complete)
