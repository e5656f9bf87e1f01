# SPDX-License-Identifier: Apache-2.0
"""How fast may the error budget burn over hours before somebody is called?

A rule fires when burn reaches its factor over the long and over the short window, so that what is
over already does not call, and the excess of the long one stands out from its noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from cost_slo.domain.incidents.incident import Severity

DAY_HOURS = 24
LONGEST_HOURS = 7 * DAY_HOURS


@dataclass(frozen=True, slots=True)
class HourlyRule:
    """Call at `severity` when the budget burns at `factor` over `hours` and over `short_hours`.

    Both windows end with the newest visible hour. `noise` is how many spreads of the sums of
    `hours` consecutive hours the excess must reach.
    """

    severity: Severity
    factor: float
    hours: int
    short_hours: int
    noise: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a rule that can never fire, or always does."""
        if self.severity is Severity.NONE:
            raise ValueError("a rule needs a severity: investigate, page or emergency")
        if not 0 < self.factor < inf:
            raise ValueError(f"factor {self.factor:g} is not positive and finite")
        if not 0 <= self.noise < inf:
            raise ValueError(f"noise {self.noise:g} is negative or not finite")
        if not 1 <= self.short_hours <= self.hours <= LONGEST_HOURS:
            message = (
                f"windows of {self.hours} and {self.short_hours} hours cannot be judged: expected "
                f"1 <= short_hours <= hours <= {LONGEST_HOURS}"
            )
            raise ValueError(message)

    def budget_share(self, window_days: int) -> float:
        """Share of the error budget that is gone when the rule fires: factor x hours / window."""
        return self.factor * self.hours / (window_days * DAY_HOURS)

    def days_to_exhaustion(self, window_days: int) -> float:
        """Days in which a full error budget is used up at the factor."""
        return window_days / self.factor


def refuse_overlap(rules: Sequence[HourlyRule]) -> None:
    """ValueError where two rules have the same severity and long window."""
    seen: set[tuple[Severity, int]] = set()
    for rule in rules:
        if (rule.severity, rule.hours) in seen:
            raise ValueError(f"two rules overlap: {rule.severity}, {rule.hours} hours")
        seen.add((rule.severity, rule.hours))
