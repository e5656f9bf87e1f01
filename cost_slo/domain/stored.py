# SPDX-License-Identifier: Apache-2.0
"""How is a frozen dataclass kept as JSON values, and read again?

A field has the key of its name, or the `key` of its metadata. The fields of an `INLINE` one are
written among those around it, and a `codec` writes and reads a field in its own way. A field with
a default came later, or is rarely there: it is written only if it differs. Other fields are always
written. A field that a record lacks is None or empty.

Amounts are decimal strings, instants ISO 8601 in UTC, days ISO 8601, and unknown keys are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from cost_slo.domain.errors import NewerStateError
from cost_slo.domain.money import plain
from cost_slo.domain.period import midnight
from cost_slo.domain.wording import iso

Kept = TypeVar("Kept")
Word = TypeVar("Word", bound=StrEnum)

INLINE: Mapping[str, bool] = {"inline": True}

_Read = Callable[[Any], Any]


def to_json(value: object) -> Any:  # noqa: ANN401  JSON
    """JSON values of a value."""
    if is_dataclass(value) and not isinstance(value, type):
        return _written_fields(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date | StrEnum):
        return str(value)
    if isinstance(value, tuple):
        return [to_json(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value


def from_json(kind: type[Kept], written: object) -> Kept:
    """The value that was written.

    Raises NewerStateError for a word that is not known, and LookupError, TypeError, ValueError or
    ArithmeticError for damage.
    """
    read: Kept = _reader(cast("Hashable", kind))(written)
    return read


def known_word(kind: type[Word], text: str, what: str = "") -> Word:
    """A word of the state. Raises NewerStateError for one that this version does not know."""
    try:
        return kind(text)
    except ValueError:
        what = what or re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).lower()
        raise NewerStateError(f"unknown {what} {text!r}") from None


def _written_fields(value: Any) -> dict[str, Any]:  # noqa: ANN401  a dataclass
    shown: dict[str, Any] = {}
    for each in fields(value):
        held = getattr(value, each.name)
        if "inline" in each.metadata:
            shown |= to_json(held)
        elif held != each.default:
            shown[_key(each)] = each.metadata.get("codec", (to_json,))[0](held)
    return shown


def _key(field: Field[Any]) -> str:
    return "" if "inline" in field.metadata else str(field.metadata.get("key", field.name))


@cache
def _reader(kind: Any) -> _Read:  # noqa: ANN401  a type, as typing describes it
    origin, within = get_origin(kind), get_args(kind)
    if origin is UnionType:
        (some,) = (_reader(each) for each in within if each is not NoneType)
        return lambda written: None if written is None else some(written)
    if origin is tuple:
        each = _reader(within[0])
        return lambda written: tuple(map(each, written or ()))
    if origin is not None:
        return lambda written: dict(written or {})
    if is_dataclass(kind):
        return lambda written: _read_fields(kind, written)
    if issubclass(kind, StrEnum):
        return lambda written: known_word(kind, written)
    return lambda written: _simple(kind, written)


def _read_fields(kind: Any, written: Mapping[str, Any] | None) -> Any:  # noqa: ANN401  as above
    written = written or {}
    return kind(
        **{
            name: read(written.get(key) if key else written)
            for name, key, read, is_rare in _fields(kind)
            if key in written or not is_rare
        }
    )


@cache
def _fields(kind: Any) -> tuple[tuple[str, str, _Read, bool], ...]:  # noqa: ANN401  as above
    """Name, key (empty if inline) and reader of each field, and whether it has a default."""
    hints = get_type_hints(kind)
    return tuple(
        (it.name, _key(it), _field_reader(it, hints[it.name]), it.default is not MISSING)
        for it in fields(kind)
    )


def _field_reader(field: Field[Any], kind: Any) -> _Read:  # noqa: ANN401  as above
    own: _Read | None = field.metadata.get("codec", (None, None))[1]
    return own or _reader(kind)


def _simple(kind: Any, written: Any) -> Any:  # noqa: ANN401  as above
    if written is None:
        raise KeyError("a value is missing")
    if kind is Decimal:
        return Decimal(written)
    if kind not in (datetime, date):
        return written
    at = datetime.fromisoformat(written)
    at = at if at.tzinfo else midnight(at.date())
    return at if kind is datetime else at.date()
