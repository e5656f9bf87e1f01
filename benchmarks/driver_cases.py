# SPDX-License-Identifier: Apache-2.0
"""Where do cubes with known causes come from? Labelled folders of parquet, and generated bills."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks import costrca
from cost_slo.domain.period import Period
from cost_slo.domain.spend.cube import Cell, Cube

DAY = Period(date(2026, 1, 1), date(2026, 1, 2))
BASELINES = {
    "easy": "v_true_no_anomaly",
    "realistic": "v_prev_week",
    "day before": "v_prev_day",
    "minutes before": "v_prev_5min",
}
NO_DIMENSION = {"ts_ms", "timestamp", "case", "min", "value", "cnt"}

Where = frozenset[tuple[str, str]]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Cause:
    """The cells that a label names; without words where cells were moved, not a name."""

    where: Where
    rows: frozenset[int]


@dataclass(frozen=True)
class Case:
    """A cube and what truly moved in it."""

    cube: Cube
    causes: tuple[Cause, ...]


def baselines(folder: Path) -> list[str]:
    """Those that the cases of a folder have."""
    columns = pq.read_schema(folder / "cases.parquet").names
    return [name for name, column in BASELINES.items() if column in columns]


def additive(folder: Path, baseline: str) -> Iterator[Case]:
    """`v_actual` against a baseline column, one case a label."""
    for label, names, rows in _labelled(folder):
        cells = [
            Cell(_values(row, names), Decimal(row[BASELINES[baseline]]), Decimal(row["v_actual"]))
            for row in rows
        ]
        yield _case(names, cells, label["root_cause"])


def ratio(folder: Path) -> Iterator[Case]:
    """`value` of `cnt`: each cell against its share of all values, by its count."""
    for label, names, rows in _labelled(folder):
        seen, counted = sum(row["value"] for row in rows), sum(row["cnt"] for row in rows)
        cells = [
            Cell(_values(row, names), Decimal(row["cnt"] * seen) / counted, Decimal(row["value"]))
            for row in rows
        ]
        cause = label["cause"]
        yield _case(names, cells, cause if isinstance(cause, list) else [cause])


def generated(seed: int, leaves: int = costrca.LEAVES) -> Case:
    """A bill of our own making."""
    instance = costrca.generate(seed, leaves)
    cells = [
        Cell(tuple(map(str, codes)), Decimal(repr(before)), Decimal(repr(after)))
        for codes, before, after in zip(
            instance.codes.tolist(), instance.before.tolist(), instance.after.tolist(), strict=True
        )
    ]
    causes = (frozenset(map(int, np.flatnonzero(cause))) for cause in instance.causes)
    cube = Cube(costrca.DIMENSIONS, tuple(cells), DAY, DAY)
    return Case(cube, tuple(Cause(frozenset(), rows) for rows in causes))


def _labelled(folder: Path) -> Iterator[tuple[Row, tuple[str, ...], Sequence[Row]]]:
    """Each label with the dimensions, read from the columns, and its rows."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    table = pq.read_table(folder / "cases.parquet")
    names = tuple(
        name for name in table.column_names if name not in NO_DIMENSION and name[:2] != "v_"
    )
    key = next(name for name in table.column_names if name in labels[0])
    rows_of: defaultdict[object, list[Row]] = defaultdict(list)
    for row in table.to_pylist():
        rows_of[row[key]].append(row)
    for label in labels:
        yield label, names, rows_of[label[key]]


def _values(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    return tuple("" if row[name] is None else str(row[name]) for name in names)


def _case(
    names: tuple[str, ...], cells: Sequence[Cell], labelled: Sequence[Mapping[str, object]]
) -> Case:
    cube = Cube(names, tuple(cells), DAY, DAY)
    wheres = (frozenset((name, str(value)) for name, value in one.items()) for one in labelled)
    return Case(cube, tuple(Cause(where, matching(cube, where)) for where in wheres))


def matching(cube: Cube, where: Where) -> frozenset[int]:
    """The rows that have all these values."""
    wanted = [(cube.dimensions.index(name), value) for name, value in where]
    return frozenset(
        row
        for row, cell in enumerate(cube.cells)
        if all(cell.values[place] == value for place, value in wanted)
    )
