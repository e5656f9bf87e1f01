# SPDX-License-Identifier: Apache-2.0
"""A Cost Explorer source at the fake, and what it stands on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from cost_slo.adapters.cost_explorer.paid import MONTHLY_CAP, PaidRequests, Patience
from cost_slo.adapters.cost_explorer.source import CostExplorerSource
from cost_slo.ports import RequestLedger
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from cost_slo.testing.fake_cost_explorer.faults import Fault, Faults
from cost_slo.testing.fake_cost_explorer.refusal import BAD_REQUEST, RefusedError
from tests.checks.cost_explorer_calls import client


@dataclass
class FakeLedger:
    """Counts requests by month."""

    counts: dict[date, int] = field(default_factory=dict)

    def load_requests(self, month: date) -> int:
        return self.counts.get(month.replace(day=1), 0)

    def add_requests(self, month: date, count: int) -> int:
        self.counts[month.replace(day=1)] = self.load_requests(month) + count
        return self.load_requests(month)

    @property
    def total(self) -> int:
        """Over all months."""
        return sum(self.counts.values())


@dataclass
class Waits:
    """Keeps how long was waited for, and does not wait."""

    waited: list[float] = field(default_factory=list)

    @property
    def patience(self) -> Patience:
        return Patience(sleep=self.waited.append, draw=lambda: 0.5)


@dataclass
class FailingCalls(Faults):
    """Fails `times` calls from the `first` on, counted from here."""

    first: int = 1
    code: str = "LimitExceededException"
    times: int = 1
    said: str = "Rate exceeded"

    def take(self, operation: str) -> Fault | None:
        self._calls += 1
        fails = self.first <= self._calls < self.first + self.times
        refusal = RefusedError(self.code, self.said, BAD_REQUEST)
        return Fault(operation, refusal) if fails else None


def live(
    fake: FakeCostExplorer,
    ledger: RequestLedger,
    *,
    cap: int = MONTHLY_CAP,
    now: Callable[[], datetime] | None = None,
    waits: Waits | None = None,
) -> CostExplorerSource:
    """The source at a fake whose clock it goes by; it waits for nothing."""
    paid = PaidRequests(ledger, monthly_cap=cap, patience=(waits or Waits()).patience)
    return CostExplorerSource(client(fake), paid, now=now or (lambda: fake.clock))
