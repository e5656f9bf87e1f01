# SPDX-License-Identifier: Apache-2.0
"""What changed between two periods? The use case: read the cube, break it down, find since when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from cost_slo.domain.drivers.breakdown import closer_breakdown
from cost_slo.domain.drivers.segments.grouping import Grouping, Leaves, PlainGrouping
from cost_slo.domain.drivers.what_changed import (
    WhatChanged,
    first_match_order,
    observed,
    what_changed,
)
from cost_slo.domain.spend.cube import CubeQuestion, Where
from cost_slo.ports import CostSource

_EVERYTHING: Where = ()


def explain(
    costs: CostSource,
    asked: CubeQuestion,
    *,
    grouping: Callable[[Leaves], Grouping] = PlainGrouping,
) -> WhatChanged:
    """The drivers of a change. Raises CostDataError or SourceError as the source does."""
    cube = costs.fetch_cube(asked)
    found = closer_breakdown(cube, grouping=grouping)
    period = observed(cube.window, cube.baseline)
    order = first_match_order(found.segments, cube.dimensions)
    wanted = [found.segments[index].where for index in order]
    daily = CubeQuestion(period, slo=asked.slo, currency=cube.currency)
    *claimed, rest = costs.fetch_series(daily, [*wanted, _EVERYTHING])
    arrived = _arrived([*claimed, rest])
    series = dict(zip(order, claimed, strict=True))
    in_turn = [series[index][:arrived] for index in range(len(order))]
    return what_changed(cube, found, in_turn, period.start)


def _arrived(series: Sequence[Sequence[Decimal]]) -> int:
    """How many days until the last charge; days that have not arrived are not falls to zero."""
    days = enumerate(zip(*series, strict=True), start=1)
    return max((day for day, costs in days if any(costs)), default=0)
