# SPDX-License-Identifier: Apache-2.0
"""Which columns of a FOCUS file are which? FOCUS 1.0, 1.1 and 1.2 spell them alike."""

from __future__ import annotations

from cost_slo.adapters.bills.engine import literal
from cost_slo.adapters.bills.shape import Column, Columns, FocusMapping
from cost_slo.domain.spec import ChargeCategory

MARKS = frozenset({"chargeperiodstart", "billedcost", "effectivecost", "chargecategory"})
"""A file with any of these columns means to be FOCUS."""

TEXTS = {
    "currency": "BillingCurrency",
    "charge_frequency": "ChargeFrequency",
    "charge_class": "ChargeClass",
    "charge_description": "ChargeDescription",
    "service_name": "ServiceName",
    "sub_account_id": "SubAccountId",
    "sub_account_name": "SubAccountName",
    "region_id": "RegionId",
    "resource_id": "ResourceId",
    "sku_meter": "SkuMeter",
    "provider_name": "ProviderName",
    "consumed_unit": "ConsumedUnit",
}
AMOUNTS = {
    "effective_cost": "EffectiveCost",
    "consumed_quantity": "ConsumedQuantity",
    "list_cost": "ListCost",
}
MOMENTS = {"charge_end": "ChargePeriodEnd", "billing_period": "BillingPeriodStart"}
LABELS = {
    "charge_start": "ChargePeriodStart",
    "charge_category": "ChargeCategory",
    "billed_cost": "BilledCost",
    "tags": "Tags",
    **TEXTS,
    **AMOUNTS,
    **MOMENTS,
}


def focus_mapping(columns: Columns) -> FocusMapping:
    """Map a FOCUS file; CostDataError names a required column that is missing."""
    start = columns.need("ChargePeriodStart")
    category = columns.need("ChargeCategory")
    cost = columns.need("BilledCost")
    expressions = {
        "charge_start": start.moment,
        "charge_category": _known_category(category),
        "billed_cost": cost.money,
    }
    raw = {
        "charge_start": start.text,
        "charge_category": category.text,
        "billed_cost": cost.text,
    }
    for name, label in (TEXTS | AMOUNTS | MOMENTS | {"tags": "Tags"}).items():
        column = columns.find(label)
        if column is not None:
            expressions[name] = _expression(name, column)
            if not column.is_map:
                raw[name] = column.text
    return FocusMapping(expressions, raw, LABELS)


def _known_category(category: Column) -> str:
    known = ", ".join(literal(each) for each in ChargeCategory)
    return f"CASE WHEN trim({category.ref}) IN ({known}) THEN trim({category.ref}) END"


def _expression(name: str, column: Column) -> str:
    if name == "tags":
        return column.tags
    if name == "consumed_quantity":
        return column.quantity
    if name in AMOUNTS:
        return column.money
    return column.moment if name in MOMENTS else column.text
