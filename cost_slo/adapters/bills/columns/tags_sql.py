# SPDX-License-Identifier: Apache-2.0
"""Which SQL reads the tags of a charge, however a writer shapes them?

A map, a struct, JSON text, or a list of key/value records becomes one map. It is NULL when it
cannot be read, or when it names one key twice with different values.
"""

from __future__ import annotations

from cost_slo.adapters.bills.columns.values_sql import text_or_null
from cost_slo.adapters.bills.engine import TAGS_TYPE

_KEYS = ("key", "Key", "name", "Name")
_VALUES = ("value", "Value")
NO_ENTRIES = "CAST([] AS STRUCT(k VARCHAR, v VARCHAR)[])"


def tags_map(ref: str, kind: str) -> str:
    """The tags as a map."""
    if kind.startswith("MAP(") and kind.endswith(")"):
        return unique(entries(ref))
    json = (
        f"CAST(to_json({ref}) AS VARCHAR)" if kind.startswith("STRUCT") else text_or_null(ref, kind)
    )
    return (
        f"CASE WHEN ltrim({json}) LIKE '[%' THEN {unique(_records(json))} "
        f"ELSE TRY_CAST({_json(json)} AS {TAGS_TYPE}) END"
    )


def _json(text: str) -> str:
    """The JSON; in a field without quotes, a writer's backslashes come off first."""
    bare = rf"regexp_replace({text}, '\\(.)', '\1', 'g')"
    return f"coalesce(TRY_CAST({text} AS JSON), TRY_CAST({bare} AS JSON))"


def entries(ref: str) -> str:
    """The entries (k, v) of a map; the keys of a file's map may repeat."""
    return (
        f"list_transform(map_entries({ref}), lambda t: "
        "struct_pack(k := CAST(t.key AS VARCHAR), v := CAST(t.value AS VARCHAR)))"
    )


def _records(json: str) -> str:
    key = ", ".join(f"t->>'{name}'" for name in _KEYS)
    value = ", ".join(f"t->>'{name}'" for name in _VALUES)
    return (
        f"list_transform(TRY_CAST(TRY_CAST({json} AS JSON) AS JSON[]), lambda t: "
        f"struct_pack(k := coalesce({key}), v := coalesce({value})))"
    )


def unique(listed: str) -> str:
    """The map of a list of entries, NULL if a key is missing or has two values."""
    keys = "list_distinct(list_transform(once, lambda t: t.k))"
    made = f"CASE WHEN len({keys}) = len(once) THEN map_from_entries(once) END"
    return f"list_transform([list_distinct({listed})], lambda once: {made})[1]"


def first_entries(*listed: str) -> str:
    """The map of several lists of entries; the first entry of a key counts."""
    every = f"list_concat({', '.join(f'coalesce({each}, {NO_ENTRIES})' for each in listed)})"
    keys = "list_transform(every, lambda t: t.k)"
    first = f"list_filter(every, lambda t, i: list_position({keys}, t.k) = i)"
    return f"list_transform([{every}], lambda every: map_from_entries({first}))[1]"


def renamed(listed: str, pattern: str) -> str:
    """Those entries whose key matches the pattern, which is cut off."""
    return (
        f"list_transform(list_filter({listed}, lambda t: regexp_matches(t.k, '{pattern}')), "
        f"lambda t: struct_pack(k := regexp_replace(t.k, '{pattern}', ''), v := t.v))"
    )
