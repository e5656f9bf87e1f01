# SPDX-License-Identifier: Apache-2.0
"""Does moto answer the same, whether it is asked to be quick or not?"""

from typing import Any

from tests.worlds.dynamodb import Tables, aws_client
from tests.worlds.serialising import serialising_sooner

WHO = {"pk": {"S": "a"}, "sk": {"S": "1"}}
ITEM: dict[str, Any] = {
    **WHO,
    "number": {"N": "-3.10"},
    "no": {"BOOL": False},
    "nothing": {"NULL": True},
    "bytes": {"B": b"\x00\xff"},
    "list": {"L": [{"S": ""}, {"M": {"n": {"N": "0"}}}]},
    "texts": {"SS": ["one", "two"]},
}


def test_an_item_is_answered_the_same_sooner() -> None:
    with aws_client("dynamodb") as client:
        table = Tables(client).new()
        client.put_item(TableName=table, Item=ITEM)

        slowly = _read(client, table)
        with serialising_sooner():
            sooner = _read(client, table)

    assert sooner == slowly == [ITEM, ITEM, ITEM]


def _read(client: Any, table: str) -> list[Any]:
    values = {":pk": WHO["pk"]}
    asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": values}
    got = client.transact_get_items(TransactItems=[{"Get": {"TableName": table, "Key": WHO}}])
    return [
        client.get_item(TableName=table, Key=WHO)["Item"],
        *client.query(TableName=table, **asked)["Items"],
        *(each["Item"] for each in got["Responses"]),
    ]
