# SPDX-License-Identifier: Apache-2.0
"""The values that a query found, with the cost of each by currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cost_slo.domain.money import ZERO, plain
from cost_slo.domain.spec.scope_notes import BillValue


@dataclass(slots=True)
class _Sums:
    costs: dict[str, Decimal] = field(default_factory=dict)
    rows: int = 0
    also: str | None = None


def gathered(rows: Sequence[tuple[Any, ...]]) -> tuple[BillValue, ...]:
    """Values, the largest first, from rows of value, other name, currency, cost and count."""
    sums: dict[str, _Sums] = {}
    for value, also, currency, cost, n in rows:
        each = sums.setdefault(value, _Sums())
        each.costs[currency] = each.costs.get(currency, ZERO) + Decimal(plain(cost or ZERO))
        each.rows += int(n)
        each.also = also if also and also != value else each.also
    found = (
        BillValue(value, each.costs, each.rows, (each.also,) if each.also else ())
        for value, each in sums.items()
    )
    return tuple(sorted(found, key=lambda each: (-each.size, each.value)))
