# SPDX-License-Identifier: Apache-2.0
"""Which few parts of the spend explain what changed?

The element of at most three dimensions that explains most of the gross move is found, described as
closely as it deserves, and taken away; then the next one. Floats choose; Decimals are summed. What
is left is *everything else*, so that segments and rest add up to the whole change, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from cost_slo.domain.drivers.movers import MoverKind
from cost_slo.domain.drivers.segments.columns import LeafColumns
from cost_slo.domain.drivers.segments.grouping import Grouping, Leaves, PlainGrouping
from cost_slo.domain.drivers.segments.peel import FoundElement, notable, peel
from cost_slo.domain.exact import difference, total
from cost_slo.domain.spend.cube import Cell, Cube

MOST = 10


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
        return difference(self.after, self.before)

    @property
    def kind(self) -> MoverKind:
        """New if nothing was spent before, gone if nothing is now."""
        if self.before == 0:
            return MoverKind.NEW
        if self.after == 0:
            return MoverKind.GONE
        return MoverKind.UP if self.after > self.before else MoverKind.DOWN


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
    columns = LeafColumns.of(cube)
    peeled = peel(grouping(columns.leaves), columns.naming, columns.gross)
    found = notable(list(islice(peeled, most)), columns.leaves, columns.scatter)
    segments = [segment_of(cube, columns, one) for one in found]
    named = {row for one in found for row in one.rows}
    others = [cell for row, cell in enumerate(cube.cells) if row not in named]
    ranked = sorted(segments, key=lambda segment: (-abs(segment.change), segment.where))
    return Breakdown(tuple(ranked), segment_of_cells((), others))


def segment_of(cube: Cube, columns: LeafColumns, found: FoundElement) -> Segment:
    """The cells that were found, by name and summed exactly."""
    names = (cube.dimensions[place] for place in found.element.cuboid)
    where = tuple(zip(names, columns.values_of(found.element), strict=True))
    return segment_of_cells(where, [cube.cells[row] for row in found.rows])


def segment_of_cells(where: tuple[tuple[str, str], ...], cells: Sequence[Cell]) -> Segment:
    """The segment of these cells, summed exactly."""
    before, after = total(cell.before for cell in cells), total(cell.after for cell in cells)
    return Segment(where, before, after, tuple(cells))
