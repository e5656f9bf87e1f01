# SPDX-License-Identifier: Apache-2.0
"""What changed between two periods? The use case: read the cube, break it down, find since when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from cost_slo.domain.drivers.breakdown import closer_breakdown
from cost_slo.domain.drivers.segments.grouping import Grouping, Leaves, PlainGrouping
from cost_slo.domain.drivers.unit_split import unit_split
from cost_slo.domain.drivers.what_changed import (
    WhatChanged,
    first_match_order,
    observed,
    what_changed,
)
from cost_slo.domain.errors import CostSloError, in_words
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.spec.document import Slo, UnitObjective
from cost_slo.domain.spend.cube import CubeQuestion, Where
from cost_slo.domain.wording import one_line
from cost_slo.ports import CostSource, UnitSource

_EVERYTHING: Where = ()


def explain(
    costs: CostSource,
    asked: CubeQuestion,
    *,
    units: UnitSource | None = None,
    grouping: Callable[[Leaves], Grouping] = PlainGrouping,
) -> WhatChanged:
    """The drivers of a change; of a unit-cost SLO with why a unit costs more or less.

    Raises CostDataError or SourceError as the source does. A note says why units are missing.
    """
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
    whole = what_changed(cube, found, in_turn, period.start)
    charged = Period(period.start, period.start + arrived * DAY) if rest else period
    return _with_unit_cost(whole, asked.slo, units, charged)


def _with_unit_cost(
    whole: WhatChanged, slo: Slo | None, units: UnitSource | None, charged: Period
) -> WhatChanged:
    if units is None or slo is None or not isinstance(slo.objective, UnitObjective):
        return whole
    unit, cube = slo.objective.unit, whole.cube
    try:
        counted = units.fetch_units(slo, midnight(observed(cube.window, cube.baseline).end)).units
        return replace(whole, unit_cost=unit_split(cube, unit, counted, charged))
    except CostSloError as error:
        note = (
            f"why the cost per {one_line(unit)} changed is not known: {one_line(in_words(error))}"
        )
        return replace(whole, cube=replace(cube, notes=(*cube.notes, note)))


def _arrived(series: Sequence[Sequence[Decimal]]) -> int:
    """How many days until the last charge; days that have not arrived are not falls to zero."""
    days = enumerate(zip(*series, strict=True), start=1)
    return max((day for day, costs in days if any(costs)), default=0)
