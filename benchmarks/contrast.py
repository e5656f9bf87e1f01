# SPDX-License-Identifier: Apache-2.0
"""Which part has a ratio unlike the rest's, where there is no earlier period to compare with?

A ratio of sums, such as dollars per request, is explained over its own contributions: every cell is
expected to have its denominator's share of the numerators, and what it has beyond that is its
excess. Parts that merely carry much of both explain nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import log

from cost_slo.domain.drivers.segments.columns import LeafColumns
from cost_slo.domain.drivers.segments.grouping import Grouping, Leaves, PlainGrouping, Tally
from cost_slo.domain.drivers.segments.peel import LEAST_SHARE, FoundElement, best
from cost_slo.domain.drivers.segments.segments import Segment, segment_of
from cost_slo.domain.spend.cube import Cube


def dearest(
    cube: Cube, *, grouping: Callable[[Leaves], Grouping] = PlainGrouping
) -> Segment | None:
    """The part whose numerators exceed its share most surely, or None where all ratios are equal.

    `before` of each cell is its denominator in units of numerator (times the ratio of the sums), so
    that both sums are the same; `after` is its numerator. None of them is negative.
    """
    columns = LeafColumns.of(cube)
    leaves = columns.leaves
    surely = partial(deviance, expected=sum(leaves.before), seen=sum(leaves.after))
    grouped = grouping(leaves)
    least = max(1.0, LEAST_SHARE * columns.gross)
    found = best(grouped, columns.naming, least, surely)
    if not found:
        return None
    return segment_of(cube, columns, FoundElement(found.element, grouped.take(found.element)))


def deviance(tally: Tally, expected: float, seen: float) -> float:
    """How much likelier two ratios are than one: the element's, if higher, and the rest's.

    Half the likelihood-ratio statistic of a two-way split (Poisson), in units.
    """
    inside = _likelihood(tally.after, tally.before)
    outside = _likelihood(seen - tally.after, expected - tally.before)
    higher = tally.after * expected > tally.before * seen
    return inside + outside - _likelihood(seen, expected) if higher else 0.0


def _likelihood(seen: float, expected: float) -> float:
    return seen * log(seen / max(1.0, expected)) if seen > 0 else 0.0
