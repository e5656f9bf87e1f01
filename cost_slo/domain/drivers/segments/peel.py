# SPDX-License-Identifier: Apache-2.0
"""Which elements explain a change, one after the other, each without the leaves of those before?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot

from cost_slo.domain.drivers.segments.grouping import Cuboid, Element, Grouping, Leaves, Tally

# Elements have at most this many dimensions; a found one may be narrowed further.
_MOST_DIMENSIONS = 3
# Of the gross move: what explains less is not worth a reader's line.
LEAST_SHARE = 0.02
# One more dimension must explain this many times as much, or the shorter name is kept.
BETTER = 1.01
# Where fewer leaves stand out, an element is judged by its common ratio alone.
STANDING_SHARE = 0.4
# An element counts from this many standard deviations of ordinary scatter on.
_NOTABLE = 6


@dataclass(frozen=True, slots=True)
class FoundElement:
    """An element, and its leaves that no element before it had taken."""

    element: Element
    rows: Sequence[int]


def _explained(tally: Tally) -> float:
    """How much of its gross move an element explains, in units; below 0 if it misleads.

    Either its leaves moved by one ratio, or most of them stand out from ordinary scatter, each by
    an amount of its own. The misfit of a leaf that did neither is subtracted.
    """
    by_ratio = tally.gross - tally.misfit
    share = tally.standing / max(1, tally.leaves)
    if share < STANDING_SHARE:
        return by_ratio
    return max(by_ratio, share * (tally.gross - tally.still_misfit))


def peel(grouping: Grouping, dimensions: Cuboid, gross: float) -> Iterator[FoundElement]:
    """Elements that explain a notable share of the gross move, each the best of what was left.

    They are named by these dimensions alone.
    """
    least = max(1.0, LEAST_SHARE * gross)
    while found := best(grouping, dimensions, least, _explained):
        element = _narrowed(grouping, found, dimensions).element
        yield FoundElement(element, grouping.take(element))


def best(
    grouping: Grouping, dimensions: Cuboid, least: float, worth: Callable[[Tally], float]
) -> Tally | None:
    """The element worth most, of those that moved and are worth at least so much.

    Fewer dimensions and earlier ones win unless they are clearly worth less.
    """
    found, bar = None, least
    for size in range(1, _MOST_DIMENSIONS + 1):
        for cuboid in combinations(dimensions, size):
            of_cuboid = max(grouping.tallies(cuboid, least), key=worth, default=None)
            if of_cuboid and worth(of_cuboid) >= bar:
                found, bar = of_cuboid, worth(of_cuboid) * BETTER
    return found


def notable(
    found: Sequence[FoundElement], leaves: Leaves, scatter: Sequence[float]
) -> list[FoundElement]:
    """Those that stand out from how all the rest moved, by the scatter of their own leaves.

    The last ones found are judged first: what does not stand out belongs to the rest again.
    """
    named_old, named_new = _sums([row for one in found for row in one.rows], leaves)
    old, new = sum(leaves.before) - named_old, sum(leaves.after) - named_new
    kept: list[FoundElement] = []
    for one in reversed(found):
        before, after = _sums(one.rows, leaves)
        ratio = new / old if old * new > 0 else 1.0
        beyond = abs(after - before * ratio) / min(1.0, ratio)
        if beyond >= _NOTABLE * hypot(*(scatter[row] for row in one.rows)):
            kept.append(one)
        else:
            old, new = old + before, new + after
    return kept[::-1]


def _narrowed(grouping: Grouping, tally: Tally, dimensions: Cuboid) -> Tally:
    """The same element, or the child that explains clearly more than it does."""
    others = [place for place in dimensions if place not in tally.element.cuboid]
    children = [child for place in others for child in grouping.children(tally.element, place)]
    closest = max(children, key=_explained, default=tally)
    if _explained(closest) <= BETTER * _explained(tally):
        return tally
    return _narrowed(grouping, closest, dimensions)


def _sums(rows: Sequence[int], leaves: Leaves) -> tuple[int, int]:
    return sum(leaves.before[row] for row in rows), sum(leaves.after[row] for row in rows)
