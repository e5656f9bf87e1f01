# SPDX-License-Identifier: Apache-2.0
"""The types of values in the spec."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

# No amount reaches this; with twelve decimal places every sum stays exact in 28 digits.
AMOUNT_LIMIT = 10**15


def number(value: object) -> object:
    """The value. Refuses text and booleans, which pydantic would take for a number."""
    if isinstance(value, str | bool):
        raise PydanticCustomError("amount", "expected a number")
    return value


_EXACT = Field(lt=AMOUNT_LIMIT, decimal_places=12, allow_inf_nan=False)
PositiveAmount = Annotated[
    Decimal,
    _EXACT,
    Field(gt=0),
    BeforeValidator(number),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": AMOUNT_LIMIT}),
]
Count = Annotated[
    Decimal,
    _EXACT,
    Field(ge=0),
    BeforeValidator(number),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": AMOUNT_LIMIT}),
]
Name = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", max_length=63)]
ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
Text = Annotated[str, Field(pattern=ONE_LINE, max_length=200)]
Values = Annotated[tuple[Text, ...], Field(min_length=1)]


def _as_strict_as_the_models(schema: dict[str, Any]) -> None:
    for described in schema["properties"].values():
        if described.get("default", "") is None:
            del described["default"]
            described.update(described.pop("anyOf")[0])
        if "patternProperties" in described:
            described["additionalProperties"] = False


class SpecMapping(BaseModel):
    """A mapping of the spec: unknown keys are refused, nothing is mutable."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        json_schema_extra=_as_strict_as_the_models,
    )
