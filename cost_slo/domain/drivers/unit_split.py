# SPDX-License-Identifier: Apache-2.0
"""Why does one unit of an SLO (a request) cost more, or less, than in the baseline?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cost_slo.domain.drivers.comparable_periods import weights
from cost_slo.domain.drivers.effects.unit_effects import UnitEffects, unit_effects
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.exact import difference, total
from cost_slo.domain.money import plain
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spend.cube import Cell, Cube
from cost_slo.domain.wording import days, plural


@dataclass(frozen=True, slots=True)
class UnitSplit:
    """The change of the cost of one `unit`; `usage` is what a unit takes, such as "tokens".

    `units_before` is scaled to the window's days, as the costs of the cube are.
    """

    unit: str
    usage: str
    units_before: Decimal
    units_after: Decimal
    effects: UnitEffects


def unit_split(
    cube: Cube, unit: str, counted: Mapping[date, Decimal], charged: Period
) -> UnitSplit:
    """Why a unit costs what it does, from the units of each day; `charged` are the bill's days.

    Raises CostDataError unless the units of every charged day are known, and are more than none.
    """
    weighed = weights(cube.window, cube.baseline)
    counting = [day for day in cube.baseline.dates if weighed.shares[day.isoweekday()]]
    before = _known(counting, cube.baseline, unit, counted, charged)
    after = _known([*cube.window.dates], cube.window, unit, counted, charged)
    sums = [
        total(count for day, count in before.items() if day.isoweekday() in weekdays)
        for weekdays in map(weighed.weekdays, weighed.levels)
    ]
    (units_before,), units_after = weighed.scaled([sums]), total(after.values())
    effects = unit_effects(cube.cells, units_before, units_after)
    if effects is None:
        period = cube.window if units_before else cube.baseline
        raise CostDataError(f"no {plural(unit)} were counted in {_words(period)}")
    return UnitSplit(unit, _usage(cube.cells), units_before, units_after, effects)


def unit_split_to_json(split: UnitSplit) -> dict[str, Any]:
    """JSON values, amounts as decimal strings."""
    effects = split.effects
    return {
        "unit": split.unit,
        "usage": split.usage,
        "units": {"before": plain(split.units_before), "after": plain(split.units_after)},
        "before": plain(effects.before),
        "after": plain(effects.after),
        "change": plain(difference(effects.after, effects.before)),
        "effects": {name: plain(part) for name, part in effects.effects.items()},
    }


def unit_split_from_json(written: Mapping[str, Any]) -> UnitSplit:
    """The split that `unit_split_to_json` wrote."""
    counted = written["units"]
    amounts = {"before": written["before"], "after": written["after"], **written["effects"]}
    return UnitSplit(
        written["unit"],
        written["usage"],
        Decimal(counted["before"]),
        Decimal(counted["after"]),
        UnitEffects(**{name: Decimal(amount) for name, amount in amounts.items()}),
    )


def _known(
    wanted: Sequence[date],
    period: Period,
    unit: str,
    counted: Mapping[date, Decimal],
    charged: Period,
) -> dict[date, Decimal]:
    needed = [day for day in wanted if day in charged]
    known = {day: counted[day] for day in needed if day in counted}
    if len(known) < len(needed):
        message = f"{unit} counts are known for {len(known)} of {len(needed)} days"
        raise CostDataError(f"{message} of {_words(period)}")
    return known


def _usage(cells: Sequence[Cell]) -> str:
    """The one unit in which everything is metered, else "usage"."""
    metered = {cell.unit for cell in cells if cell.quantity_before or cell.quantity_after}
    (unit,) = metered if len(metered) == 1 else {""}
    return (unit.lower() if unit.istitle() else unit) or "usage"


def _words(period: Period) -> str:
    return days(period.start, period.end - DAY)
