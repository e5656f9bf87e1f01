# SPDX-License-Identifier: Apache-2.0
"""What would be written, if it were not a dry run?

Wraps a store: reads pass through, nothing is written and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.incidents.delivery import Delivery
from cost_slo.domain.incidents.incident import IncidentEvent
from cost_slo.domain.spend.reading import Observation
from cost_slo.ports import StateChange, Store


class DryRunStore:
    """A store that keeps nothing."""

    def __init__(self, store: Store) -> None:
        """`store` is only ever read."""
        self._store = store

    def load_observations(self, series: str) -> Sequence[Observation]:
        """As the wrapped store."""
        return self._store.load_observations(series)

    def load_events(
        self, *, slo: str | None = None, incident: str | None = None
    ) -> Sequence[IncidentEvent]:
        """As the wrapped store."""
        return self._store.load_events(slo=slo, incident=incident)

    def load_evaluated(self) -> Mapping[str, datetime]:
        """As the wrapped store."""
        return self._store.load_evaluated()

    def load_draft(self, fingerprint: str) -> str | None:
        """As the wrapped store."""
        return self._store.load_draft(fingerprint)

    def save(self, change: StateChange) -> None:
        """Nothing is written."""

    def load_pending(self) -> Sequence[Notification]:
        """Nothing is due: a dry run sends no message."""
        return ()

    def load_notifications(self, slo: str) -> Sequence[Notification]:
        """As the wrapped store."""
        return self._store.load_notifications(slo)

    def save_delivered(self, key: str, at: datetime) -> None:
        """Nothing is written."""

    def load_deliveries(self, key: str) -> Sequence[Delivery]:
        """As the wrapped store."""
        return self._store.load_deliveries(key)

    def save_delivery(self, delivery: Delivery) -> None:
        """Nothing is written."""

    def load_requests(self, month: date) -> int:
        """As the wrapped store."""
        return self._store.load_requests(month)

    def add_requests(self, month: date, count: int) -> int:
        """Counted in the wrapped store, all the same: a request is paid for in a dry run, too."""
        return self._store.add_requests(month, count)
