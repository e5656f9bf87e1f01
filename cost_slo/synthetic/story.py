# SPDX-License-Identifier: Apache-2.0
"""Which days does the bill cover, and what goes wrong on them?

A story's days end with its *story month*, the month of the last of them. What goes wrong there
can be switched off, and every other row stays the same to the digit: the difference of the two
bills is the incident.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from random import Random

from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Month

_SATURDAY = 5

# Amounts are exact to ten digits, as in an AWS export.
DIGIT = Decimal("1E-10")

FIRST_EXCESS = Decimal(40)
# What the runaway adds on its first day; it doubles daily until autoscaling's maximum.
LARGEST_EXCESS = Decimal(480)


@dataclass(frozen=True, slots=True)
class Story:
    """A seed, the days the bill covers, and the days of the story month when things go wrong.

    `runaway_day` and `regression_day` are days of the month, None for never; the runaway goes
    on to the end of the month unless a person ends it on `mitigated_day`. `calm_days` follow the
    story month; all is well on them.
    """

    seed: int = 7
    start: date = date(2026, 6, 1)
    days: int = 122
    runaway_day: int | None = 12
    mitigated_day: int | None = None
    regression_day: int | None = 16
    calm_days: int = 0

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError(f"a bill covers at least one day, not {self.days}")

    @property
    def month(self) -> Month:
        return Month.containing(self.start + (self.days - 1) * DAY)

    def each_day(self) -> Iterator[date]:
        return (self.start + offset * DAY for offset in range(self.days + self.calm_days))

    def runaway_excess(self, day: date) -> Decimal:
        if self.runaway_day is None or day not in self.month or day.day < self.runaway_day:
            return ZERO
        if self.mitigated_day is not None and day.day >= self.mitigated_day:
            return ZERO
        return min(FIRST_EXCESS * (1 << day.day - self.runaway_day), LARGEST_EXCESS)

    def regressed(self, day: date) -> bool:
        """Whether the more expensive model answers on a day."""
        onset = self.regression_day
        return onset is not None and day in self.month and day.day >= onset

    def dice(self, *names: object) -> Random:
        """A random generator for these names, so that no draw disturbs another."""
        seed = ":".join(map(str, (self.seed, *names)))
        return Random(seed)  # noqa: S311 - the same seed makes the same bill


def at_bill_precision(amount: Decimal) -> Decimal:
    return amount.quantize(DIGIT)


def noise(dice: Random, spread: float) -> Decimal:
    """A factor around one, never further from it than three spreads."""
    swing = max(-3.0, min(3.0, dice.gauss(0.0, 1.0)))
    return Decimal(f"{1.0 + spread * swing:.6f}")


def is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY


def demo_spec() -> str:
    """YAML of the three SLOs for this bill."""
    return (files("cost_slo") / "templates" / "demo-spec.yaml").read_text(encoding="utf-8")
