# SPDX-License-Identifier: Apache-2.0
"""A DynamoDB of moto's that says an answer without looking each value up under many names.

Much of the time of a query goes there. What it answers is the same; the contract of the store is
nevertheless asked of moto as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.dynamo_type import DynamoType

_serialise = BaseJSONSerializer._serialize_type_structure


@contextmanager
def serialising_sooner() -> Iterator[None]:
    """Until the block ends, a value of an item is what it says of itself."""
    with pytest.MonkeyPatch.context() as moto:
        moto.setattr(BaseJSONSerializer, "_serialize_type_structure", _structure)
        yield


def _structure(self: BaseJSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
    is_value = shape.name == "AttributeValue"
    told = value.to_regular_json() if isinstance(value, DynamoType) else value
    if is_value and "B" not in told:  # bytes are moto's to encode
        serialized[key] = told
    else:
        _serialise(self, serialized, value, shape, key)
