# SPDX-License-Identifier: Apache-2.0
"""Which factors make the cost of a cell?

    cost = total quantity of its unit * its share of it * list rate * discount

with share = quantity / total (the mix), list rate = ListCost / quantity and discount = cost /
ListCost (what commitments and agreements leave to pay). A factor that a side does not have (the
rate of what was not used) is what it is on the other side, so it has no effect. Where the list cost
is not known, the rate is cost / quantity and the discount is 1. Quantities of different units, or
of no named unit, are never added: such a cell's total is its own quantity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from cost_slo.domain.drivers.effects.shapley import NONE, ONE, Factor
from cost_slo.domain.spend.cube import Cell

CONSTANT: Factor = (ONE, ONE)

# The quantity of each unit, before and after.
Totals = Mapping[str, Factor]


def quantities(cell: Cell) -> Factor | None:
    """The cell's quantity before and after; None if its cost does not come from a quantity.

    Fees, taxes and credits have none, and a cost beside a quantity of zero comes of something else.
    """
    before = _quantity(cell.before, cell.quantity_before)
    after = _quantity(cell.after, cell.quantity_after)
    if before is None or after is None or before == after == 0:
        return None
    return before, after


def totals(cells: Iterable[Cell]) -> dict[str, Factor]:
    """The total quantity of each named unit over the metered cells."""
    sums: defaultdict[str, Factor] = defaultdict(lambda: (NONE, NONE))
    for cell in cells:
        if cell.unit and (own := quantities(cell)):
            before, after = sums[cell.unit]
            sums[cell.unit] = (before + own[0], after + own[1])
    return dict(sums)


def factors(cell: Cell, own: Factor, totals: Totals) -> tuple[Factor, Factor, Factor, Factor]:
    """Total quantity, share, list rate and discount of a cell with the quantities `own`."""
    rate, discount = _listed(cell, own) or (_ratio(_pair(cell.before, cell.after), own), CONSTANT)
    total = totals.get(cell.unit, own)
    if 0 in total:
        return own, CONSTANT, rate, discount
    return total, (own[0] / total[0], own[1] / total[1]), rate, discount


def _quantity(cost: Decimal, quantity: Decimal | None) -> Fraction | None:
    if quantity:
        return Fraction(quantity)
    return NONE if cost == 0 else None


def _listed(cell: Cell, own: Factor) -> tuple[Factor, Factor] | None:
    """List rate and discount; None if a cost that was charged has no list cost."""
    costs = _pair(cell.before, cell.after)
    lists = _pair(cell.list_before, cell.list_after)
    if any(cost != 0 and listed == 0 for cost, listed in zip(costs, lists, strict=True)):
        return None
    return _ratio(lists, own), _ratio(costs, lists)


def _pair(before: Decimal | None, after: Decimal | None) -> Factor:
    return Fraction(before or 0), Fraction(after or 0)


def _ratio(of: Factor, to: Factor) -> Factor:
    """The two quotients; one that does not exist equals the other, or 1."""
    before, after = (part / whole if whole else None for part, whole in zip(of, to, strict=True))
    known = next((ratio for ratio in (before, after) if ratio is not None), ONE)
    return (known if before is None else before, known if after is None else after)
