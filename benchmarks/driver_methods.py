# SPDX-License-Identifier: Apache-2.0
"""Who explains a change? Ours, what people do by hand, and a published method."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import fsum, log

from benchmarks.contrast import dearest
from benchmarks.driver_cases import Cause, matching
from cost_slo.adapters.array_grouping import ArrayGrouping
from cost_slo.domain.drivers.segments.segments import Segment, breakdown
from cost_slo.domain.money import ZERO
from cost_slo.domain.spend.cube import Cube

# Thresholds of the Adtributor paper (Bhagwan et al., NSDI 2014).
ELEMENT_EXPLAINS, ALL_EXPLAIN, MOST_ELEMENTS = 0.1, 0.67, 10

Method = Callable[[Cube, int], Sequence[Cause]]
Element = tuple[str, str]


def segments(cube: Cube, _: int) -> list[Cause]:
    """Ours; the largest change first. Segments and rest must add up to the last digit."""
    found = breakdown(cube, grouping=ArrayGrouping)
    parts = [*found.segments, found.rest]
    assert sum((part.before for part in parts), ZERO) == sum((c.before for c in cube.cells), ZERO)
    assert sum((part.after for part in parts), ZERO) == sum((c.after for c in cube.cells), ZERO)
    return _causes(cube, found.segments)


def contrast(cube: Cube, _: int) -> list[Cause]:
    """Ours, where a ratio has no earlier period."""
    found = dearest(cube, grouping=ArrayGrouping)
    return _causes(cube, [found] if found else [])


def movers(cube: Cube, causes: int) -> list[Cause]:
    """The values of single dimensions that moved most; told how many causes there are."""
    sums = _by_value(cube)
    ranked = sorted(sums, key=lambda one: (-abs(sums[one][1] - sums[one][0]), one))
    return [_named(cube, element) for element in ranked[:causes]]


def adtributor(cube: Cube, _: int) -> list[Cause]:
    """Bhagwan et al. 2014: the dimension of most surprise, its values that explain the change."""
    sums = _by_value(cube)
    total = [sum(float(getattr(cell, side)) for cell in cube.cells) for side in ("before", "after")]
    if total[0] == total[1] or min(total) <= 0:
        return []
    candidates: list[tuple[float, list[tuple[float, float, Element]]]] = []
    for dimension in cube.dimensions:
        scored = [
            (_surprise(old / total[0], new / total[1]), (new - old) / (total[1] - total[0]), one)
            for one, (old, new) in sums.items()
            if one[0] == dimension
        ]
        ranked = sorted(scored, key=lambda found: (-found[0], found[2]))
        chosen = [found for found in ranked if found[1] > ELEMENT_EXPLAINS][:MOST_ELEMENTS]
        shares = list(accumulate(found[1] for found in chosen))
        enough = next((i + 1 for i, share in enumerate(shares) if share > ALL_EXPLAIN), None)
        if enough:
            candidates.append((fsum(found[0] for found in chosen[:enough]), chosen[:enough]))
    best = max(candidates, key=lambda found: found[0], default=(0.0, []))[1]
    return [_named(cube, element) for _, _, element in best]


def _surprise(before: float, after: float) -> float:
    """The element's part of the Jensen-Shannon divergence of the two distributions."""
    mean = (before + after) / 2
    return 0.5 * fsum(share * log(share / mean) for share in (before, after) if share > 0)


def _by_value(cube: Cube) -> dict[Element, tuple[float, float]]:
    sums: defaultdict[Element, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for cell in cube.cells:
        before, after = float(cell.before), float(cell.after)
        for element in zip(cube.dimensions, cell.values, strict=True):
            sums[element][0] += before
            sums[element][1] += after
    return {element: (before, after) for element, (before, after) in sums.items()}


def _named(cube: Cube, element: Element) -> Cause:
    return Cause(frozenset([element]), matching(cube, frozenset([element])))


def _causes(cube: Cube, found: Sequence[Segment]) -> list[Cause]:
    rows = {id(cell): row for row, cell in enumerate(cube.cells)}
    return [
        Cause(frozenset(one.where), frozenset(rows[id(cell)] for cell in one.cells))
        for one in found
    ]
