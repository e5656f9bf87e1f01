# SPDX-License-Identifier: Apache-2.0
"""A cube column by column, so that floats can choose among its elements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from cost_slo.domain.drivers.segments.grouping import UNITS, Cuboid, Element, Leaves
from cost_slo.domain.drivers.segments.scatter import ordinary_moves
from cost_slo.domain.spend.cube import Cube

# A cell that moved this many standard deviations of cells of its size stands out.
STANDING = 5


@dataclass(frozen=True, slots=True)
class LeafColumns:
    """The leaves of a cube in whole units, and what their codes and units mean."""

    leaves: Leaves
    scatter: Sequence[float]
    """How far each leaf moves ordinarily, in units."""
    values: Sequence[Sequence[str]]
    """The values of each dimension, in the order of their codes."""
    naming: Cuboid
    """The dimensions that name elements: those in which the spend differs, or all of them."""

    @classmethod
    def of(cls, cube: Cube) -> LeafColumns:
        """The columns of a cube; their order is that of its cells."""
        before = [float(cell.before) for cell in cube.cells]
        after = [float(cell.after) for cell in cube.cells]
        unit = (fsum(map(abs, before)) + fsum(map(abs, after))) / UNITS or 1.0
        scatter = ordinary_moves(before, after)
        standing = [
            (new > old) - (new < old) if abs(new - old) > STANDING * ordinary else 0
            for old, new, ordinary in zip(before, after, scatter, strict=True)
        ]
        old, new = ([round(amount / unit) for amount in amounts] for amounts in (before, after))
        values, codes = _coded(cube)
        in_units = [ordinary / unit for ordinary in scatter]
        naming = cube.telling or tuple(range(len(cube.dimensions)))
        return cls(Leaves(codes, old, new, standing), in_units, values, naming)

    @property
    def gross(self) -> int:
        """How far all leaves moved, whichever way, in units."""
        pairs = zip(self.leaves.before, self.leaves.after, strict=True)
        return sum(abs(new - old) for old, new in pairs)

    def values_of(self, element: Element) -> tuple[str, ...]:
        """The values of an element's codes."""
        places = zip(element.cuboid, element.codes, strict=True)
        return tuple(self.values[place][code] for place, code in places)


def _coded(cube: Cube) -> tuple[list[list[str]], tuple[list[int], ...]]:
    places = range(len(cube.dimensions))
    columns = [[cell.values[place] for cell in cube.cells] for place in places]
    values = [sorted(set(column)) for column in columns]
    ranks = [{value: rank for rank, value in enumerate(known)} for known in values]
    codes = [[of[value] for value in column] for of, column in zip(ranks, columns, strict=True)]
    return values, tuple(codes)
