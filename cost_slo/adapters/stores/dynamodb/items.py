# SPDX-License-Identifier: Apache-2.0
"""How does a value become an item, and an item a value?"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from cost_slo.adapter_kit import stored_rows as rows
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import SourceError
from cost_slo.domain.incidents.delivery import Delivery
from cost_slo.domain.incidents.incident import IncidentEvent
from cost_slo.domain.spend.reading import Observation

# Attributes as DynamoDB writes them: `{"slo": {"S": "web"}}`.
Item = dict[str, Any]

# From so many characters on a text is compressed.
_LONG = 1024

# Bytes of a text, compressed: an item holds 400 KB, its other attributes included.
_LARGEST = 380_000


def observation_item(seen: Observation) -> Item:
    """An observation under its key."""
    key = keyed(f"series#{seen.series}", f"{seen.day.isoformat()}#{seen.revision:06d}")
    return key | _attributes(rows.OBSERVATION, rows.observation_row(seen))


def observation(item: Item) -> Observation:
    """The observation of an item."""
    return rows.observation_of_row(_row(rows.OBSERVATION, item))


def event_item(event: IncidentEvent) -> Item:
    """An event under its key. Raises TypeError for a snapshot that is not JSON."""
    key = keyed(f"slo#{event.slo}", f"event#{event.key}")
    return key | _attributes(rows.EVENT, rows.event_row(event))


def event(item: Item) -> IncidentEvent:
    """The event of an item."""
    return rows.event_of_row(_row(rows.EVENT, item))


def notification_items(message: Notification) -> tuple[Item, Item]:
    """A message for its SLO, and for whom it waits."""
    attributes = _attributes(rows.NOTIFICATION, rows.notification_row(message))
    about = keyed(f"slo#{message.slo}", f"message#{message.key}")
    return about | attributes, keyed("pending", message.key) | attributes


def notification(item: Item) -> Notification:
    """The message of an item."""
    return rows.notification_of_row(_row(rows.NOTIFICATION, item))


def delivery_item(delivery: Delivery) -> Item:
    """A delivery under its key."""
    key = keyed(f"delivery#{delivery.key}", delivery.channel)
    return key | _attributes(rows.DELIVERY, rows.delivery_row(delivery))


def delivery(item: Item) -> Delivery:
    """The delivery of an item."""
    return rows.delivery_of_row(_row(rows.DELIVERY, item))


def draft_item(fingerprint: str, text: str) -> Item:
    """A draft under its fingerprint."""
    return keyed(f"draft#{fingerprint}", "draft") | {"text": _attribute(text)}


def keyed(pk: str, sk: str) -> Item:
    """The key of an item."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def with_write_number(item: Item, number: int) -> Item:
    """The item, and the number it is written under."""
    return item | {"number": {"N": str(number)}}


def write_number(item: Item) -> int:
    """The number an item was written under: a larger one was written later."""
    return int(item["number"]["N"])


def text(item: Item, name: str) -> str:
    """An attribute that holds text, compressed or not."""
    return str(_plain(item[name]))


def _attributes(columns: Sequence[str], row: Sequence[Any]) -> Item:
    named = zip(columns, row, strict=True)
    return {name: _attribute(value) for name, value in named if value is not None}


def _row(columns: Sequence[str], item: Item) -> tuple[Any, ...]:
    return tuple(_plain(item[name]) if name in item else None for name in columns)


def _attribute(value: str | int) -> dict[str, Any]:
    if isinstance(value, int):
        return {"N": str(value)}
    if len(value) < _LONG:
        return {"S": str(value)}
    compressed = zlib.compress(value.encode())
    if len(compressed) > _LARGEST:
        raise SourceError(
            f"a text of {len(value)} characters is {len(compressed)} bytes when compressed, more "
            f"than the {_LARGEST} that fit into a DynamoDB item: {value[:60]!r}…"
        )
    return {"B": compressed}


def _plain(attribute: dict[str, Any]) -> str | int:
    if "N" in attribute:
        return int(attribute["N"])
    if "B" in attribute:
        return _unpacked(attribute["B"])
    return str(attribute["S"])


def _unpacked(packed: bytes) -> str:
    try:
        return zlib.decompress(packed).decode()
    except zlib.error as error:
        raise ValueError(str(error)) from error
