# SPDX-License-Identifier: Apache-2.0
"""What does a charge look like once every format is mapped to FOCUS?

A mapping gives, for each column of `CHARGES`, an SQL expression over one file's columns; what a
format does not have is NULL of the right type. Text becomes exact decimals and UTC times here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cost_slo.adapters.bills.engine import MONEY, QUANTITY, TAGS, literal
from cost_slo.domain.errors import CostDataError

CHARGES: Mapping[str, str] = {
    "charge_start": "TIMESTAMP",
    "charge_end": "TIMESTAMP",
    "billing_period": "TIMESTAMP",
    "billed_cost": MONEY,
    "effective_cost": MONEY,
    "currency": "VARCHAR",
    "charge_category": "VARCHAR",
    "charge_frequency": "VARCHAR",
    "charge_class": "VARCHAR",
    "charge_description": "VARCHAR",
    "service_name": "VARCHAR",
    "service_code": "VARCHAR",
    "sub_account_id": "VARCHAR",
    "sub_account_name": "VARCHAR",
    "region_id": "VARCHAR",
    "resource_id": "VARCHAR",
    "sku_meter": "VARCHAR",
    "provider_name": "VARCHAR",
    "tags": TAGS,
    "consumed_quantity": QUANTITY,
    "consumed_unit": "VARCHAR",
    "list_cost": MONEY,
    "unknown_value": "VARCHAR",
}
CHECKED = ("charge_start", "charge_category", "billed_cost", "effective_cost", "tags")
"""Columns whose text may be unreadable; the relation carries that text as `raw_*` too."""

NULLS = ("", "NULL", "null", r"\N")
US_DATES = ("%m/%d/%y", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: its name there, how SQL refers to it, and its type."""

    name: str
    ref: str
    type: str = "VARCHAR"

    @property
    def is_map(self) -> bool:
        """Whether it is a map already, so that no value of it is unreadable."""
        return self.type.startswith("MAP(")

    @property
    def text(self) -> str:
        """Its text, NULL for the spellings of nothing."""
        if self.type != "VARCHAR":
            return f"CAST({self.ref} AS VARCHAR)"
        nothing = ", ".join(literal(word) for word in NULLS)
        return f"CASE WHEN trim({self.ref}) NOT IN ({nothing}) THEN {self.ref} END"

    @property
    def money(self) -> str:
        """Its exact amount, NULL when there is none or it is no number."""
        return self._number(MONEY)

    @property
    def quantity(self) -> str:
        """Its quantity, NULL when there is none or it is no number."""
        return self._number(QUANTITY)

    def _number(self, kind: str) -> str:
        if self.type.startswith(("DECIMAL", "BIGINT", "INTEGER", "HUGEINT")):
            return f"TRY_CAST({self.ref} AS {kind})"
        return f"TRY_CAST({self.text} AS {kind})"

    @property
    def moment(self) -> str:
        """Its UTC time, NULL when there is none or it is no time."""
        if self.type == "TIMESTAMP WITH TIME ZONE":
            return f"make_timestamp(epoch_us({self.ref}))"
        if self.type != "VARCHAR":
            return f"TRY_CAST({self.ref} AS TIMESTAMP)"
        formats = ", ".join(literal(form) for form in US_DATES)
        return (
            f"CASE WHEN {self.ref} LIKE '%/%' THEN try_strptime(trim({self.ref}), [{formats}]) "
            f"ELSE make_timestamp(epoch_us(TRY_CAST({self.text} AS TIMESTAMPTZ))) END"
        )

    @property
    def tags(self) -> str:
        """Its tags, from a map, a struct or JSON text; NULL when they are none of these."""
        if self.is_map:
            return f"CAST({self.ref} AS {TAGS})"
        json = f"to_json({self.ref})" if self.type.startswith("STRUCT") else self.text
        return f"TRY_CAST(TRY_CAST({json} AS JSON) AS {TAGS})"


class Columns:
    """The columns of one file, found by any spelling of a name, whatever its letter case."""

    def __init__(self, columns: Sequence[Column], file: str) -> None:
        """`file` is named when a column is missing."""
        self.all = tuple(columns)
        self.file = file
        self._exact: dict[str, list[Column]] = {}
        for column in columns:
            self._exact.setdefault(column.name.lower(), []).append(column)

    def find(self, *names: str) -> Column | None:
        """The first of these columns the file has."""
        for name in names:
            found = self._exact.get(name.lower(), [])
            if len(found) > 1:
                raise CostDataError(
                    "the header names this column twice; keep one", file=self.file, column=name
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
    that can be asked for, None when any can.
    """

    expressions: Mapping[str, str]
    raw: Mapping[str, str]
    labels: Mapping[str, str]
    tag_keys: frozenset[str] | None = None


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
    return f"SELECT {', '.join(inner)}, source_file, source_row FROM {relation}"  # noqa: S608
