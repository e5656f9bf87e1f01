# SPDX-License-Identifier: Apache-2.0
"""How long does it take to explain a change of millions of charges, beside reading them at all?

    python -m benchmarks.explain [--rows 5000000] [--record]

A FOCUS bill of two months is generated, seeded, as parquet: 40 services with 300 meters, 60
accounts, 12 regions and two tags in 20,000 combinations, and one cause in the second month.
Then, in one process and with the files in the page cache: the *bare scan* (the least of every
column that is needed, decoded and nothing else); the same group-by written by hand in SQL, which
looks after neither list costs, currencies nor unreadable rows; and ours. Seconds of the processor
count both cores; the ratio is of them, since a machine may be shared.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from benchmarks.results import heading, record, table
from cost_slo.adapters.array_grouping import ArrayGrouping
from cost_slo.adapters.bills.source import BillSource
from cost_slo.domain.drivers.segments.segments import Breakdown, breakdown
from cost_slo.domain.period import Period
from cost_slo.domain.spend.cube import Cube, CubeQuestion

FOLDER = Path(".bench") / "explain"
BASELINE = Period(date(2026, 8, 1), date(2026, 9, 1))
WINDOW = Period(date(2026, 9, 1), date(2026, 10, 1))
DIMENSIONS = ("service", "meter", "account", "region", "tag:product", "tag:env")
CAUSE = (("service", "service-7"), ("region", "region-3"))
COMBINATIONS = 20_000
CHUNK = 1_000_000
NEEDED = (
    *("ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "BilledCost", "BillingCurrency"),
    *("ServiceName", "SkuMeter", "SubAccountId", "RegionId", "Tags"),
    *("ConsumedQuantity", "ConsumedUnit", "ListCost"),
)

# A combination is drawn with a skew; everything else about a row follows from hashes of it.
ROWS = """
WITH drawn AS (
    SELECT i, CAST(pow(hash(i, 'leaf') % 1000000 / 1e6, 2) * {combinations} AS BIGINT) AS leaf
    FROM range({start}, {end}) AS numbers(i)
), placed AS (
    SELECT *, hash(leaf, 'meter') % 300 AS meter, hash(leaf, 'account') % 60 AS account,
        hash(leaf, 'region') % 12 AS region, hash(leaf, 'product') % 30 AS product,
        TIMESTAMP '2026-08-01' + to_hours(CAST(hash(i, 'hour') % (24 * 61) AS BIGINT)) AS start
    FROM drawn
), paid AS (
    SELECT *, exp(hash(leaf, 'size') % 1000 / 125.0 - 6) * (0.9 + hash(i, 'noise') % 1000 / 5000.0)
        * CASE WHEN meter % 40 = 7 AND region = 3 AND start >= TIMESTAMP '2026-09-01'
            THEN 8 ELSE 1 END AS cost
    FROM placed
)
SELECT start AS ChargePeriodStart, start + INTERVAL 1 HOUR AS ChargePeriodEnd,
    CASE WHEN i % 500 = 0 THEN 'Tax' ELSE 'Usage' END AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency, {amount} AS BilledCost, {amount} AS EffectiveCost,
    {amount} AS ListCost, 'USD' AS BillingCurrency, 'AWS' AS ProviderName,
    'service-' || (meter % 40) AS ServiceName, 'meter-' || meter AS SkuMeter,
    CAST(100000000000 + account AS VARCHAR) AS SubAccountId, 'region-' || region AS RegionId,
    'resource-' || (hash(i, 'resource') % 200000) AS ResourceId,
    CAST(cost * 7 AS DECIMAL(18,6)) AS ConsumedQuantity,
    CASE meter % 3 WHEN 0 THEN 'Hours' WHEN 1 THEN 'GB' ELSE 'Requests' END AS ConsumedUnit,
    MAP {{'product': 'product-' || product, 'env': CASE leaf % 3 WHEN 0 THEN 'prod'
        WHEN 1 THEN 'test' ELSE 'dev' END}} AS Tags
FROM paid
"""
AMOUNTS = {"decimal": "CAST(cost AS DECIMAL(18,10))", "double": "round(cost, 10)"}
BY_HAND = """
SELECT ServiceName, SkuMeter, SubAccountId, RegionId, Tags['product'], Tags['env'], ConsumedUnit,
    sum({cost}) FILTER (WHERE ChargePeriodStart >= '2026-09-01'),
    sum({cost}) FILTER (WHERE ChargePeriodStart < '2026-09-01'),
    sum(ConsumedQuantity) FILTER (WHERE ChargePeriodStart >= '2026-09-01'),
    sum(ConsumedQuantity) FILTER (WHERE ChargePeriodStart < '2026-09-01')
