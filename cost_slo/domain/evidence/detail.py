# SPDX-License-Identifier: Apache-2.0
"""What changed in detail, as JSON values that an incident keeps?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cost_slo.domain.account_changes.before_the_rise import (
    Lookup,
    changes_evidence,
    changes_to_json,
)
from cost_slo.domain.drivers.movers import movers_to_json
from cost_slo.domain.drivers.segment_movers import segment_movers
from cost_slo.domain.drivers.unit_split import unit_split, unit_split_to_json
from cost_slo.domain.drivers.what_changed import observed
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

    segments: Mapping[str, Any] | None = None
    unit_split: Mapping[str, Any] | None = None
    recent: Mapping[str, Any] | None = None
    changed: Mapping[str, Any] | None = None
    row: Mapping[str, Any] | None = None
    missing: tuple[Missing, ...] = ()

    def with_changes(self, lookup: Lookup) -> Detail:
        """The same, and what was done to the account."""
        return replace(self, changed=changes_to_json(lookup), row=changes_evidence(lookup))


# Nothing was read.
NO_DETAIL = Detail()


def by_segment(cube: Cube) -> Mapping[str, Any]:
    """The segments that explain a change, and the rest."""
    return movers_to_json(segment_movers(cube))


def by_unit(cube: Cube, slo: Slo, seen: Sequence[Observation]) -> Mapping[str, Any] | None:
    """Why a unit costs more or less; None unless the SLO is about the cost of a unit.

    Raises CostDataError unless the units of every day of both periods are known.
    """
    if not isinstance(slo.objective, UnitObjective):
        return None
    counted = {day: row.units for day, row in latest(seen).items() if row.units is not None}
    compared = observed(cube.window, cube.baseline)
    return unit_split_to_json(unit_split(cube, slo.objective.unit, counted, compared))
