# SPDX-License-Identifier: Apache-2.0
"""What did each combination of dimension values cost, before and after?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Metric, Slo

NAMES = ("service", "meter", "account", "region", "category", "resource")
TAG = "tag:"
MOST_DIMENSIONS = 6

# Dimensions and their values, all of which must match; nothing matches everything.
Where = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CubeQuestion:
    """Two periods to compare. CostDataError if they share days.

    Without an SLO the whole bill, without a currency the bill's own, without a baseline the usual
    one (`usual_baseline`), without dimensions those in which the charges differ.
    """

    window: Period
    baseline: Period | None = None
    slo: Slo | None = None
    currency: str | None = None
    dimensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        held = self.baseline
        if held and held.start < self.window.end and self.window.start < held.end:
            raise CostDataError("window and baseline share days; a change is between periods apart")

    @property
    def metric(self) -> Metric:
        """The cost that counts: the SLO's metric, or the billed cost without an SLO."""
        return self.slo.metric if self.slo else Metric.BILLED


@dataclass(frozen=True, slots=True)
class Cell:
    """What one combination of dimension values cost in the baseline and in the window.

    `values` has one entry a dimension, "" if the charge has none. `before` is scaled to the
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
        """The indexes of the dimensions in which cells with a cost differ; any other is mute."""
        costly = [cell.values for cell in self.cells if cell.has_cost]
        places = range(len(self.dimensions))
        return tuple(at for at in places if any(each[at] != costly[0][at] for each in costly))

    @property
    def varying(self) -> Cube:
        """The cube without its mute dimensions: one dimension at least, six at most."""
        kept = (self.telling or (0,))[:MOST_DIMENSIONS]
        return replace(
            self,
            dimensions=tuple(self.dimensions[at] for at in kept),
            cells=tuple(
                replace(cell, values=tuple(cell.values[at] for at in kept)) for cell in self.cells
            ),
        )