FROM read_parquet('{files}') WHERE ChargePeriodStart >= '2026-08-01' GROUP BY ALL
"""


@dataclass(frozen=True)
class Timed:
    """What a step took, and what it gave."""

    step: str
    seconds: float
    processor: float
    gave: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--amounts", choices=AMOUNTS, default="decimal")
    parser.add_argument("--record", action="store_true", help="write RESULTS.md")
    chosen = parser.parse_args()
    folder = generated(chosen.rows, chosen.amounts)
    lines = [*heading("explain", "Explaining a change"), *_report(folder, chosen.rows)]
    print("\n".join(lines))
    if chosen.record:
        record("explain", lines)


def generated(rows: int, amounts: str) -> Path:
    """The bill of so many rows, made once."""
    folder = FOLDER / f"{rows}-{amounts}"
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, rows, CHUNK):
        file = folder / f"{start:010}.parquet"
        if not file.exists():
            made = ROWS.format(
                combinations=COMBINATIONS,
                start=start,
                end=min(start + CHUNK, rows),
                amount=AMOUNTS[amounts],
            )
            half = file.with_suffix(".half")
            duckdb.execute(f"COPY ({made}) TO '{half}' (FORMAT parquet, COMPRESSION zstd)")
            half.rename(file)
    return folder


def _report(folder: Path, rows: int) -> list[str]:
    files = f"{folder}/*.parquet"
    least = ", ".join(f"min({name})" for name in NEEDED if name != "Tags")
    least += ", min(cardinality(Tags))"
    bare = f"SELECT {least} FROM read_parquet('{files}')"  # noqa: S608  names of our own
    duckdb.execute(bare).fetchall()  # into the page cache
    source = BillSource(str(folder))
    steps: list[Timed] = []

    def timed(step: str, run: Callable[[], object], gave: Callable[[object], str]) -> object:
        start, used = time.perf_counter(), time.process_time()
        found = run()
        waited, worked = time.perf_counter() - start, time.process_time() - used
        steps.append(Timed(step, waited, worked, gave(found)))
        return found

    timed("bare scan", lambda: duckdb.execute(bare).fetchall(), lambda _: "")
    by_hand = BY_HAND.format(files=files, cost="BilledCost")
    timed("group-by by hand", lambda: duckdb.execute(by_hand).fetchall(), _lines)
    asked = CubeQuestion(WINDOW, BASELINE, dimensions=DIMENSIONS)
    cube = timed("fetch_cube", lambda: source.fetch_cube(asked), _cells)
    assert isinstance(cube, Cube)
    found = timed("breakdown", lambda: breakdown(cube, grouping=ArrayGrouping), _segments)
    assert isinstance(found, Breakdown)
    wheres = [segment.where for segment in found.segments]
    both = Period(BASELINE.start, WINDOW.end)
    timed(
        "fetch_series",
        lambda: source.fetch_series(CubeQuestion(both), [*wheres, ()]),
        lambda _: f"{len(wheres) + 1} series",
    )
    _check(cube, found)
    return _told(steps, rows, folder)


def _check(cube: Cube, found: Breakdown) -> None:
    """The cause is found, and the parts add up."""
    whole = sum((cell.after - cell.before for cell in cube.cells), Decimal(0))
    parts = sum((part.change for part in (*found.segments, found.rest)), Decimal(0))
    assert whole == parts, (whole, parts)
    assert found.segments[0].where == CAUSE, found.segments[0].where


def _told(steps: list[Timed], rows: int, folder: Path) -> list[str]:
    scan = steps[0].processor
    size = sum(file.stat().st_size for file in folder.glob("*.parquet")) / 1e6
    return [
        f"{rows:,} rows, {size:,.0f} MB of zstd parquet, DuckDB {duckdb.__version__}.",
        "",
        *table(
            ("step", "seconds", "of the processor", "times the bare scan", "gave"),
            (
                (
                    one.step,
                    f"{one.seconds:.2f}",
                    f"{one.processor:.2f}",
                    f"{one.processor / scan:.1f}",
                    one.gave,
                )
                for one in steps
            ),
        ),
        "The cause is the first segment, and the segments and the rest add up exactly.",
        "",
    ]


def _lines(found: object) -> str:
    assert isinstance(found, list)
    return f"{len(found):,} lines"


def _cells(found: object) -> str:
    assert isinstance(found, Cube)
    return f"{len(found.cells):,} cells"


def _segments(found: object) -> str:
    assert isinstance(found, Breakdown)
    return f"{len(found.segments)} segments"


if __name__ == "__main__":
    main()
