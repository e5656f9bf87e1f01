# SPDX-License-Identifier: Apache-2.0
"""A charge of any format as FOCUS columns.

A mapping gives, for each column of `CHARGES`, an SQL expression over one file's columns; what a
format does not have is NULL of the right type. Text becomes exact decimals and UTC times here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cost_slo.adapters.bills.columns import tags_sql, values_sql
from cost_slo.adapters.bills.engine import MONEY, QUANTITY_TYPE, TAGS_TYPE
from cost_slo.domain.errors import CostDataError

CHARGES: Mapping[str, str] = {
    "charge_start": "TIMESTAMP",
    "charge_end": "TIMESTAMP",
    "billing_period": "TIMESTAMP",
    "billed_cost": MONEY,
    "effective_cost": MONEY,
    "moved_cost": MONEY,
    "currency": "VARCHAR",
    "charge_category": "VARCHAR",
    "charge_frequency": "VARCHAR",
    "charge_class": "VARCHAR",
    "charge_description": "VARCHAR",
    "service_name": "VARCHAR",
    "service_code": "VARCHAR",
    "billing_account_id": "VARCHAR",
    "sub_account_id": "VARCHAR",
    "sub_account_name": "VARCHAR",
    "region_id": "VARCHAR",
    "resource_id": "VARCHAR",
    "sku_meter": "VARCHAR",
    "provider_name": "VARCHAR",
    "tags": TAGS_TYPE,
    "consumed_quantity": QUANTITY_TYPE,
    "consumed_unit": "VARCHAR",
    "list_cost": MONEY,
    "unknown_value": "VARCHAR",
}
# Columns whose text may be unreadable; the relation carries that text as `raw_*` too.
CHECKED = (
    "charge_start",
    "charge_category",
    "billed_cost",
    "effective_cost",
    "sub_account_id",
    "tags",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: its name there, how SQL refers to it, and its type."""

    name: str
    ref: str
    type: str = "VARCHAR"

    @property
    def text(self) -> str:
        """Its text, NULL for the spellings of no value."""
        return values_sql.text_or_null(self.ref, self.type)

    @property
    def currency(self) -> str:
        """Its currency in capital letters, NULL for the spellings of no value."""
        # Joined files have a byte order mark at the start of a row, before the quotes.
        return f"upper(trim({self.text}, chr(65279) || ' \"'))"

    @property
    def money(self) -> str:
        """Its exact amount, NULL when there is none or it cannot be held exactly."""
        return values_sql.amount(self.ref, self.type, MONEY)

    @property
    def quantity(self) -> str:
        """Its quantity, NULL when there is none or it is no number."""
        return f"TRY_CAST({self.text} AS {QUANTITY_TYPE})"

    @property
    def moment(self) -> str:
        """Its UTC time, NULL when there is none or it is no time."""
        return values_sql.moment(self.ref, self.type)

    @property
    def tags(self) -> str:
        """Its tags, NULL when they cannot be read or name a key twice."""
        return tags_sql.tags_map(self.ref, self.type)

    def account(self, is_aws: str) -> str:
        """Its account id; `is_aws` is SQL for whether the row is of AWS."""
        return values_sql.account(self.ref, self.type, is_aws)


def squeezed(name: str) -> str:
    """The name without letter case and separators, by which columns are found.

    >>> squeezed("BilledCost"), squeezed("billed_cost"), squeezed("lineItem/UnblendedCost")
    ('billedcost', 'billedcost', 'lineitemunblendedcost')
    """
    return re.sub(r"[\s_/-]", "", name).lower()


class FileColumns:
    """The columns of one file, found by name; letter case and separators do not matter."""

    def __init__(self, columns: Sequence[Column], file: str) -> None:
        """`file` is named when a column is missing."""
        self.all = tuple(columns)
        self.file = file
        self._found: dict[str, list[Column]] = {}
        for column in columns:
            self._found.setdefault(squeezed(column.name), []).append(column)

    def find(self, *names: str) -> Column | None:
        """The first of these columns the file has."""
        for name in names:
            found = self._found.get(squeezed(name), [])
            if len(found) > 1:
                spelled = " and ".join(f"`{each.name}`" for each in found)
                raise CostDataError(
                    f"the header names this column twice ({spelled}); keep one",
                    file=self.file,
                    column=name,
                )
            if found:
                return found[0]
        return None

    def need(self, *names: str) -> Column:
        """The first of these columns the file has, or an error that names it."""
        column = self.find(*names)
        if column is None:
            have = ", ".join(each.name for each in self.all[:12])
            more = ", ..." if len(self.all) > len(self.all[:12]) else ""
            raise CostDataError(
                f"the file has no such column; it has {have}{more}",
                file=self.file,
                column=names[0],
            )
        return column


@dataclass(frozen=True, slots=True)
class FocusMapping:
    """How one file's columns become charges.

    `labels` names the file's column behind each relation column. `tag_keys` are the only keys
    that can be asked for, None when any can. `in_map` are the relation columns that only a map of
    attributes may name. `steps` are columns to compute first, each step from
    the file's columns and the steps before: an expression that is used often is planned once.
    """

    expressions: Mapping[str, str]
    raw: Mapping[str, str]
    labels: Mapping[str, str]
    tag_keys: frozenset[str] | None = None
    in_map: frozenset[str] = frozenset()
    steps: Sequence[Mapping[str, str]] = ()


def plausible(time: str) -> str:
    """The time, NULL outside the years a bill can be of: `0026-09-01` is a typing error."""
    return f"CASE WHEN year({time}) BETWEEN 1970 AND 2999 THEN {time} END"


def select(mapping: FocusMapping, relation: str) -> str:
    """The FOCUS-shaped SELECT over a relation that has `source_file` and `source_row`."""
    inner = [
        f"{mapping.expressions.get(name, f'CAST(NULL AS {kind})')} AS {name}"
        for name, kind in CHARGES.items()
    ]
    inner += [f"{mapping.raw.get(name, 'CAST(NULL AS VARCHAR)')} AS raw_{name}" for name in CHECKED]
    for step in mapping.steps:
        computed = ", ".join(f"{value} AS {name}" for name, value in step.items())
        relation = f"(SELECT *, {computed} FROM {relation})"  # noqa: S608
    return f"SELECT {', '.join(inner)}, source_file, source_row FROM {relation}"  # noqa: S608
