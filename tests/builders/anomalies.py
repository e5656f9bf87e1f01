# SPDX-License-Identifier: Apache-2.0
"""Anomalies with only what a test wants to vary, and a desk over fakes that handles them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cost_slo.domain.anomalies.anomaly import Anomaly, Feedback, Impact, RootCause
from cost_slo.domain.anomalies.scope import MonitorTag
from cost_slo.domain.errors import SourceError
from cost_slo.domain.incidents.incident import Incident, incidents
from cost_slo.use_cases.anomalies import AnomalyDesk, Handled, handle_anomalies
from tests.builders.readings import morning, spec
from tests.fakes.ports import FakeNotifier, FakeSpecSource, FakeStore

EC2 = RootCause("Amazon EC2", "111122223333", "us-east-1", "BoxUsage:m5.large", Decimal(601))
S3 = RootCause("Amazon S3", "444455556666", "eu-west-1", "TimedStorage", Decimal(400))
SIXTH = morning(6)
ID = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"


def anomaly(  # noqa: PLR0913  one argument a thing to vary
    total: int = 1001,
    *,
    last: int = 5,
    id_: str = ID,
    causes: Sequence[RootCause] = (EC2,),
    feedback: Feedback | None = None,
    dimension: str = "Amazon EC2",
    expected: int = 300,
) -> Anomaly:
    """An anomaly from 3 September 2026 on, found by a monitor of services."""
    percentage = Decimal(100 * total) / expected if expected else None
    return Anomaly(
        id=id_,
        first=date(2026, 9, 3),
        last=date(2026, 9, last),
        impact=Impact(Decimal(total), Decimal(expected + total), Decimal(expected), percentage),
        monitor="arn:aws:ce::111122223333:anomalymonitor/m",
        dimension=dimension,
        causes=tuple(causes),
        account="111122223333",
        link="https://console.aws.amazon.com/anomaly",
        score=Decimal("0.47"),
        feedback=feedback,
    )


class Desk:
    """The handling of anomalies with everything around it."""

    def __init__(
        self,
        *slos: Mapping[str, Any],
        page_from: int | None = None,
        monitors: Mapping[str, MonitorTag] | None = None,
        store: FakeStore | None = None,
    ) -> None:
        self.store, self.notifier = store or FakeStore(), FakeNotifier()
        self.desk = AnomalyDesk(
            FakeSpecSource(spec(*slos)),
            self.store,
            self.notifier,
            monitors or {},
            None if page_from is None else Decimal(page_from),
        )

    def hear(self, *heard: Anomaly, at: datetime = SIXTH) -> Handled:
        """Handle them at once."""
        return handle_anomalies(self.desk, heard, at)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Every incident in the store."""
        return incidents(self.store.load_events())

    @property
    def outcomes(self) -> list[tuple[str, str, str]]:
        """Id, status and severity of each incident."""
        return [(it.id, it.status.value, it.severity.value) for it in self.incidents]


@dataclass
class FakeDetector:
    """Keeps what it was told; fails the next `fail_next` times."""

    told: list[tuple[str, Feedback, date]] = field(default_factory=list)
    fail_next: int = 0

    def send_feedback(self, anomaly: str, feedback: Feedback, *, on: date) -> None:
        if self.fail_next > 0:
            self.fail_next -= 1
            raise SourceError("the detector is down", retryable=True)
        self.told.append((anomaly, feedback, on))
