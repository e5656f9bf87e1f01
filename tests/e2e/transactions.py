# SPDX-License-Identifier: Apache-2.0
"""moto copies a table for each write of a transaction, and all that is read; here it does not.

The tables of this test have no index, and its readers project nothing: what is read is not changed.
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


def copy_less() -> None:
    """From now on a transaction costs what it writes, and not what the table holds."""
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
