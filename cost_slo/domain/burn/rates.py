# SPDX-License-Identifier: Apache-2.0
"""How fast is the error budget being used, and which rule of the ladder does that break?

    burn(w) = (excess over w days / error budget) / (w / days of the window)

A burn rate of 1 uses exactly the window's error budget over the window; 2 exhausts it in half, 14
in about two days. Look-backs are fixed and cross the month's boundary. Without a plan, from the
1st, burn is the pace: spend / (objective x elapsed share).

>>> round(burn_rate(excess=400.0, budget=3000.0, days=2, window_days=30), 2)
2.0
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from cost_slo.domain.burn.excess import Excess, shaped
from cost_slo.domain.burn.noise_gate import Noise
from cost_slo.domain.burn.policy import Policy, Rule

# A budget below this many spreads of a month's noise is tight.
TIGHT_SIGMAS = 2.0
# Planned days: one wild day in history does not excuse a runaway.
MOST_EXCUSED = 2.0


@dataclass(frozen=True, slots=True)
class Burn:
    """A burn rate over a named look-back, `1d` to `7d`."""

    window: str
    rate: float


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule whose factor is reached, over the days that end before index `end` of the excess.

    `surprise` is the excess beyond the recent level, in the rule's shape; `precedent` is the
    largest excess of that shape that history knows.
    """

    rule: Rule
    end: int
    surprise: float
    rate: float
    precedent: float


@dataclass(frozen=True, slots=True)
class Headroom:
    """The error budget in currency, the days of its window, and whether its noise exceeds it."""

    budget: float
    window_days: int
    day_planned: float
    is_tight: bool


def pace(spend: Decimal, objective: Decimal, *, elapsed_days: int, window_days: int) -> float:
    """Spend over `elapsed_days` (at least 1) relative to an even use of the objective."""
    return float(spend * window_days / (objective * elapsed_days))


def burn_rate(*, excess: float, budget: float, days: int, window_days: int) -> float:
    """Excess over `days` relative to an even use of the error budget."""
    return excess * window_days / (budget * days)


def is_tight(headroom: float, noise: Noise, window_days: int) -> bool:
    """Whether the objective leaves less than the noise of a month: then burn says little."""
    return headroom < TIGHT_SIGMAS * noise.spread * sqrt(window_days)


def reached(policy: Policy, excess: Excess, noise: Noise, headroom: Headroom) -> list[Firing]:
    """Rules whose factor is reached at the last complete day's end, or at a newer visible one's."""
    return [
        _firing(rule, excess, noise, end, rate)
        for end in range(excess.complete, len(excess.amounts) + 1)
        for rule in policy.rules
        if (rate := _rate(rule, excess, headroom, end)) is not None and rate >= rule.factor
    ]


def is_news(firing: Firing, noise: Noise, headroom: Headroom) -> bool:
    """Whether the excess stands out from the noise and from what history has seen."""
    rule = firing.rule
    ordinary = (
        rule.noise * noise.spread * sqrt(rule.days)
        + rule.precedent * min(firing.precedent, MOST_EXCUSED * headroom.day_planned)
        + rule.allowance * headroom.day_planned
    )
    return firing.surprise > ordinary * (rule.tight if headroom.is_tight else 1.0)


def loudest(found: Iterable[Firing]) -> Firing | None:
    """The firing of the highest severity, then of the highest burn."""
    return max(found, key=lambda firing: (firing.rule.severity.rank, firing.rate), default=None)


def _rate(rule: Rule, excess: Excess, headroom: Headroom, end: int) -> float | None:
    """The burn over the rule's days, None where fewer are known."""
    if end < rule.days:
        return None
    return burn_rate(
        excess=excess.total(rule.days, end),
        budget=headroom.budget,
        days=rule.days,
        window_days=headroom.window_days,
    )


def _firing(rule: Rule, excess: Excess, noise: Noise, end: int, rate: float) -> Firing:
    amounts = excess.surprising(rule.days, end)
    return Firing(
        rule, end, shaped(amounts, rule.shape), rate, noise.largest(rule.days, rule.shape)
    )
