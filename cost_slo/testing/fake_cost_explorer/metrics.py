# SPDX-License-Identifier: Apache-2.0
"""What does each metric of Cost Explorer add up?

A bill in FOCUS has two costs: BilledCost is every unblended cost, EffectiveCost every amortized
one. Blended rates and private discounts are not in it, so blended is billed and net is gross.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cost_slo.domain.money import plain
from cost_slo.testing.fake_cost_explorer.refusal import invalid

QUANTITY, NORMALIZED = "UsageQuantity", "NormalizedUsageAmount"
COST_COLUMNS = {
    "AmortizedCost": "effective_cost",
    "BlendedCost": "billed_cost",
    "NetAmortizedCost": "effective_cost",
    "NetUnblendedCost": "billed_cost",
    "UnblendedCost": "billed_cost",
}
METRIC_COLUMNS = {**COST_COLUMNS, QUANTITY: "consumed_quantity", NORMALIZED: "0"}
NO_UNIT = "N/A"
_UNIT = (
    f"CASE WHEN count(DISTINCT consumed_unit) = 1 AND count(consumed_unit) = count(*) "
    f"THEN min(consumed_unit) ELSE '{NO_UNIT}' END"
)


def known(metrics: Sequence[str]) -> list[str]:
    """The metrics, each once, in the requested order."""
    if not metrics:
        raise invalid("Metrics is empty. At least one metric is required")
    for name in metrics:
        if name not in METRIC_COLUMNS:
            raise invalid(f"Metric {name} is invalid. Valid values are {', '.join(METRIC_COLUMNS)}")
    return list(dict.fromkeys(metrics))


def sums(metrics: Sequence[str]) -> str:
    """The SELECT list: the unit of the quantity, then the sum of each metric."""
    return ", ".join([_UNIT, *(f"coalesce(sum({METRIC_COLUMNS[name]}), 0)" for name in metrics)])


def values(
    metrics: Sequence[str], amounts: Sequence[object], currency: str
) -> dict[str, dict[str, str]]:
    """The metrics as AWS answers them, from a row of `sums`."""
    unit, *found = amounts
    units = {QUANTITY: str(unit), NORMALIZED: NO_UNIT}
    return {
        name: {"Amount": plain(Decimal(str(amount))), "Unit": units.get(name, currency)}
        for name, amount in zip(metrics, found, strict=True)
    }
