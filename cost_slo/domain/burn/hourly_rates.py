# SPDX-License-Identifier: Apache-2.0
"""How fast do hours use the error budget, and which hourly rule does that break?

burn(w) = (excess over w hours / error budget) / (w / hours of the window)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cost_slo.domain.burn.hourly_excess import HourlyExcess
from cost_slo.domain.burn.hourly_rule import DAY_HOURS, HourlyRule
from cost_slo.domain.burn.rates import Headroom


@dataclass(frozen=True, slots=True)
class HourlyFiring:
    """A rule that fires: its excess and burn over the long window, and the noise of such sums."""

    rule: HourlyRule
    end: datetime
    excess: float
    rate: float
    spread: float


def loudest_hourly(
    rules: Iterable[HourlyRule],
    excess: HourlyExcess,
    noise: Mapping[int, float],
    headroom: Headroom,
) -> HourlyFiring | None:
    """The firing of the highest severity, then of the highest burn."""
    found = (_firing(rule, excess, noise[rule.hours], headroom) for rule in rules)
    fired = [firing for firing in found if firing]
    return max(fired, key=lambda firing: (firing.rule.severity.rank, firing.rate), default=None)


def _firing(
    rule: HourlyRule, excess: HourlyExcess, noise: float, headroom: Headroom
) -> HourlyFiring | None:
    total, recent = excess.total(rule.hours), excess.total(rule.short_hours)
    if total is None or recent is None:
        return None
    rate = _burn(total, rule.hours, headroom)
    if min(rate, _burn(recent, rule.short_hours, headroom)) < rule.factor:
        return None
    if total < rule.noise * noise:
        return None
    return HourlyFiring(rule, excess.end, total, rate, noise)


def _burn(excess: float, hours: int, headroom: Headroom) -> float:
    return excess * headroom.window_days * DAY_HOURS / (headroom.budget * hours)
