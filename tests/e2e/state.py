# SPDX-License-Identifier: Apache-2.0
"""What a deployment remembers, as it stood: its table, to be looked at and to go back to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.e2e.account import Account

Item = Mapping[str, Any]
Items = Mapping[tuple[str, str], Item]


def remembered(account: Account, table: str) -> Items:
    """Every item, by its keys."""
    pages = account.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return {_key(item): item for page in pages for item in page["Items"]}


def go_back(account: Account, table: str, to: Items) -> None:
    """Write what was changed as it was, and delete what was added."""
    client, now = account.client("dynamodb"), remembered(account, table)
    for key in now.keys() - to.keys():
        pk, sk = key
        client.delete_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    for key, item in to.items():
        if now.get(key) != item:
            client.put_item(TableName=table, Item=item)


def _key(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
