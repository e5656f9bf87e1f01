# SPDX-License-Identifier: Apache-2.0
"""Which columns of a FOCUS file are which, in versions 1.0 to 1.4?

Version 1.3 renamed the provider and added the columns of allocated charges; 1.4 took the old name
away. Columns are found whatever their letter case and underscores.
"""

from __future__ import annotations

from cost_slo.adapters.bills.columns.charge_values import (
    CATEGORIES,
    CLASSES,
    FREQUENCIES,
    Spellings,
    meaning,
    unknown_text,
)
from cost_slo.adapters.bills.columns.shape import Column, FileColumns, FocusMapping
from cost_slo.adapters.bills.engine import TAGS_TYPE

# A file with any of these columns means to be FOCUS.
MARKS = frozenset({"chargeperiodstart", "billedcost", "effectivecost", "chargecategory"})

_TEXTS = {
    "currency": "BillingCurrency",
    "charge_frequency": "ChargeFrequency",
    "charge_class": "ChargeClass",
    "charge_description": "ChargeDescription",
    "service_name": "ServiceName",
    "service_code": "x_ServiceCode",
    "billing_account_id": "BillingAccountId",
    "sub_account_id": "SubAccountId",
    "sub_account_name": "SubAccountName",
    "region_id": "RegionId",
    "resource_id": "ResourceId",
    "sku_meter": "SkuMeter",
    "provider_name": "ProviderName",
    "consumed_unit": "ConsumedUnit",
}
AWS = r"(?i)^(aws|amazon)\b"
AMOUNTS = {
    "effective_cost": "EffectiveCost",
    "consumed_quantity": "ConsumedQuantity",
    "list_cost": "ListCost",
}
MOMENTS = {"charge_end": "ChargePeriodEnd", "billing_period": "BillingPeriodStart"}
_VALUES: dict[str, Spellings] = {"charge_frequency": FREQUENCIES, "charge_class": CLASSES}
_LABELS = {
    "charge_start": "ChargePeriodStart",
    "charge_category": "ChargeCategory",
    "billed_cost": "BilledCost",
    "tags": "Tags",
    **_TEXTS,
    **AMOUNTS,
    **MOMENTS,
}


def focus_mapping(columns: FileColumns) -> FocusMapping:
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
    for name, label in (_TEXTS | AMOUNTS | MOMENTS | {"tags": "Tags"}).items():
        column = columns.find(label)
        if column is not None:
            expressions[name] = _expression(name, column)
            raw[name] = column.text
    expressions["unknown_value"] = _unknown_value(columns, category)
    _add_provider(columns, expressions)
    _add_account(columns, expressions)
    step = _add_allocated(columns, expressions, raw)
    return FocusMapping(expressions, raw, _LABELS, steps=(step,) if step else ())


def _unknown_value(columns: FileColumns, category: Column) -> str:
    """The frequency and class of a charge of category Usage that mean nothing known."""
    named = [
        unknown_text(label, column.text, values)
        for label, values in (("ChargeFrequency", FREQUENCIES), ("ChargeClass", CLASSES))
        if (column := columns.find(label)) is not None
    ]
    found = f"nullif(concat_ws(' and ', {', '.join(['NULL', *named])}), '')"
    return f"CASE WHEN {meaning(category.text, CATEGORIES)} = 'Usage' THEN {found} END"


def _add_provider(columns: FileColumns, expressions: dict[str, str]) -> None:
    """1.3 has both names, and rows of 1.2 below it may have the old one only."""
    newer = columns.find("ServiceProviderName")
    if newer is not None:
        older = expressions.get("provider_name", "NULL")
        expressions["provider_name"] = f"coalesce({newer.text}, {older})"


def _add_account(columns: FileColumns, expressions: dict[str, str]) -> None:
    account = columns.find("SubAccountId")
    if account is not None:
        provider = expressions.get("provider_name", "''")
        is_aws = f"coalesce(regexp_matches({provider}, '{AWS}'), FALSE)"
        expressions["sub_account_id"] = account.account(is_aws)


def _add_allocated(
    columns: FileColumns, expressions: dict[str, str], raw: dict[str, str]
) -> dict[str, str]:
    """What a shared charge was split for; its tags count before those of the shared resource."""
    resource = columns.find("AllocatedResourceId")
    if resource is not None:
        whole = expressions.get("resource_id", "NULL")
        expressions["resource_id"] = f"coalesce({resource.text}, {whole})"
    allocated = columns.find("AllocatedTags")
    if allocated is None:
        return {}
    nothing = f"CAST(NULL AS {TAGS_TYPE})"
    step = {"step_tags": expressions.get("tags", nothing), "step_allocated": allocated.tags}
    stated = raw.get("tags", "NULL")
    expressions["tags"] = (
        f"CASE WHEN ({allocated.text}) IS NULL THEN step_tags "
        f"WHEN ({stated}) IS NULL THEN step_allocated "
        "WHEN step_tags IS NOT NULL AND step_allocated IS NOT NULL "
        "THEN map_concat(step_tags, step_allocated) END"
    )
    raw["tags"] = f"coalesce({stated}, {allocated.text})"
    return step


def _expression(name: str, column: Column) -> str:
    if name == "tags":
        return column.tags
    if name == "currency":
        return column.currency
    if name in _VALUES:
        return meaning(column.text, _VALUES[name])
    if name == "consumed_quantity":
        return column.quantity
    if name in AMOUNTS:
        return column.money
    return column.moment if name in MOMENTS else column.text
