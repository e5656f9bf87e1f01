# SPDX-License-Identifier: Apache-2.0
"""Which parts explain a change, if one of them is nearly everything?

"Everything in us-east-1" explains nothing if all the money is spent there: such a segment is
broken down itself. What that leaves joins *everything else*; the sum stays exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from cost_slo.domain.drivers.segments.grouping import Grouping, Leaves, PlainGrouping
from cost_slo.domain.drivers.segments.segments import (
    MOST,
    Breakdown,
    Segment,
    breakdown,
    segment_of_cells,
)
from cost_slo.domain.exact import total
from cost_slo.domain.spend.cube import Cell, Cube

# A segment of at least this share of both periods' spend is broken down itself.
NEARLY_ALL = Decimal("0.7")
# Its breakdown must leave less than this share of its change unexplained.
WORTH_IT = Decimal("0.5")
# A segment this far from a common ratio, as a share of its change, did not move as one.
UNLIKE = Decimal("0.3")


def closer_breakdown(
    cube: Cube, *, most: int = MOST, grouping: Callable[[Leaves], Grouping] = PlainGrouping
) -> Breakdown:
    """The breakdown of a cube, and of any segment that is nearly all of it; at most so many."""
    found = breakdown(cube, most=most, grouping=grouping)
    spent = _spent(cube.cells)
    kept: list[Segment] = []
    left = list(found.rest.cells)
    for segment in found.segments:
        inside = None
        if _spent(segment.cells) >= NEARLY_ALL * spent:
            inside = _inside(segment, cube, most=most, grouping=grouping)
        kept += inside.segments if inside else [segment]
        left += inside.rest.cells if inside else ()
    ranked = sorted(kept, key=lambda part: (-abs(part.change), part.where))
    left += [cell for part in ranked[most:] for cell in part.cells]
    return Breakdown(tuple(ranked[:most]), segment_of_cells((), left))


def _inside(
    segment: Segment, cube: Cube, *, most: int, grouping: Callable[[Leaves], Grouping]
) -> Breakdown | None:
    """The segment's own breakdown, by the other dimensions; None if that explains too little."""
    named = {name for name, _ in segment.where}
    others = [at for at, name in enumerate(cube.dimensions) if name not in named]
    if not others:
        return None
    inner = tuple(
        replace(cell, values=tuple(cell.values[at] for at in others)) for cell in segment.cells
    )
    dimensions = tuple(cube.dimensions[at] for at in others)
    inside = replace(cube, dimensions=dimensions, cells=inner)
    found = closer_breakdown(inside, most=most, grouping=grouping)
    is_finer = all(len(part.cells) < len(inner) for part in found.segments)
    is_told = abs(found.rest.change) < WORTH_IT * abs(segment.change)
    if not (is_finer and is_told) or _moved_alike(segment, [*found.segments, found.rest]):
        return None
    whole = {id(cell): original for cell, original in zip(inner, segment.cells, strict=True)}
    order = {name: index for index, name in enumerate(cube.dimensions)}
    parts = tuple(
        replace(
            part,
            where=tuple(sorted((*segment.where, *part.where), key=lambda pair: order[pair[0]])),
            cells=tuple(whole[id(cell)] for cell in part.cells),
        )
        for part in found.segments
    )
    return Breakdown(parts, segment_of_cells((), [whole[id(cell)] for cell in found.rest.cells]))


def _moved_alike(whole: Segment, parts: Sequence[Segment]) -> bool:
    """Whether the parts moved by the ratio of the whole, or there is no ratio."""
    if not whole.before:
        return True
    ratio = Fraction(whole.after) / Fraction(whole.before)
    misfit = sum(abs(Fraction(part.after) - Fraction(part.before) * ratio) for part in parts)
    return misfit < Fraction(UNLIKE) * abs(Fraction(whole.change))


def _spent(cells: Sequence[Cell]) -> Decimal:
    return total(abs(amount) for cell in cells for amount in (cell.before, cell.after))
