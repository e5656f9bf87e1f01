# SPDX-License-Identifier: Apache-2.0
"""What changed in detail?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cost_slo.domain.account_changes.before_the_rise import ChangedBefore
from cost_slo.domain.drivers.movers import Movers
from cost_slo.domain.drivers.unit_split import UnitSplit, unit_split
from cost_slo.domain.drivers.what_changed import observed
from cost_slo.domain.incidents.judged import Evidence
from cost_slo.domain.missing import Missing
from cost_slo.domain.spec.document import Slo, UnitObjective
from cost_slo.domain.spend.cube import Cube
from cost_slo.domain.spend.ledger import latest
from cost_slo.domain.spend.reading import Observation


@dataclass(frozen=True, slots=True)
class Detail:
    """What changed by segment, over the `compared_periods` and over the `recent_periods`.

    `unit_split` is why a unit costs more or less over the `compared_periods`. `changed` is what
    was done to the account around the first day of the rise, and `row` its row of evidence.
    `missing` is what could not be made, and why.
    """

    segments: Movers | None = None
    unit_split: UnitSplit | None = None
    recent: Movers | None = None
    changed: ChangedBefore | None = None
    row: Evidence | None = None
    missing: tuple[Missing, ...] = ()


# Nothing was read.
NO_DETAIL = Detail()


def by_unit(cube: Cube, slo: Slo, seen: Sequence[Observation]) -> UnitSplit | None:
    """Why a unit costs more or less; None unless the SLO is about the cost of a unit.

    Raises CostDataError unless the units of every day of both periods are known.
    """
    if not isinstance(slo.objective, UnitObjective):
        return None
    counted = {day: row.units for day, row in latest(seen).items() if row.units is not None}
    return unit_split(cube, slo.objective.unit, counted, observed(cube.window, cube.baseline))
