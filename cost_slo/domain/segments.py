# SPDX-License-Identifier: Apache-2.0
"""Which few parts of the spend explain what changed?

The element of at most three dimensions that explains most of the gross move is found, described as
closely as it deserves, and taken away; then the next one. Floats choose; Decimals are summed. What
is left is *everything else*, so that segments and rest add up to the whole change, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import islice
from math import fsum

from cost_slo.domain.cells import Cell, Cube
from cost_slo.domain.drivers import EXACT_DIGITS, Kind
from cost_slo.domain.grouping import UNITS, Grouping, Leaves, PlainGrouping
from cost_slo.domain.money import ZERO
from cost_slo.domain.peel import Found, notable, peel
from cost_slo.domain.scatter import ordinary_moves

MOST = 10
STANDING = 5
"""A cell stands out that moved so many standard deviations of cells of its size."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Cells that moved together, and what they cost.

    `where` are pairs of dimension and value; `cells` are those that match them all and belong to
    no segment that was found earlier. () is everything else.
    """

    where: tuple[tuple[str, str], ...]
    before: Decimal
    after: Decimal
    cells: tuple[Cell, ...]

    @property
    def change(self) -> Decimal:
        """What it costs more now, exactly."""
        with localcontext() as exact:
            exact.prec = EXACT_DIGITS
            return self.after - self.before

    @property
    def kind(self) -> Kind:
        """New where nothing was spent before, gone where nothing is now."""
        if self.before == 0:
            return Kind.NEW
        if self.after == 0:
            return Kind.GONE
        return Kind.UP if self.after > self.before else Kind.DOWN


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Disjoint segments, the largest change first; with `rest` they are the whole change."""

    segments: tuple[Segment, ...]
    rest: Segment


def breakdown(
    cube: Cube, *, most: int = MOST, grouping: Callable[[Leaves], Grouping] = PlainGrouping
) -> Breakdown:
    """The segments that explain the change of a cube, at most so many.

    The same cells give the same segments in any order and under any `grouping`.
    """
    values, codes = _coded(cube)
    leaves, scatter = _leaves(cube.cells, codes)
    gross = sum(abs(new - old) for old, new in zip(leaves.before, leaves.after, strict=True))
    peeled = peel(grouping(leaves), len(cube.dimensions), gross)
    found = notable(list(islice(peeled, most)), leaves, scatter)
    segments = [_segment(_where(cube, values, one), cube.cells, one.rows) for one in found]
    named = {row for one in found for row in one.rows}
    others = [row for row in range(len(cube.cells)) if row not in named]
    ranked = sorted(segments, key=lambda segment: (-abs(segment.change), segment.where))
    return Breakdown(tuple(ranked), _segment((), cube.cells, others))


def _coded(cube: Cube) -> tuple[list[list[str]], list[list[int]]]:
    """The values of each dimension, sorted, and each cell's place among them."""
    columns = [[cell.values[place] for cell in cube.cells] for place in range(len(cube.dimensions))]
    values = [sorted(set(column)) for column in columns]
    places = [{value: place for place, value in enumerate(known)} for known in values]
    codes = [[of[value] for value in column] for of, column in zip(places, columns, strict=True)]
    return values, codes


def _leaves(cells: Sequence[Cell], codes: Sequence[Sequence[int]]) -> tuple[Leaves, list[float]]:
    """The cells in whole units, and the ordinary scatter of each in the same units."""
    before, after = [float(cell.before) for cell in cells], [float(cell.after) for cell in cells]
    unit = (fsum(map(abs, before)) + fsum(map(abs, after))) / UNITS or 1.0
    scatter = ordinary_moves(before, after)
    standing = [
        (new > old) - (new < old) if abs(new - old) > STANDING * ordinary else 0
        for old, new, ordinary in zip(before, after, scatter, strict=True)
    ]
    old, new = ([round(amount / unit) for amount in amounts] for amounts in (before, after))
    return Leaves(tuple(codes), old, new, standing), [ordinary / unit for ordinary in scatter]


def _where(
    cube: Cube, values: Sequence[Sequence[str]], found: Found
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (cube.dimensions[place], values[place][code])
        for place, code in zip(found.element.cuboid, found.element.codes, strict=True)
    )


def _segment(
    where: tuple[tuple[str, str], ...], cells: Sequence[Cell], rows: Sequence[int]
) -> Segment:
    chosen = tuple(cells[row] for row in rows)
    with localcontext() as exact:
        exact.prec = EXACT_DIGITS
        before = sum((cell.before for cell in chosen), ZERO)
        after = sum((cell.after for cell in chosen), ZERO)
    return Segment(where, before, after, chosen)
