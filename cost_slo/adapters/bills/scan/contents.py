# SPDX-License-Identifier: Apache-2.0
"""What is in a bill: its values, each with its cost and rows, from two scans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cost_slo.adapters.bills.files.detect import BillFile, short_path
from cost_slo.adapters.bills.files.formats import TITLES
from cost_slo.adapters.bills.scan.bad_rows import Checks
from cost_slo.adapters.bills.scan.gathering import gathered
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.domain.spec.scope_notes import BillValue
from cost_slo.domain.spend.bill_contents import (
    KINDS,
    BillContents,
    BillFormat,
    TagKey,
    focus_version,
)
from cost_slo.domain.wording import count

CONTENTS_TABLE = "contents"
_COLUMNS = {
    "providers": "provider_name",
    "billing_accounts": "billing_account_id",
    "accounts": "sub_account_id",
    "services": "service_name",
    "regions": "region_id",
    "charge_categories": "charge_category",
    "charge_frequencies": "charge_frequency",
}
_ALSO = {"accounts": "sub_account_name", "services": "service_code"}
SPAN = (
    "CASE WHEN charge_end <= charge_start + INTERVAL 1 HOUR THEN 'hourly' "
    "WHEN charge_end <= charge_start + INTERVAL 1 DAY THEN 'daily' "
    "WHEN charge_end >= charge_start + INTERVAL 27 DAY THEN 'monthly' "
    "WHEN charge_end IS NULL AND charge_start = date_trunc('day', charge_start) THEN 'daily' "
    "WHEN charge_end IS NULL THEN 'hourly' END"
)
_DELIMITERS = {",": "", ";": ", semicolons", "\t": ", tabs", "|": ", bars"}


def build_contents(charges: Charges, checks: Checks) -> None:
    """Scan the bill once into the table `contents`."""
    keys = [*_COLUMNS.values(), *_ALSO.values(), "charge_day", "unreadable", "currency", "span"]
    keys += ["period", "is_usage"]
    charges.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {CONTENTS_TABLE} AS SELECT {', '.join(keys)}, "  # noqa: S608
        "sum(billed_cost) AS cost, count(*) AS n, "
        "max(coalesce(charge_end, charge_day + INTERVAL 1 DAY)) AS ended, "
        "count(*) FILTER (WHERE tags IS NULL AND raw_tags IS NOT NULL) AS broken_tags "
        f"FROM (SELECT * REPLACE (coalesce(currency, '') AS currency), "
        f"{SPAN} AS span, "
        "coalesce(billing_period, date_trunc('month', charge_start)) AS period, "
        "charge_category = 'Usage' AS is_usage, "
        f"({checks.problem}) IS NOT NULL AS unreadable FROM charges) GROUP BY ALL"
    )


def read_contents(charges: Charges, notes: Sequence[str]) -> BillContents:
    """The contents that the scan found, with tags from a second scan."""
    table = _Table(charges)
    first, last, rows, broken = table.one(
        "min(charge_day), max(charge_day), coalesce(sum(n), 0), coalesce(sum(broken_tags), 0)"
    )
    totals = {found.value: found.costs[found.value] for found in table.found("currency")}
    said = [*charges.notes, *notes]
    if broken:
        said.append(f"Tags of {count(int(broken), 'row')} cannot be read.")
    return BillContents(
        source=short_path(charges.location),
        format=_format(charges),
        rows=int(rows),
        totals=totals,
        first=first,
        last=last,
        data_through=_data_through(table),
        granularity=_granularity(charges),
        periods=tuple(sorted(table.found("period"), key=lambda each: each.value)),
        kinds={kind: table.found(_COLUMNS[kind], _ALSO.get(kind)) for kind in KINDS},
        tags=() if "tags" in charges.answerable.missing else tuple(_tags(charges)),
        notes=tuple(dict.fromkeys(said)),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    charges: Charges

    def one(self, what: str, where: str = "TRUE") -> tuple[Any, ...]:
        """One row of figures over the readable charges."""
        query = f"SELECT {what} FROM {CONTENTS_TABLE} WHERE NOT unreadable AND {where}"  # noqa: S608
        row: tuple[Any, ...] = self.charges.connection.execute(query).fetchall()[0]
        return row

    def found(self, column: str, also: str | None = None) -> tuple[BillValue, ...]:
        """The values of a column, the largest first; "" is none."""
        value = "strftime(period, '%Y-%m')" if column == "period" else f"coalesce({column}, '')"
        rows = self.charges.connection.execute(
            f"SELECT {value} AS value, any_value({also or 'NULL'}), currency, sum(cost), sum(n) "  # noqa: S608
            f"FROM {CONTENTS_TABLE} WHERE NOT unreadable GROUP BY ALL"
        ).fetchall()
        return gathered(rows)


def _tags(charges: Charges) -> Iterator[TagKey]:
    """Each key that has a value on any charge, those on most rows first."""
    rows = charges.connection.execute(
        "SELECT key, value, coalesce(currency, ''), sum(billed_cost), count(*) FROM "
        "(SELECT unnest(map_entries(tags), recursive := true), currency, billed_cost FROM charges "
        "WHERE billed_cost IS NOT NULL) WHERE value <> '' GROUP BY ALL"
    ).fetchall()
    values: dict[str, list[tuple[Any, ...]]] = {}
    for key, value, *figures in rows:
        values.setdefault(key, []).append((value, None, *figures))
    keys = gathered([(key, None, *figures) for key, _, *figures in rows])
    for found in sorted(keys, key=lambda each: (-each.rows, each.value)):
        largest = gathered(values[found.value])
        yield TagKey(found, len(largest), largest[0])


def _data_through(table: _Table) -> date | None:
    """The exclusive end of the last whole day of usage charges, or of any without usage.

    A charge without an end counts for the whole day it starts on.
    """
    for which in ("is_usage", "TRUE"):
        (ended,) = table.one("max(ended)", which)
        if ended is not None:
            through: date = ended.date()
            return through
    return None


def _granularity(charges: Charges) -> str | None:
    """The length of most usage charges."""
    if charges.monthly:
        return "monthly"
    rows = charges.connection.execute(
        f"SELECT span FROM {CONTENTS_TABLE} WHERE NOT unreadable AND span IS NOT NULL "  # noqa: S608
        "GROUP BY span ORDER BY sum(n) FILTER (WHERE is_usage) DESC NULLS LAST, sum(n) DESC, span"
    ).fetchall()
    return rows[0][0] if rows else None


def _format(charges: Charges) -> BillFormat:
    files = charges.files
    return BillFormat(
        TITLES[charges.format],
        _version(charges.format, files),
        tuple(_encoding(file) for file in files),
        tuple(short_path(file.path) for file in files),
    )


def _version(name: str, files: Sequence[BillFile]) -> str | None:
    columns = [column for file in files for column in file.columns]
    if name == "focus":
        return focus_version([column.name for column in columns])
    if name == "cur":
        if any("/" in column.name for column in columns):
            return "legacy"
        is_mapped = any(column.name.lower() in ("resource_tags", "tags") for column in columns)
        return "2.0" if is_mapped else "legacy, as Athena spells it"
    return None


def _encoding(file: BillFile) -> str:
    kind = file.kind + (_DELIMITERS.get(file.delimiter, "") if file.kind == "csv" else "")
    return f"{kind}, gzip" if file.gzipped else kind
