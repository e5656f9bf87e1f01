# SPDX-License-Identifier: Apache-2.0
"""A table of moto's that answers in the time of forty days' reads and writes.

moto copies a table for each write of a transaction, copies all that is read, and sorts a table by
comparing values that it wraps for each comparison. The tables of this test have no index and keys
that are text, and its readers project nothing, so none of it is needed.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend, table
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from tests.e2e.instead import instead


def answer_sooner() -> None:
    """From now on a transaction costs what it writes, and a query what it reads."""
    _copy_less()
    instead(Table, "all_items", _in_order)


def _in_order(whole: Table) -> list[Any]:
    """Every item, by its keys."""
    held = [item for items in whole.items.values() for item in items.values()]
    return sorted(held, key=lambda item: (item.hash_key.value, item.range_key.value))


def _copy_less() -> None:
    whole = DynamoDBBackend.transact_write_items
    changed: set[DynamoType] = set()

    def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        keys = [write["Update"]["Key"]["pk"] for write in transact_items if "Update" in write]
        changed.clear()
        changed.update(map(DynamoType, keys))
        whole(self, transact_items)

    def deepcopy(value: Any) -> Any:
        return _kept(value, changed) if isinstance(value, Table) else copy.deepcopy(value)

    instead(DynamoDBBackend, "transact_write_items", transact_write_items)
    instead(models, "copy", SimpleNamespace(deepcopy=deepcopy, copy=copy.copy))
    instead(table, "copy", SimpleNamespace(deepcopy=_read, copy=copy.copy))


def _read(value: Any) -> Any:
    return value if isinstance(value, list | Item) else copy.deepcopy(value)


def _kept(whole: Table, changed: set[DynamoType]) -> Table:
    """The table with a map of its items of its own; only updates change an item itself."""
    kept = copy.copy(whole)
    kept.items = defaultdict(dict)
    for key, items in whole.items.items():
        kept.items[key] = copy.deepcopy(items) if key in changed else dict(items)
    return kept
