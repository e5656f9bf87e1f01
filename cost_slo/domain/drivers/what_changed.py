# SPDX-License-Identifier: Apache-2.0
"""What changed between two periods, driver by driver, since when, and by usage or price?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cost_slo.domain.drivers.effects.effects import Effects, effects
from cost_slo.domain.drivers.inflection import Inflection, inflection
from cost_slo.domain.drivers.segments.names import REST, named, shared
from cost_slo.domain.drivers.segments.segments import Breakdown, Segment
from cost_slo.domain.drivers.unit_split import UnitSplit
from cost_slo.domain.exact import difference, total
from cost_slo.domain.period import Period
from cost_slo.domain.spend.cube import Cube, Where


@dataclass(frozen=True, slots=True)
class Driver:
    """One part of the change; `share` is its share of the whole, None if nothing changed."""

    name: str
    segment: Segment
    share: Decimal | None
    effects: Effects
    since: Inflection | None
    shared: Where = ()
    """What all of it has in common beyond what it was found by; see `segment_names.shared`."""


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """The drivers, largest change first, and the rest: together exactly the change of the cube.

    `unit_cost` is None unless the SLO has units, known in both periods.
    """

    cube: Cube
    drivers: tuple[Driver, ...]
    rest: Driver
    before: Decimal
    after: Decimal
    unit_cost: UnitSplit | None = None

    @property
    def change(self) -> Decimal:
        return difference(self.after, self.before)

    @property
    def parts(self) -> tuple[Driver, ...]:
        return (*self.drivers, self.rest)


def what_changed(
    cube: Cube, found: Breakdown, series: Sequence[Sequence[Decimal]], start: date
) -> WhatChanged:
    """The breakdown with a driver for each segment; `series` are their daily costs from `start` on.

    A series is empty if the source has no days.
    """
    parts = (*found.segments, found.rest)
    before, after = total(part.before for part in parts), total(part.after for part in parts)
    change = difference(after, before)
    earlier = _earlier(found.segments, cube.dimensions)
    drivers = tuple(
        Driver(
            named(segment, cube.dimensions, others=bool(taken)),
            segment,
            _share(segment, change),
            effects(segment.cells),
            inflection([float(cost) for cost in costs], start),
            shared(segment, cube),
        )
        for segment, taken, costs in zip(found.segments, earlier, series, strict=True)
    )
    rest = Driver(REST, found.rest, _share(found.rest, change), effects(found.rest.cells), None)
    return WhatChanged(cube, drivers, rest, before, after)


def _share(segment: Segment, change: Decimal) -> Decimal | None:
    return segment.change / change if change else None


def first_match_order(segments: Sequence[Segment], dimensions: Sequence[str]) -> list[int]:
    """The order in which segments claim cells: each cell belongs to the first it matches."""
    earlier = _earlier(segments, dimensions)
    order: list[int] = []
    while len(order) < len(segments):
        left = [index for index in range(len(segments)) if index not in order]
        order.append(next((at for at in left if earlier[at] <= set(order)), left[0]))
    return order


def _earlier(segments: Sequence[Segment], dimensions: Sequence[str]) -> list[set[int]]:
    """For each segment, the others whose cells match it too."""
    return [
        {
            index
            for index, other in enumerate(segments)
            if other is not segment and _owns_some_of(other, segment, dimensions)
        }
        for segment in segments
    ]


def _owns_some_of(owner: Segment, segment: Segment, dimensions: Sequence[str]) -> bool:
    told = dict(owner.where)
    if any(told.get(name, value) != value for name, value in segment.where):
        return False
    wanted = [(dimensions.index(name), value) for name, value in segment.where]
    return any(all(cell.values[at] == value for at, value in wanted) for cell in owner.cells)


def observed(window: Period, baseline: Period) -> Period:
    """The days of a driver's own series."""
    return Period(min(window.start, baseline.start), max(window.end, baseline.end))


def used_quantity(segment: Segment) -> tuple[Decimal, Decimal, str] | None:
    """Before, after and the unit; None if it is not metered, or not in one unit."""
    units = {cell.unit for cell in segment.cells}
    if len(units) != 1 or units == {""}:
        return None
    before = total(cell.quantity_before for cell in segment.cells if cell.quantity_before)
    after = total(cell.quantity_after for cell in segment.cells if cell.quantity_after)
    return before, after, units.pop()
