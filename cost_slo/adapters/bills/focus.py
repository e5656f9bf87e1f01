# SPDX-License-Identifier: Apache-2.0
"""Which columns of a FOCUS file are which? FOCUS 1.0, 1.1 and 1.2 spell them alike."""

from __future__ import annotations

from cost_slo.adapters.bills.charge_values import (
    CATEGORIES,
    CLASSES,
    FREQUENCIES,
    Spellings,
    meaning,
    unknown,
)
from cost_slo.adapters.bills.shape import Column, Columns, FocusMapping

MARKS = frozenset({"chargeperiodstart", "billedcost", "effectivecost", "chargecategory"})
"""A file with any of these columns means to be FOCUS."""

TEXTS = {
    "currency": "BillingCurrency",
    "charge_frequency": "ChargeFrequency",
    "charge_class": "ChargeClass",
    "charge_description": "ChargeDescription",
    "service_name": "ServiceName",
    "service_code": "x_ServiceCode",
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
VALUES: dict[str, Spellings] = {"charge_frequency": FREQUENCIES, "charge_class": CLASSES}
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
        "charge_category": meaning(category.text, CATEGORIES),
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
    expressions["unknown_value"] = _unknown_value(columns, category)
    return FocusMapping(expressions, raw, LABELS)


def _unknown_value(columns: Columns, category: Column) -> str:
    """The frequency and class of a charge of category Usage that mean nothing known."""
    named = [
        unknown(label, column.text, values)
        for label, values in (("ChargeFrequency", FREQUENCIES), ("ChargeClass", CLASSES))
        if (column := columns.find(label)) is not None
    ]
    found = f"nullif(concat_ws(' and ', {', '.join(['NULL', *named])}), '')"
    return f"CASE WHEN {meaning(category.text, CATEGORIES)} = 'Usage' THEN {found} END"


def _expression(name: str, column: Column) -> str:
    if name == "tags":
        return column.tags
    if name in VALUES:
        return meaning(column.text, VALUES[name])
    if name == "consumed_quantity":
        return column.quantity
    if name in AMOUNTS:
        return column.money
    return column.moment if name in MOMENTS else column.text
