# SPDX-License-Identifier: Apache-2.0
"""How fast may the error budget burn before somebody is called?

A policy is data (`cost_slo/policies/*.yaml`): rules, what each severity asks for, and how old
the costs may be. A rule fires when all of this holds over its days:

- burn >= factor, compared unrounded;
- the surprising excess is larger than what is ordinary: noise x the daily spread x sqrt(days)
  + precedent x the largest excess of its shape that history knows without an incident
  + allowance x a planned day; `tight` times that where the error budget is smaller than its noise.

In a `total` rule the excess of the days is summed. A `trimmed` one leaves out the largest day, and
in a `sustained` rule every day counts as the smallest, so that one odd day is no trend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from math import inf
from operator import ge
from typing import get_args

from cost_slo.domain.burn.excess import ExcessShape
from cost_slo.domain.burn.hourly_rule import HourlyRule, refuse_overlap
from cost_slo.domain.burn.noise_gate import LONGEST_RUN_DAYS
from cost_slo.domain.incidents.incident import Severity

GATES = ("noise", "precedent", "allowance")


@dataclass(frozen=True, slots=True)
class Rule:
    """Call at `severity` when the budget burns at `factor` over `days` complete or partial days.

    `noise`, `precedent`, `allowance` and `tight` are the gates above.
    """

    severity: Severity
    factor: float
    days: int
    shape: ExcessShape = "total"
    noise: float = 0.0
    precedent: float = 0.0
    allowance: float = 0.0
    tight: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a rule that can never fire, or always does."""
        if self.severity is Severity.NONE:
            raise ValueError("a rule needs a severity: investigate, page or emergency")
        if not 0 < self.factor < inf:
            raise ValueError(f"factor {self.factor:g} is not positive and finite")
        for gate, asked in self.gates.items():
            if not 0 <= asked < inf:
                raise ValueError(f"{gate} {asked:g} is negative or not finite")
        if not 1 <= self.days <= LONGEST_RUN_DAYS:
            message = (
                f"a window of {self.days} days cannot be judged: costs are daily, so a window "
                f"has 1 to {LONGEST_RUN_DAYS} whole days"
            )
            raise ValueError(message)
        if not 1 <= self.tight < inf:
            raise ValueError(f"tight {self.tight:g} is not 1 or more: it asks for more evidence")
        if self.shape not in get_args(ExcessShape):
            raise ValueError(f"shape {self.shape!r} is none of {', '.join(get_args(ExcessShape))}")

    @property
    def gates(self) -> Mapping[str, float]:
        """What evidence the rule asks for beyond its factor; 0 asks for none."""
        return {gate: getattr(self, gate) for gate in GATES}

    def adds_nothing_to(self, other: Rule) -> bool:
        """Whether the other calls as loudly over the same days, at as low a factor and gates."""
        same = (self.severity, self.days, self.shape) == (other.severity, other.days, other.shape)
        more = (self.factor, self.tight, *self.gates.values())
        less = (other.factor, other.tight, *other.gates.values())
        return same and all(map(ge, more, less))

    def stricter(self, times: float) -> Rule:
        """The same rule, asking for `times` (1 or more) as much evidence at the same factor."""
        return replace(
            self,
            noise=times * self.noise,
            precedent=times * self.precedent,
            allowance=times * self.allowance,
        )

    def budget_share(self, window_days: int) -> float:
        """Share of the error budget that is gone when the rule fires: factor x days / window."""
        return self.factor * self.days / window_days

    def days_to_exhaustion(self, window_days: int) -> float:
        """Days in which a full error budget is used up at the factor."""
        return window_days / self.factor


def factor_of_share(share: float, days: float, window_days: float) -> float:
    """The burn rate that uses `share` (0..1) of the budget in `days`: SRE workbook, table 5-8.

    >>> round(factor_of_share(0.02, 1 / 24, 30), 6)
    14.4
    """
    return share * window_days / days


@dataclass(frozen=True, slots=True)
class Policy:
    """A burn ladder. `stale_after_hours` counts from the end of the last charged day.

    `hourly_rules` call beside the daily ones where the hours of the costs are known.

    `strictness` is what the gates of its pages were multiplied by, and `because` says why; both
    are as they are here unless a calibration chose them.
    """

    name: str
    rules: tuple[Rule, ...]
    asks: Mapping[Severity, str]
    stale_after_hours: int = 48
    hourly_rules: tuple[HourlyRule, ...] = ()
    strictness: float = 1.0
    because: str = ""

    def __post_init__(self) -> None:
        """Refuse a rule that overlaps another: it could only fire where that one does."""
        refuse_overlap(self.hourly_rules)
        for rule, other in permutations(self.rules, 2):
            if rule.adds_nothing_to(other):
                message = f"two rules overlap: {rule.severity}, {rule.days} days, {rule.shape}"
                raise ValueError(message)

    def stricter(self, times: float, because: str = "") -> Policy:
        """The ladder whose pages and emergencies ask for `times` (1 or more) as much evidence.

        Quieter rules stay: what no longer pages is still to be investigated.
        """
        rules = (
            rule.stricter(times) if rule.severity >= Severity.PAGE else rule for rule in self.rules
        )
        return replace(self, rules=tuple(rules), strictness=times, because=because)
