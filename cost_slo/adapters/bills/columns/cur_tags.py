# SPDX-License-Identifier: Apache-2.0
"""Where does a Cost and Usage Report keep the tags of a line?

A legacy report has a column for each tag, CUR 2.0 one map: `resource_tags`, or the newer `tags`,
whose keys say whose tag it is (`resourceTags/`, `accountTag/`, `userAttribute/`, `costCategory/`).
A resource's tag is found by its key alone, and so is an account's when the resource has none;
the others are found by their whole name, for example `costCategory/Team`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cost_slo.adapters.bills.columns.shape import Column, FileColumns
from cost_slo.adapters.bills.columns.tags_sql import entries, first_entries, renamed
from cost_slo.adapters.bills.engine import TAGS_TYPE, literal
from cost_slo.domain.errors import CostDataError

OF_USER = "^user[:_]"
OF_RESOURCE = "(?i)^resourceTags/(user[:_])?"
OF_ACCOUNT = "(?i)^accountTag/"


def is_tag(name: str) -> bool:
    """Whether the column is one tag."""
    return name.lower().startswith(("resourcetags/", "resource_tags_"))


def _tag_key(name: str) -> str:
    """The tag's key, without the prefix AWS gives to a user's own.

    >>> tag_key("resourceTags/user:Product"), tag_key("resource_tags_user_product")
    ('Product', 'product')
    >>> tag_key("resourceTags/aws:createdBy")
    'aws:createdBy'
    """
    key = re.sub(r"^(resourceTags/|resource_tags_)", "", name, flags=re.IGNORECASE)
    return re.sub(OF_USER, "", key)


@dataclass(frozen=True, slots=True)
class CurTags:
    """SQL for the tags of a line.

    `step` must be computed before; `stated` is the text as it stands, if it may be unreadable;
    `keys` are the only keys there are, None if any may be.
    """

    tags: str
    step: Mapping[str, str] = field(default_factory=dict)
    stated: str | None = None
    keys: frozenset[str] | None = None


def cur_tags(columns: FileColumns, own: FileColumns) -> CurTags:
    """The tags of a line. Raises CostDataError if two columns are one tag."""
    whole, resource = own.find("tags"), own.find("resource_tags")
    if whole is None and resource is None:
        return _a_column_each(columns)
    found, listed = [], []
    if resource is not None:
        found.append(("step_resource_tags", resource))
        listed = [_stripped("step_resource_tags")]
    if whole is not None:
        found.append(("step_tags", whole))
        mine, theirs = (renamed(entries("step_tags"), mark) for mark in (OF_RESOURCE, OF_ACCOUNT))
        listed = [mine, *listed, theirs, _others("step_tags")]
    step = {name: column.tags for name, column in found}
    unread = " OR ".join(f"{name} IS NULL AND ({each.text}) IS NOT NULL" for name, each in found)
    stated = f"coalesce({', '.join(each.text for _, each in found)})"
    return CurTags(f"CASE WHEN NOT ({unread}) THEN {first_entries(*listed)} END", step, stated)


def _stripped(ref: str) -> str:
    key = f"regexp_replace(t.k, '{OF_USER}', '')"
    return f"list_transform({entries(ref)}, lambda t: struct_pack(k := {key}, v := t.v))"


def _others(ref: str) -> str:
    """The entries that keep their whole name."""
    return f"list_filter({entries(ref)}, lambda t: NOT regexp_matches(t.k, '{OF_RESOURCE}'))"


def _a_column_each(columns: FileColumns) -> CurTags:
    by_key: dict[str, Column] = {}
    for column in columns.all:
        if not is_tag(column.name):
            continue
        other = by_key.setdefault(_tag_key(column.name), column)
        if other is not column:
            raise CostDataError(
                f"the header names this tag twice (`{other.name}` and `{column.name}`); keep one",
                file=columns.file,
                column=f"tags.{_tag_key(column.name)}",
            )
    if not by_key:
        return CurTags(f"CAST(NULL AS {TAGS_TYPE})", keys=frozenset())
    keys = ", ".join(literal(key) for key in by_key)
    values = ", ".join(_tag_value(column) for column in by_key.values())
    return CurTags(f"MAP([{keys}], [{values}])", keys=frozenset(by_key))


def _tag_value(column: Column) -> str:
    """The value as written: `None` may be a person's text, unlike in a column of AWS."""
    return (
        rf"nullif(nullif(nullif(nullif(CAST({column.ref} AS VARCHAR), ''), 'NULL'), 'null'), '\N')"
    )
