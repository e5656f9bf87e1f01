# SPDX-License-Identifier: Apache-2.0
"""The charges that exports of a bill have in common: SQL over the relation `charges`.

Two small tables are made: `export_days`, and for exports that share a day `export_parts`, which
distinguishes the hours of these days, and their services and regions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import duckdb

from cost_slo.adapters.bills.engine import literal
from cost_slo.adapters.bills.files.exports import Export

# Columns that distinguish charges, if both exports have them.
KNOWN = ("provider", "billing", "account")

_PROVIDERS = {"aws": "aws|amazon", "azure": "azure|microsoft", "gcp": "google|gcp", "oci": "oracle"}
WHENS = " ".join(
    f"WHEN regexp_matches(lower(provider_name), {literal(words)}) THEN {literal(name)}"
    for name, words in _PROVIDERS.items()
)
# Ids are normalised after the rows are summed, because there are fewer sums.
_CELLS = (
    "SELECT export, "  # noqa: S608
    f"coalesce(CASE {WHENS} ELSE lower(trim(provider_name)) END, '') AS provider, "
    "coalesce(ltrim(lower(trim(billing_account_id)), '0'), '') AS billing, "
    "coalesce(ltrim(lower(trim(sub_account_id)), '0'), '') AS account, "
    "date_trunc('month', coalesce(billing_period, charge_day)) AS month, charge_day AS day, "
    "{names}sum(n)::BIGINT AS n, sum(cost) AS cost FROM (SELECT source_file, provider_name, "
    "billing_account_id, sub_account_id, billing_period, charge_day, {more}count(*) AS n, "
    "sum(CAST(billed_cost AS DECIMAL(38, 6))) AS cost FROM charges "
    "WHERE charge_day IS NOT NULL {only}GROUP BY ALL) JOIN export_files USING (source_file) "
)

_HOURS = (
    "date_trunc('hour', charge_start) AS since, greatest(date_trunc('hour', charge_start) + "
    "INTERVAL 1 HOUR, least(coalesce(charge_end, charge_start), charge_day + INTERVAL 1 DAY)) "
    "AS until, coalesce(service_name, '') AS service, coalesce(region_id, '') AS region, "
)

PARTS = "since, until, service, region, "

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shared:
    """How many parts of days two exports share, how many are equal there, and the rows of each."""

    pair: Pair
    parts: int
    equal: int
    rows: Pair


@dataclass(frozen=True, slots=True)
class Days:
    """How the days of two exports compare.

    `alone` counts the days of each that the other lacks; `rows` are those of the days they share,
    and `are_equal` says that each of these days has the same rows and amount in both.
    """

    alone: Pair
    rows: Pair
    are_equal: bool
    provider: str
    billing: str
    first: date
    last: date


class SharedCharges:
    """The exports of an open bill, compared by the engine."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, exports: Sequence[Export]) -> None:
        """Scan the bill once, only the columns that distinguish charges."""
        self._connection = connection
        self._exports = exports
        connection.execute("CREATE TEMP TABLE export_files (source_file VARCHAR, export INTEGER)")
        files = [(file.path, index) for index, each in enumerate(exports) for file in each.files]
        connection.executemany("INSERT INTO export_files VALUES (?, ?)", files)
        connection.execute(f"CREATE TEMP TABLE export_days AS {_cells()}GROUP BY ALL")
        self._known = self._columns_known()

    def found(self) -> list[Shared]:
        """The pairs of exports that share a part of a day, the earlier export first."""
        pairs = self._pairs()
        involved = {index for pair in pairs for index in pair}
        if not pairs:
            return []
        files = [file.path for index in involved for file in self._exports[index].files]
        self._connection.execute(
            f"CREATE TEMP TABLE export_parts AS {_cells(_HOURS, PARTS, files)}GROUP BY ALL"
        )
        by_columns: defaultdict[tuple[str, ...], list[Pair]] = defaultdict(list)
        for pair in pairs:
            by_columns[self._compared(pair)].append(pair)
        shared = [each for columns, some in by_columns.items() for each in self._of(columns, some)]
        return sorted(shared, key=lambda each: each.pair)

    def days(self, pair: Pair) -> Days:
        columns = ", ".join(("month", "day", *self._in_both(pair)))
        one, other = (
            f"(SELECT {columns}, sum(n) AS n, sum(cost) AS cost, min(provider) AS whose, "  # noqa: S608
            f"max(billing) AS paid FROM export_days WHERE export = {index} GROUP BY {columns})"
            for index in pair
        )
        row = self._connection.execute(
            "SELECT count(*) FILTER (b.n IS NULL), count(*) FILTER (a.n IS NULL), "  # noqa: S608
            "sum(a.n) FILTER (b.n IS NOT NULL)::BIGINT, sum(b.n) FILTER (a.n IS NOT NULL)::BIGINT, "
            "bool_and(a.n = b.n AND a.cost = b.cost) FILTER (a.n + b.n IS NOT NULL), "
            "max(greatest(a.whose, b.whose)), max(greatest(a.paid, b.paid)), "
            "min(day) FILTER (a.n + b.n IS NOT NULL), max(day) FILTER (a.n + b.n IS NOT NULL) "
            f"FROM {one} a FULL JOIN {other} b USING ({columns})"
        ).fetchall()[0]
        return Days((row[0], row[1]), (row[2] or 0, row[3] or 0), bool(row[4]), *row[5:])

    def _columns_known(self) -> dict[int, tuple[str, ...]]:
        flags = ", ".join(f"bool_or({column} <> '')" for column in KNOWN)
        found = self._connection.execute(
            f"SELECT export, {flags} FROM export_days GROUP BY export"  # noqa: S608
        ).fetchall()
        return {
            index: tuple(name for name, known in zip(KNOWN, has, strict=True) if known)
            for index, *has in found
        }

    def _in_both(self, pair: Pair) -> tuple[str, ...]:
        first, second = (self._known[index] for index in pair)
        return tuple(name for name in first if name in second)

    def _compared(self, pair: Pair) -> tuple[str, ...]:
        """The columns that distinguish charges of two exports; services of one spelling only."""
        first, second = (self._exports[index].header for index in pair)
        return (*self._in_both(pair), *(("service", "region") if first == second else ()))

    def _pairs(self) -> list[Pair]:
        by_known: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for index, known in self._known.items():
            by_known[known].append(index)
        pairs: list[Pair] = []
        for one, other in product(by_known, repeat=2):
            columns = ", ".join(("month", "day", *(name for name in one if name in other)))
            pairs += self._connection.execute(
                "SELECT DISTINCT a.export, b.export FROM export_days a "  # noqa: S608
                f"JOIN export_days b USING ({columns}) WHERE a.export < b.export "
                f"AND a.export IN ({_numbers(by_known[one])}) "
                f"AND b.export IN ({_numbers(by_known[other])})"
            ).fetchall()
        return pairs

    def _of(self, columns: tuple[str, ...], pairs: Sequence[Pair]) -> list[Shared]:
        """The shared days of pairs for which the same columns are compared."""
        keys = ", ".join(("month", "day", "since", "until", *columns))
        same = ", ".join(("month", "day", *columns))
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE compared AS SELECT export, {keys}, sum(n) AS n, "  # noqa: S608
            f"sum(cost) AS cost FROM export_parts GROUP BY export, {keys}"
        )
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE export_pairs (first INTEGER, second INTEGER)"
        )
        self._connection.executemany("INSERT INTO export_pairs VALUES (?, ?)", pairs)
        found = self._connection.execute(
            "SELECT a.export, b.export, count(*), count(*) FILTER (a.n = b.n AND a.cost = b.cost), "  # noqa: S608
            f"sum(a.n)::BIGINT, sum(b.n)::BIGINT FROM compared a JOIN compared b USING ({same}) "
            "JOIN export_pairs ON first = a.export AND second = b.export "
            "WHERE a.since < b.until AND b.since < a.until GROUP BY a.export, b.export"
        ).fetchall()
        return [Shared((a, b), parts, equal, (n, m)) for a, b, parts, equal, n, m in found]


def _cells(more: str = "", names: str = "", files: Sequence[str] = ()) -> str:
    """The rows of a bill, or of some files, summed by the columns that distinguish charges."""
    some = ", ".join(literal(path) for path in files)
    only = f"AND source_file IN ({some}) " if files else ""
    return _CELLS.format(more=more, names=names, only=only)


def _numbers(indices: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(indices)))
