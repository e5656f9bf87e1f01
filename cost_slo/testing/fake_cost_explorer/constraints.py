# SPDX-License-Identifier: Apache-2.0
"""Does a request match the published model of the API?

The SDKs check some of it before they send; other programs do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StringShape, StructureShape

from cost_slo.testing.fake_cost_explorer.refusal import RefusedError, invalid

# Shapes with their own refusal texts.
CHECKED_BY_OPERATION = frozenset({"GroupDefinition"})

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "structure": dict,
    "list": list,
    "string": str,
    "integer": int,
    "double": (int, float),
}


@cache
def model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("ce", "service-2"), "ce")


def check(operation: str, request: Mapping[str, Any]) -> None:
    """Raise a ValidationException that lists each field that does not match the model."""
    shape = model().operation_model(operation).input_shape
    wrong = [] if shape is None else list(_problems(shape, request, ""))
    if wrong:
        count = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected: "
        raise invalid(count + "; ".join(wrong))


def _problems(shape: Shape, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    _refuse_other_type(shape, value, path)
    if shape.name in CHECKED_BY_OPERATION:
        return
    if isinstance(shape, StructureShape):
        yield from _problems_below(shape, value, path)
    elif isinstance(shape, ListShape):
        for number, each in enumerate(value):
            yield from _problems(shape.member, each, f"{path}.{number + 1}.member")
    elif isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        options = ", ".join(shape.enum)
        yield _failed(value, path, f"Member must satisfy enum value set: [{options}]")
    elif shape.name == "YearMonthDay" and not _is_day(value):
        pattern = shape.metadata["pattern"]
        yield _failed(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _refuse_other_type(shape: Shape, value: object, path: str) -> None:
    if not isinstance(value, _TYPES.get(shape.type_name, object)):
        raise RefusedError("SerializationException", f"{path} is not of type {shape.type_name}")


def _problems_below(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield _failed(None, _below(path, name), "Member must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _problems(member, value[name], _below(path, name))


def _is_day(text: str) -> bool:
    digits = "".join("9" if letter.isdigit() else letter for letter in text)
    return digits in ("9999-99-99", "9999-99-99T99:99:99Z")


def _below(path: str, name: str) -> str:
    member = name[0].lower() + name[1:]
    return f"{path}.{member}" if path else member


def _failed(value: object, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
