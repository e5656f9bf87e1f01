# SPDX-License-Identifier: Apache-2.0
"""Which segments does an incident record as what changed?"""

from __future__ import annotations

from cost_slo.domain.drivers.breakdown import closer_breakdown
from cost_slo.domain.drivers.movers import MOST_MOVERS, Mover, Movers
from cost_slo.domain.drivers.segments.names import place
from cost_slo.domain.drivers.what_changed import Driver, what_changed
from cost_slo.domain.spend.cube import Cube


def segment_movers(cube: Cube) -> Movers:
    """The largest segments of a cube as movers, named in full; they and the rest add up exactly."""
    found = closer_breakdown(cube, most=MOST_MOVERS)
    whole = what_changed(cube, found, [()] * len(found.segments), cube.baseline.start)
    return Movers(
        total_before=whole.before,
        total_after=whole.after,
        change=whole.change,
        movers=tuple(_mover(driver, cube) for driver in whole.drivers),
        rest=whole.rest.segment.change,
        window=cube.window,
        baseline=cube.baseline,
    )


def _mover(driver: Driver, cube: Cube) -> Mover:
    segment = driver.segment
    return Mover(
        service=driver.name,
        before=segment.before,
        after=segment.after,
        change=segment.change,
        kind=segment.kind,
        where=place(segment, cube.dimensions),
    )
