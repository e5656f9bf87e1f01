# SPDX-License-Identifier: Apache-2.0
"""What did parts of a scope cost on each day, from one answer?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext

from cost_slo.adapters.cost_explorer.answers import Answered
from cost_slo.adapters.cost_explorer.detail import MOST_GROUPS, USUAL, metric_of, value_of
from cost_slo.domain.exact import EXACT
from cost_slo.domain.money import plain
from cost_slo.domain.spend.cube import CubeQuestion, Where


def dimensions_of(segments: Sequence[Where]) -> tuple[str, ...]:
    """The dimensions an answer must be grouped by, so that the segments can be found in it."""
    named = tuple(dict.fromkeys(name for where in segments for name, _ in where))
    return named or USUAL[:1]


def can_tell(dimensions: Sequence[str]) -> bool:
    """Whether one answer can be grouped by all of them."""
    return len(dimensions) <= MOST_GROUPS


def read_series(
    answer: Answered, asked: CubeQuestion, segments: Sequence[Where]
) -> tuple[tuple[Decimal, ...], ...]:
    """The cost of each segment on each day; a charge counts for the first segment it matches."""
    sums: defaultdict[tuple[int, date], Decimal] = defaultdict(Decimal)
    with localcontext(EXACT):
        for group in answer.charged:
            pairs = zip(asked.dimensions, group.values, strict=True)
            values = {name: value_of(name, value) for name, value in pairs}
            segment = _first_match(values, segments)
            if segment is not None:
                sums[segment, group.day] += group.amounts[metric_of(asked)][0]
    return tuple(
        tuple(Decimal(plain(sums[segment, on])) for on in asked.window.dates)
        for segment in range(len(segments))
    )


def _first_match(values: Mapping[str, str], segments: Sequence[Where]) -> int | None:
    matches = (
        place
        for place, where in enumerate(segments)
        if all(values[name] == value for name, value in where)
    )
    return next(matches, None)
