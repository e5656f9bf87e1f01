# SPDX-License-Identifier: Apache-2.0
"""What did each combination of dimension values cost, before and after?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period

NAMES = ("service", "meter", "account", "region", "category", "resource")
TAG = "tag:"
MOST_DIMENSIONS = 6

# Dimensions and their values, all of which must match; nothing matches everything.
Where = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one combination of dimension values cost in the baseline and in the window.

    `values` has one entry a dimension, "" where the charge has none. `before` is scaled to the
    window's days, exactly. Quantities are in `unit`, scaled likewise, None where not metered.
    List costs are what the same usage costs without discounts, None where unknown.
    """

    values: tuple[str, ...]
    before: Decimal
    after: Decimal
    quantity_before: Decimal | None = None
    quantity_after: Decimal | None = None
    unit: str = ""
    list_before: Decimal | None = None
    list_after: Decimal | None = None

    @property
    def has_cost(self) -> bool:
        """Whether anything was charged or refunded, in either period."""
        return bool(self.before or self.after)


@dataclass(frozen=True, slots=True)
class Cube:
    """Every cell of two periods; `dimensions` names the values of each cell, in their order.

    Dimensions are named as in a spec: service, meter, account, region, tag:KEY, resource, category.
    `description` says which bill it is; `notes` are sentences a reader must see. `requests` are
    the paid requests made to read it.
    """

    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]
    window: Period
    baseline: Period
    currency: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()
    requests: int = 0
    request_cost: Decimal = ZERO

    @property
    def telling(self) -> tuple[int, ...]:
        """The places of dimensions in which cells that cost anything differ; any other is mute."""
        costly = [cell.values for cell in self.cells if cell.has_cost]
        places = range(len(self.dimensions))
        return tuple(at for at in places if any(each[at] != costly[0][at] for each in costly))
