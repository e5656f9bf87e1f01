# SPDX-License-Identifier: Apache-2.0
"""How is one table read and written?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cost_slo.adapter_kit import aws_calls as aws
from cost_slo.adapters.stores.dynamodb.items import Item, keyed
from cost_slo.adapters.stores.dynamodb.writing import BUSY, STORED, Write
from cost_slo.domain.errors import SettingsError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class Table:
    """The calls of one table, every read of it strongly consistent."""

    def __init__(self, name: str, client: DynamoDBClient) -> None:
        """`client` is of the table's account and region."""
        self._name = name
        self.title = f"DynamoDB table {name}"
        self._client: Any = client

    def get(self, pk: str, sk: str) -> Item | None:
        """One item; None where there is none."""
        with self._calling("GetItem"):
            found = self._client.get_item(
                TableName=self._name, Key=keyed(pk, sk), ConsistentRead=True
            )
        item: Item | None = found.get("Item")
        return item

    def query(self, pk: str, sk_prefix: str = "") -> Iterator[Item]:
        """Every item of a partition, or those whose `sk` begins so, ordered by `sk`."""
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if sk_prefix:
            condition += " AND begins_with(sk, :prefix)"
            values[":prefix"] = {"S": sk_prefix}
        start: dict[str, Any] = {}
        while True:
            with self._calling("Query"):
                page = self._client.query(
                    TableName=self._name,
                    KeyConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ConsistentRead=True,
                    **start,
                )
            yield from page["Items"]
            if not page.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def add(self, pk: str, sk: str, name: str, count: int) -> int:
        """Add to a number in one step; the new one.

        A call whose answer was lost is tried again and may count twice, never too little.
        """
        with self._calling("UpdateItem"):
            added = self._client.update_item(
                TableName=self._name,
                Key=keyed(pk, sk),
                UpdateExpression="ADD #name :count",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues={":count": {"N": str(count)}},
                ReturnValues="UPDATED_NEW",
            )
        return int(added["Attributes"][name]["N"])

    def replace_while(self, item: Item, name: str, value: str) -> None:
        """Write an item over one whose attribute has a value, or where there is none."""
        with self._calling("PutItem"):
            try:
                self._client.put_item(
                    TableName=self._name,
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk) OR #name = :value",
                    ExpressionAttributeNames={"#name": name},
                    ExpressionAttributeValues={":value": {"S": value}},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return

    def transact(self, writes: Sequence[Write]) -> Sequence[str]:
        """Write all or nothing; why each was refused, empty words for those that were not.

        No reasons at all mean that all is written. The client names each call with a token, so
        its own repeats write nothing twice. Raises SourceError for a refusal that neither another
        writer nor what is stored explains.
        """
        named = [
            {action: {"TableName": self._name, **write} for action, write in entry.items()}
            for entry in writes
        ]
        with self._calling("TransactWriteItems"):
            try:
                self._client.transact_write_items(TransactItems=named)
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = [_code(reason) for reason in error.response["CancellationReasons"]]
                if not {"", STORED, *BUSY}.issuperset(reasons):
                    raise
                return reasons
        return ()

    @contextmanager
    def _calling(self, operation: str) -> Iterator[None]:
        with aws.calling(f"dynamodb:{operation}"):
            try:
                yield
            except self._client.exceptions.ResourceNotFoundException:
                raise SettingsError(
                    f"there is no DynamoDB table {self._name} in this account and region; "
                    "deploy it, or name another one"
                ) from None


def _code(reason: dict[str, Any]) -> str:
    code = str(reason.get("Code") or "")
    return "" if code == "None" else code
