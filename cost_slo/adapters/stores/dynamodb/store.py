# SPDX-License-Identifier: Apache-2.0
"""Where does a deployment keep its ledger, incidents and outbox?

One DynamoDB table with the string keys `pk` and `sk`. Every read is a strongly consistent get or
query, never a scan:

    pk              sk                holds
    head            head              schema, version; events by SLO; `evaluated`
    series#SERIES   DAY#REVISION      an observation
    slo#SLO         event#KEY         an event, and the number it was written under
    slo#SLO         message#KEY       a message, when it was delivered
    pending         KEY               the message again, until it is delivered
    delivery#KEY    CHANNEL           how far a message has come on a channel
    draft#PRINT     draft             a draft
    requests        YYYY-MM           paid requests of a month

All but the head, the requests and what became of a message is written once. The head is what
changes with every save: a transaction names the version it read, so saves follow each other.
Numbers that are amounts are text; a long text is compressed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from cost_slo.adapter_kit.stored_rows import utc
from cost_slo.adapters.stores.dynamodb import items, writing
from cost_slo.adapters.stores.dynamodb.head import Head, head_from
from cost_slo.adapters.stores.dynamodb.items import Item
from cost_slo.adapters.stores.dynamodb.table import Table
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import SourceError
from cost_slo.domain.incidents.delivery import Delivery, DeliveryState
from cost_slo.domain.incidents.incident import IncidentEvent
from cost_slo.domain.incidents.state_words import reading
from cost_slo.domain.spend.reading import Observation
from cost_slo.ports import StateChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Value = TypeVar("Value")

# So often a save starts again where neighbours write at the same time.
SAVE_ATTEMPTS = 12


def wait(attempt: int) -> None:
    """Sleep for a random time, at most 50 ms after the first attempt and 2 s after the sixth."""
    time.sleep(random.uniform(0, min(2.0, 0.05 * 2**attempt)))  # noqa: S311  jitter, no secret


class DynamoStore:
    """The Store in one table, which infrastructure makes."""

    def __init__(
        self, table_name: str, client: DynamoDBClient, *, wait: Callable[[int], None] = wait
    ) -> None:
        """`wait` is called with the number of an attempt that was in another writer's way."""
        self._table = Table(table_name, client)
        self._wait = wait

    def load_observations(self, series: str) -> Sequence[Observation]:
        """Every revision of every day of a series, ordered by day and revision."""
        return self._read(items.observation, self._table.query(f"series#{series}"))

    def load_events(
        self, *, slo: str | None = None, incident: str | None = None
    ) -> Sequence[IncidentEvent]:
        """Incident events in the order they were written, of one SLO or incident, or all."""
        slos = self._head().events if slo is None else (slo,)
        found = [item for name in slos for item in self._table.query(f"slo#{name}", "event#")]
        events = self._read(items.event, found, items.write_number)
        return [event for event in events if incident in (None, event.incident)]

    def load_evaluated(self) -> Mapping[str, datetime]:
        """SLO name, and series, to the latest `as_of` it was evaluated at."""
        return self._head().evaluated

    def load_draft(self, fingerprint: str) -> str | None:
        """The text of a draft as it was handed out; None where it is not known."""
        item = self._table.get(f"draft#{fingerprint}", "draft")
        return items.text(item, "text") if item else None

    def load_pending(self) -> Sequence[Notification]:
        """Notifications not yet delivered, oldest first."""
        return self._read(items.notification, self._table.query("pending"), _age)

    def load_notifications(self, slo: str) -> Sequence[Notification]:
        """Every notification about an SLO, delivered or not, oldest first."""
        return self._read(items.notification, self._table.query(f"slo#{slo}", "message#"), _age)

    def save(self, change: StateChange) -> None:
        """Write all of a change; what is already stored stays as it is.

        A change of up to 99 items is one transaction. A larger one is several in an order that can
        be run again, observations first and `evaluated` last: a crash between them loses nothing.
        """
        expected = dict(change.expected or {})
        parts = writing.in_transactions(change)
        for index, part in enumerate(parts):
            is_last = index + 1 == len(parts)
            written = self._save_part(part, expected, (change.evaluated or {}) if is_last else {})
            for slo in expected:
                expected[slo] += written.get(slo, 0)

    def save_delivered(self, key: str, at: datetime) -> None:
        """Mark a notification as delivered; the first time it was delivered stays."""
        waiting = self._table.get("pending", key)
        if waiting is None:
            return
        marks = writing.mark_delivered(key, items.text(waiting, "slo"), utc(at))
        for attempt in range(SAVE_ATTEMPTS):
            reasons = self._table.transact(marks)
            if not writing.is_busy(reasons):
                return
            self._wait(attempt)
        raise _busy()

    def load_deliveries(self, key: str) -> Sequence[Delivery]:
        """What became of a notification so far, by channel; ordered by channel."""
        return self._read(items.delivery, self._table.query(f"delivery#{key}"))

    def save_delivery(self, delivery: Delivery) -> None:
        """Write how far a notification has come on a channel; what is over stays."""
        item = items.delivery_item(delivery)
        self._table.replace_while(item, "state", DeliveryState.WAITING.value)

    def load_requests(self, month: date) -> int:
        """Paid requests made in the calendar month of a day."""
        item = self._table.get("requests", f"{month:%Y-%m}")
        return int(item["count"]["N"]) if item else 0

    def add_requests(self, month: date, count: int) -> int:
        """Count some more, or give some back; the month's new total."""
        return self._table.add("requests", f"{month:%Y-%m}", "count", count)

    def _head(self) -> Head:
        item = self._table.get("head", "head")
        with reading(self._table.title):
            return head_from(item)

    def _read(
        self,
        read: Callable[[Item], Value],
        found: Iterable[Item],
        order: Callable[[Item], Any] | None = None,
    ) -> list[Value]:
        """The values of items, in an order or as they are found."""
        read_items = list(found)
        with reading(self._table.title):
            in_order = sorted(read_items, key=order) if order else read_items
            return [read(item) for item in in_order]

    def _save_part(
        self,
        part: Sequence[writing.ItemGroup],
        expected: Mapping[str, int],
        evaluated: Mapping[str, datetime],
    ) -> Mapping[str, int]:
        """Write what is not there yet; how many events that were, by SLO."""
        for attempt in range(SAVE_ATTEMPTS):
            head = self._head()
            head.refuse_conflict(expected)
            following = head.after(part, evaluated)
            if not part and following.evaluated == head.evaluated:
                return {}
            reasons = self._table.transact(writing.transaction(head, following, part))
            if not any(reasons):
                return writing.events_by_slo(part)
            part = writing.without_stored(part, reasons)
            if reasons[0] or writing.is_busy(reasons):
                self._wait(attempt)
        raise _busy()


def _age(item: Item) -> tuple[Any, ...]:
    """Sorts the oldest first."""
    return items.text(item, "created_at"), items.write_number(item)


def _busy() -> SourceError:
    return SourceError(
        "dynamodb:TransactWriteItems: other cost-slo kept writing; run again", retryable=True
    )
