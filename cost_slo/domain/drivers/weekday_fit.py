# SPDX-License-Identifier: Apache-2.0
"""How much better does a course of change explain a daily series than its weekdays alone?

Weighted least squares. The null model gives each weekday its own mean; a candidate adds a size x a
course, fitted together with them. The weekdays are projected out once (the theorem of Frisch, Waugh
and Lovell), so a candidate costs one pass over its own days. A day weighs one over the square of
the level of the week around it, a median, because spend strays in percent of what it is.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cost_slo.domain.statistics import median, rolling_medians

WEEKDAY_COUNT = 7
# The least noise of a day, as a share of its level.
LEAST_NOISE = 0.01
# The level of a week in which nothing was charged, as a share of a usual day.
LEAST_LEVEL = 0.05


@dataclass(frozen=True)
class WeekdayFit:
    """Amounts of the known days by offset, at least seven, and the level of the week around each.

    Levels are positive.
    """

    amounts: Mapping[int, float]
    levels: Mapping[int, float]

    @classmethod
    def of(cls, amounts: Mapping[int, float]) -> WeekdayFit | None:
        """None for a series without a charge."""
        sizes = [abs(amount) for amount in amounts.values() if amount]
        if not sizes:
            return None
        least = LEAST_LEVEL * median(sizes)
        around = (max(abs(level), least) for level in _around(list(amounts.values())))
        return cls(amounts, dict(zip(amounts, around, strict=True)))

    def without(self, days: Collection[int]) -> WeekdayFit:
        """The same series, the given days unknown."""
        kept = {day: amount for day, amount in self.amounts.items() if day not in days}
        return WeekdayFit(kept, self.levels)

    @cached_property
    def level(self) -> float:
        return median([self.levels[day] for day in self.amounts])

    @cached_property
    def weekday_index(self) -> list[float]:
        """Each weekday relative to the week around it; 1 for one never seen."""
        ratios: list[list[float]] = [[] for _ in range(WEEKDAY_COUNT)]
        for day, amount in self.amounts.items():
            ratios[day % WEEKDAY_COUNT].append(amount / self.levels[day])
        return [max(median(seen), 0.0) if seen else 1.0 for seen in ratios]

    def fitted(self, course: Mapping[int, float]) -> tuple[float, float]:
        """The best size of a course, and the log of how much likelier it makes the series.

        The likelihoods have normal noise of unknown size. (0, 0) if the known days do not
        distinguish the course from the weekdays.
        """
        known = [day for day in course if day in self.amounts]
        pull = {day: self._weights[day] * course[day] for day in known}
        squares = sum(pull[day] * course[day] for day in known)
        sums = zip(_by_weekday(pull.items()), self._weekday_weights, strict=True)
        own = squares - sum(part**2 / whole for part, whole in sums if whole)
        if own <= squares * 1e-9:
            return 0.0, 0.0
        along = sum(pull[day] * self._residuals[day] for day in known)
        floor = len(self.amounts) * LEAST_NOISE**2
        left = max(self._unexplained - along**2 / own, 0.0)
        freedom = len(self.amounts) - WEEKDAY_COUNT - 1
        return along / own, freedom / 2 * math.log((self._unexplained + floor) / (left + floor))

    @cached_property
    def _weights(self) -> dict[int, float]:
        return {day: self.levels[day] ** -2 for day in self.amounts}

    @cached_property
    def _weekday_weights(self) -> list[float]:
        return _by_weekday(self._weights.items())

    @cached_property
    def _residuals(self) -> dict[int, float]:
        """Each day less the mean of its weekday."""
        weighted = ((day, self._weights[day] * amount) for day, amount in self.amounts.items())
        sums = zip(_by_weekday(weighted), self._weekday_weights, strict=True)
        means = [total / weight if weight else 0.0 for total, weight in sums]
        return {day: amount - means[day % WEEKDAY_COUNT] for day, amount in self.amounts.items()}

    @cached_property
    def _unexplained(self) -> float:
        return sum(self._weights[day] * left**2 for day, left in self._residuals.items())


def _by_weekday(values: Iterable[tuple[int, float]]) -> list[float]:
    sums = [0.0] * WEEKDAY_COUNT
    for day, value in values:
        sums[day % WEEKDAY_COUNT] += value
    return sums


def _around(amounts: Sequence[float]) -> list[float]:
    """The median of the seven known days around each; at the ends, of the outermost seven."""
    medians = rolling_medians(amounts, WEEKDAY_COUNT)
    half = WEEKDAY_COUNT // 2
    return [medians[0]] * half + medians + [medians[-1]] * half
