# SPDX-License-Identifier: Apache-2.0
"""A whole monitor over fakes, to be run morning after morning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.errors import CostDataError, SourceError
from cost_slo.domain.incidents.incident import Incident, incidents
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import CostReading
from cost_slo.use_cases.evaluate import run
from cost_slo.use_cases.reading import Monitor
from cost_slo.use_cases.result import Evaluation
from tests.builders.readings import Days, morning, reading, spec
from tests.fakes.ports import (
    FakeCostSource,
    FakeNotifier,
    FakeSpecSource,
    FakeStore,
    FakeUnitSource,
)


@dataclass
class PickyCostSource(FakeCostSource):
    """Refuses to read for the SLOs in `unanswerable`, alone or among others; fails in `faults`."""

    unanswerable: set[str] = field(default_factory=set)
    faults: Mapping[str, Exception] = field(default_factory=dict)

    def fetch_costs(
        self,
        slos: Sequence[Slo],
        currency: str,
        as_of: datetime,
        open_from: Mapping[str, date] | None = None,
    ) -> CostReading:
        for slo in slos:
            if slo.name in self.faults:
                raise self.faults[slo.name]
            if slo.name in self.unanswerable:
                raise CostDataError(f"the bill cannot answer the scope of {slo.name}")
        return super().fetch_costs(slos, currency, as_of, open_from)


class Rig:
    """The monitor and everything around it; a run is one morning's evaluation."""

    def __init__(self, *slos: Mapping[str, Any]) -> None:
        self.costs = PickyCostSource(reading({}))
        self.units = FakeUnitSource()
        self.store = FakeStore()
        self.notifier = FakeNotifier()
        self.monitor = Monitor(
            specs=FakeSpecSource(spec(*slos)),
            costs=self.costs,
            units=self.units,
            policy=lambda name: load_policy(name, base=Path()),
            store=self.store,
            notifier=self.notifier,
        )

    def run(self, spend: Mapping[str, Days], day: int, month: int = 9) -> Evaluation:
        """Read this spend and evaluate in the morning of a day."""
        self.costs.reading = reading(spend)
        return self.again(morning(day, month))

    def again(self, as_of: datetime) -> Evaluation:
        """Evaluate what was read last."""
        return run(self.monitor, as_of)

    def fail_units(self, slo: str) -> None:
        """The units of an SLO cannot be counted."""
        self.units.errors = {slo: SourceError("the units are out of reach")}

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Every incident in the store."""
        return incidents(self.store.load_events())

    @property
    def revisions(self) -> list[tuple[int, int, str]]:
        """The ledger: day of the month, revision and amount of every observation."""
        rows = sorted(self.store.observations.values(), key=lambda row: (row.day, row.revision))
        return [(row.day.day, row.revision, str(row.total)) for row in rows]
