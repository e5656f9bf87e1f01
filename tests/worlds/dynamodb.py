# SPDX-License-Identifier: Apache-2.0
"""A DynamoDB in this process, and clients of it that wait for each other, fail or take turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import boto3
from moto import mock_aws

from cost_slo.adapters.stores.dynamodb.store import DynamoStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Call = Callable[[], Any]


@contextmanager
def aws_client(service: str) -> Iterator[Any]:
    """A client of an AWS that is empty, and is gone afterwards."""
    with mock_aws():
        yield boto3.client(
            service,  # type: ignore[call-overload]
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )


class Around:
    """A client whose every call passes through `around(operation, call)`; so may a store's."""

    def __init__(self, inner: object, around: Callable[[str, Call], Any]) -> None:
        self._inner = inner
        self._around = around

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name == "exceptions" or not callable(found):
            return found
        return lambda *args, **named: self._around(name, lambda: found(*args, **named))


def create_table(client: DynamoDBClient, name: str) -> None:
    """An empty table; infrastructure makes the real one, which is also protected."""
    client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


class Tables:
    """Makes tables in one DynamoDB; each call has its effect at once, as DynamoDB's do."""

    _numbers = count(1)

    def __init__(self, client: DynamoDBClient) -> None:
        lock = Lock()

        def one_at_a_time(operation: str, call: Call) -> Any:
            del operation
            with lock:
                return call()

        self.client = cast("DynamoDBClient", Around(client, one_at_a_time))

    def new(self) -> str:
        """The name of a table with nothing in it."""
        name = f"cost-slo-{next(self._numbers)}"
        create_table(self.client, name)
        return name

    def store(self, table: str, around: Callable[[str, Call], Any] | None = None) -> DynamoStore:
        """A store over a table, its calls of AWS passing through `around`."""
        client = Around(self.client, around) if around else self.client
        return DynamoStore(table, cast("DynamoDBClient", client), wait=lambda _: None)
