# SPDX-License-Identifier: Apache-2.0
"""What does one request of Cost Explorer ask?"""

from __future__ import annotations

from dataclasses import dataclass, field

from cost_slo.adapters.cost_explorer.expression import EVERYTHING, Expression, filter_in_words
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spec.document import Metric

COST_METRICS = {Metric.BILLED: "UnblendedCost", Metric.EFFECTIVE: "AmortizedCost"}


@dataclass(frozen=True, slots=True)
class Group:
    """A group of an answer: a DIMENSION or a TAG, and its key."""

    kind: str
    key: str

    def value(self, answered: str) -> str:
        """The value an answer means: tags come as `key$value`, and as `key$` without one."""
        return answered.removeprefix(f"{self.key}$") if self.kind == "TAG" else answered

    @property
    def words(self) -> str:
        return f"tag {self.key}" if self.kind == "TAG" else self.key


RECORD_TYPE = Group("DIMENSION", "RECORD_TYPE")


@dataclass(frozen=True, slots=True)
class CostQuery:
    """One GetCostAndUsage request of days; its pages are requests too."""

    groups: tuple[Group, ...]
    metrics: tuple[str, ...]
    period: Period
    filter: Expression = field(default_factory=dict)

    @property
    def request(self) -> dict[str, object]:
        parameters: dict[str, object] = {
            "TimePeriod": {"Start": f"{self.period.start}", "End": f"{self.period.end}"},
            "Granularity": "DAILY",
            "Metrics": list(self.metrics),
            "GroupBy": [{"Type": group.kind, "Key": group.key} for group in self.groups],
        }
        return parameters | ({} if self.filter == EVERYTHING else {"Filter": self.filter})

    @property
    def words(self) -> str:
        by = " and ".join(group.words for group in self.groups)
        days = f"{self.period.start}..{self.period.end - DAY}"
        return f"days {days} by {by}; {filter_in_words(self.filter)}; {', '.join(self.metrics)}"
