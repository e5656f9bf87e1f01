# SPDX-License-Identifier: Apache-2.0
"""Cubes for tests: cells from short tuples, and strategies that draw them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from cost_slo.domain.period import Period
from cost_slo.domain.spend.cube import Cell, Cube

BASELINE = Period(date(2026, 8, 1), date(2026, 8, 8))
WINDOW = Period(date(2026, 9, 5), date(2026, 9, 12))
DIMENSIONS = ("service", "account", "region")


def cube(*rows: tuple[str, str, str], dimensions: tuple[str, ...] = DIMENSIONS) -> Cube:
    """Rows are values with blanks between, before, after."""
    cells = (
        Cell(tuple(values.split()), Decimal(before), Decimal(after))
        for values, before, after in rows
    )
    return Cube(dimensions, tuple(cells), WINDOW, BASELINE)


AMOUNTS = st.decimals(-20, 10_000, places=6, allow_nan=False) | st.just(Decimal(0))


@st.composite
def cubes(draw: st.DrawFn, amounts: st.SearchStrategy[Decimal] = AMOUNTS) -> Cube:
    """Any cube of up to three dimensions and sixty cells."""
    dimensions = DIMENSIONS[: draw(st.integers(1, 3))]
    values = st.tuples(*(st.sampled_from("abcde") for _ in dimensions))
    cells = draw(st.dictionaries(values, st.tuples(amounts, amounts), max_size=60))
    return Cube(
        dimensions,
        tuple(Cell(where, before, after) for where, (before, after) in cells.items()),
        WINDOW,
        BASELINE,
    )
