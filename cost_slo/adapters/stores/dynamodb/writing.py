# SPDX-License-Identifier: Apache-2.0
"""In which transactions is a change written, and what does a refused one say?

A transaction holds 100 items, the head among them. A change that fits into one is written at once.
A larger one is cut: observations first, then each SLO's messages and events together, then drafts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cost_slo.adapters.stores.dynamodb import items
from cost_slo.adapters.stores.dynamodb.head import Head
from cost_slo.adapters.stores.dynamodb.items import Item, keyed
from cost_slo.ports import StateChange

# Items of a transaction beside the head.
ROOM = 99

STORED = "ConditionalCheckFailed"
BUSY = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})

# One action of a transaction, without the name of the table.
Write = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """Items that are written together unless one of them is there already."""

    items: tuple[Item, ...]
    event_of: str | None = None


def in_transactions(change: StateChange) -> list[list[ItemGroup]]:
    """The entries of each transaction; always one at least, for the head."""
    groups = _groups(change)
    unique = _first_of_each_key(entry for group in groups for entry in group)
    kept = {id(entry) for entry in unique}
    if _size(unique) <= ROOM:
        return [unique]
    return list(_cut([entry for entry in group if id(entry) in kept] for group in groups))


def transaction(head: Head, following: Head, part: Sequence[ItemGroup]) -> list[Write]:
    """Write a part where the head is still the one that was read; the head comes first."""
    unmoved = {
        "ConditionExpression": "attribute_not_exists(pk) OR version = :read",
        "ExpressionAttributeValues": {":read": {"N": str(head.version)}},
    }
    numbers = range(head.version + 1, head.version + 1 + len(part))
    puts = (
        {
            "Item": items.with_write_number(item, number),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        for number, entry in zip(numbers, part, strict=True)
        for item in entry.items
    )
    return [{"Put": {"Item": following.item} | unmoved}, *({"Put": put} for put in puts)]


def mark_delivered(key: str, slo: str, at: str) -> list[Write]:
    """Mark a message that still waits as delivered."""
    mark = {
        "Key": keyed(f"slo#{slo}", f"message#{key}"),
        "UpdateExpression": "SET delivered_at = :at",
        "ExpressionAttributeValues": {":at": {"S": at}},
    }
    waits = "attribute_exists(pk)"
    return [
        {"Delete": {"Key": keyed("pending", key), "ConditionExpression": waits}},
        {"Update": mark},
    ]


def without_stored(part: Sequence[ItemGroup], reasons: Sequence[str]) -> list[ItemGroup]:
    """The entries none of whose items is there already, by the reasons of a refused transaction."""
    told = iter(reasons[1:])
    refused = [[next(told, "") for _ in entry.items] for entry in part]
    return [entry for entry, why in zip(part, refused, strict=True) if STORED not in why]


def is_busy(reasons: Iterable[str]) -> bool:
    """Whether a neighbour, or the table's load, was in the way."""
    return not BUSY.isdisjoint(reasons)


def events_by_slo(part: Iterable[ItemGroup]) -> Mapping[str, int]:
    """How many events a part holds."""
    return Counter(entry.event_of for entry in part if entry.event_of is not None)


def _groups(change: StateChange) -> list[list[ItemGroup]]:
    observations = [[ItemGroup((items.observation_item(seen),))] for seen in change.observations]
    about: dict[str, list[ItemGroup]] = {}
    for message in change.notifications:
        about.setdefault(message.slo, []).append(ItemGroup(items.notification_items(message)))
    for event in change.events:
        about.setdefault(event.slo, []).append(ItemGroup((items.event_item(event),), event.slo))
    drafts = (change.drafts or {}).items()
    kept = [[ItemGroup((items.draft_item(fingerprint, text),))] for fingerprint, text in drafts]
    return [*observations, *about.values(), *kept]


def _first_of_each_key(entries: Iterable[ItemGroup]) -> list[ItemGroup]:
    """One transaction names an item once; a message is known by the key it waits under."""
    first: dict[tuple[str, str], ItemGroup] = {}
    for entry in entries:
        last = entry.items[-1]
        first.setdefault((last["pk"]["S"], last["sk"]["S"]), entry)
    return list(first.values())


def _cut(groups: Iterable[Sequence[ItemGroup]]) -> Iterator[list[ItemGroup]]:
    """Fill transactions in order; a group is cut only where it alone is larger than one.

    Its messages come first: an event that is lost with a crash is decided again, and finds them.
    """
    part: list[ItemGroup] = []
    for group in groups:
        if part and _size(part) + _size(group) > ROOM:
            yield part
            part = []
        for entry in group:
            if _size(part) + len(entry.items) > ROOM:
                yield part
                part = []
            part.append(entry)
    yield part


def _size(entries: Iterable[ItemGroup]) -> int:
    return sum(len(entry.items) for entry in entries)
