# SPDX-License-Identifier: Apache-2.0
"""How many dollars of a change are usage, mix, price, discount, or something new?

Each cell that is metered in both periods is split by Shapley value over its factors (`shapley`,
`factors`); with cost and quantity alone that is the midpoint formula of price-volume analysis:

    usage = (Q1 - Q0) * (P0 + P1) / 2        price = (P1 - P0) * (Q0 + Q1) / 2

What is metered in one period only is `new` or `gone`, and does not change the mix of the others.
What has no quantity is `unmetered`. Nothing is lost to division: the effects of a cell sum to its
change to the last digit.

>>> paid = Cell(("NAT",), Decimal(30), Decimal(60), Decimal(10), Decimal(12), "GB")
>>> split = effects([paid])
>>> round(split.usage), round(split.price), split.change
(8, 22, Decimal('30.000000000000'))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal

from cost_slo.domain.currencies import smallest
from cost_slo.domain.drivers.effects.factors import Totals, factors, quantities, totals
from cost_slo.domain.drivers.effects.shapley import shapley
from cost_slo.domain.exact import difference, places, rounded, total
from cost_slo.domain.money import ZERO
from cost_slo.domain.shares import apportioned
from cost_slo.domain.spend.cube import Cell

# The step of a cell's effects, or that of its change if this is finer.
_FINEST = Decimal("1E-12")


@dataclass(frozen=True, slots=True)
class Effects:
    """Signed amounts in the billing currency that sum exactly to the change.

    `usage` is the total quantity of a unit, `mix` its spread over dearer and cheaper cells, `price`
    the list rate (the effective one if no list cost is known), `discount` what commitments and
    agreements leave to pay of it.
    """

    usage: Decimal = ZERO
    mix: Decimal = ZERO
    price: Decimal = ZERO
    discount: Decimal = ZERO
    new: Decimal = ZERO
    gone: Decimal = ZERO
    unmetered: Decimal = ZERO

    @property
    def change(self) -> Decimal:
        return total(astuple(self))


def effects(cells: Sequence[Cell]) -> Effects:
    """The change of all the cells, split; zero without cells."""
    columns = zip(*map(astuple, effects_by_cell(cells)), strict=True)
    return Effects(*map(total, columns))


def effects_by_cell(cells: Sequence[Cell]) -> tuple[Effects, ...]:
    """The change of each cell, split; in the order of the cells."""
    whole = totals(cell for cell in cells if _lasts(cell))
    return tuple(_split(cell, whole) for cell in cells)


def cents(effects: Effects, currency: str) -> Effects:
    """The effects for people: whole cents (or yen) that sum to the change, rounded likewise."""
    cent = smallest(currency)
    return Effects(*apportioned(astuple(effects), rounded(effects.change, cent), cent))


def _lasts(cell: Cell) -> bool:
    own = quantities(cell)
    return own is not None and 0 not in own


def _split(cell: Cell, whole: Totals) -> Effects:
    change = difference(cell.after, cell.before)
    own = quantities(cell)
    if own is None:
        return Effects(unmetered=change)
    if own[0] == 0:
        return Effects(new=change)
    if own[1] == 0:
        return Effects(gone=change)
    step = min(_FINEST, Decimal(1).scaleb(-places(change)))
    return Effects(*apportioned(shapley(factors(cell, own, whole)), change, step))
