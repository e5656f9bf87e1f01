# SPDX-License-Identifier: Apache-2.0
"""Why does one unit (a request) cost more: fewer units, more usage for each, price or mix?

The cost of a unit is split by Shapley value (`shapley`) over, for each metered cell,

    cost / units = (total quantity / units) * share * list rate * discount

so `usage` is the quantity a unit takes (tokens per request) and `mix` also holds what came and went
beside others of its unit (another model). What has no quantity is charge * (1 / units): `unmetered`
is the charge itself, `units` what the same charges weigh when shared by more or fewer units.

>>> cheap = Cell(("haiku",), Decimal(100), Decimal(90), Decimal(100), Decimal(90), "tokens")
>>> dear = Cell(("opus",), Decimal(0), Decimal(50), Decimal(0), Decimal(10), "tokens")
>>> split = unit_effects([cheap, dear], Decimal(10), Decimal(10))
>>> round(split.before), round(split.after), round(split.mix), round(split.usage)
(10, 14, 4, 0)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cost_slo.domain.drivers.effects.factors import Totals, factors, quantities, totals
from cost_slo.domain.drivers.effects.shapley import NONE, Factor, shapley
from cost_slo.domain.exact import difference, rounded, total
from cost_slo.domain.shares import apportioned
from cost_slo.domain.spend.cube import Cell

# The step in which the cost of a unit is kept, or finer if there are more than 10^9 units.
FINEST = Decimal("1E-15")
# From 10^9 units on, the cost of one gets one more decimal for each power of ten.
MANY_UNITS = 9
# A change of this many percent is shown in whole points, a smaller one in tenths.
WHOLE_POINTS_FROM = 10


@dataclass(frozen=True, slots=True)
class UnitEffects:
    """The cost of a unit before and after; the other amounts sum exactly to its change."""

    before: Decimal
    after: Decimal
    units: Decimal
    usage: Decimal
    mix: Decimal
    price: Decimal
    discount: Decimal
    unmetered: Decimal

    @property
    def effects(self) -> dict[str, Decimal]:
        names = ("units", "usage", "mix", "price", "discount", "unmetered")
        return {name: getattr(self, name) for name in names}


def unit_effects(
    cells: Sequence[Cell], units_before: Decimal, units_after: Decimal
) -> UnitEffects | None:
    """The change of the cost of a unit; None if a period has no units.

    `units_before` is scaled to the window's days, as the cells are.
    """
    if min(units_before, units_after) <= 0:
        return None
    units = (1 / Fraction(units_before), 1 / Fraction(units_after))
    whole = totals(cells)
    columns = zip(*(_split(cell, whole, units) for cell in cells), strict=True)
    parts = [sum(column, NONE) for column in columns] or [NONE] * 6
    step = FINEST.scaleb(min(0, MANY_UNITS - max(units_before, units_after).adjusted()))
    before = rounded(Fraction(total(cell.before for cell in cells)) * units[0], step)
    after = rounded(Fraction(total(cell.after for cell in cells)) * units[1], step)
    return UnitEffects(before, after, *apportioned(parts, difference(after, before), step))


def points(effects: UnitEffects) -> dict[str, Decimal] | None:
    """Percentage points of the cost before, by effect, that sum to its rounded change in percent.

    None if the unit cost nothing (or less) before: there is no percentage of that.

    >>> told = points(UnitEffects(*map(Decimal, (3, 4, 0, "0.5", "0.3", "0.2", 0, 0))))
    >>> {name: str(part) for name, part in told.items() if part}
    {'usage': '16', 'mix': '10', 'price': '7'}
    """
    if effects.before <= 0:
        return None
    percent = 100 / Fraction(effects.before)
    exact = {name: Fraction(part) * percent for name, part in effects.effects.items()}
    change = sum(exact.values(), NONE)
    step = Decimal(1) if abs(change) >= WHOLE_POINTS_FROM else Decimal("0.1")
    told = apportioned(list(exact.values()), rounded(change, step), step)
    return dict(zip(exact, told, strict=True))


def _split(cell: Cell, whole: Totals, units: Factor) -> Iterable[Fraction]:
    """The effects of one cell, in the order of `UnitEffects`."""
    own = quantities(cell)
    if own is None:
        charge, shared = shapley([(Fraction(cell.before), Fraction(cell.after)), units])
        return shared, NONE, NONE, NONE, NONE, charge
    total, *others = factors(cell, own, whole)
    each = (total[0] * units[0], total[1] * units[1])
    return NONE, *shapley([each, *others]), NONE
