# SPDX-License-Identifier: Apache-2.0
"""Which charge does a line of an AWS Cost and Usage Report mean, in FOCUS words?

Legacy reports (`lineItem/UsageStartDate`), their Athena spelling (`line_item_usage_start_date`)
and CUR 2.0 (the same with map columns) are one format: names are compared in the Athena
spelling. The meaning of a line item type is that of the FOCUS converters' AWS mapping.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cost_slo.adapter_kit.aws_record_types import AFTERWARDS, PURCHASES
from cost_slo.adapters.bills.columns.charge_values import line_type, unknown_line_type
from cost_slo.adapters.bills.columns.cur_costs import billed_cost, effective_cost, stated_cost
from cost_slo.adapters.bills.columns.cur_tags import cur_tags, is_tag
from cost_slo.adapters.bills.columns.shape import Column, FileColumns, FocusMapping, squeezed
from cost_slo.adapters.bills.engine import literal

REQUIRED = ("lineItem/UsageStartDate", "lineItem/UnblendedCost", "lineItem/LineItemType")

_RECURRING = ("RIFee", "SavingsPlanRecurringFee")
_METERED = ("Usage", "SavingsPlanCoveredUsage", "DiscountedUsage")
_NAMES = {
    "service_name": ("product_product_name", "product_servicename", "line_item_product_code"),
    "region_id": ("product_region_code", "product_region"),
}

_LABELS = {
    "charge_start": "lineItem/UsageStartDate",
    "charge_category": "lineItem/LineItemType",
    "billed_cost": "lineItem/UnblendedCost",
    "effective_cost": "EffectiveCost, from savingsPlan/ and reservation/ columns",
    "currency": "lineItem/CurrencyCode",
    "service_name": "product/ProductName",
    "sub_account_id": "lineItem/UsageAccountId",
    "region_id": "product/region",
    "resource_id": "lineItem/ResourceId",
    "sku_meter": "lineItem/UsageType",
    "provider_name": "provider",
    "tags": "resourceTags",
}


def is_cur(names: list[str]) -> bool:
    """Whether the columns are those of a Cost and Usage Report, complete or not."""
    return any(squeezed(name).startswith("lineitem") for name in names)


def athena_name(name: str) -> str:
    """The name as Athena spells it.

    >>> athena_name("lineItem/UsageStartDate"), athena_name("product/regionCode")
    ('line_item_usage_start_date', 'product_region_code')
    """
    if "/" not in name:
        return name.lower()
    parts = (re.sub(r"(?<!^)(?=[A-Z])", "_", part) for part in name.split("/"))
    return "_".join(parts).lower()


def cur_mapping(columns: FileColumns) -> FocusMapping:
    """Map a Cost and Usage Report; CostDataError names a required column that is missing."""
    own = FileColumns(
        [
            Column(athena_name(column.name), column.ref, column.type)
            for column in columns.all
            if not is_tag(column.name)
        ],
        columns.file,
    )
    start, cost, spelled = (_need(columns, own, name) for name in REQUIRED)
    kind = Column(spelled.name, "step_kind")
    tags = cur_tags(columns, own)
    net = own.find("line_item_net_unblended_cost")
    first = {
        "step_kind": line_type(spelled.text),
        "step_cost": cost.money,
        **({} if net is None else {"step_net": net.money}),
        **tags.step,
    }
    expressions = (
        _plain_columns(own)
        | _named(own)
        | {
            "charge_start": start.moment,
            "billed_cost": "step_billed",
            "moved_cost": "step_cost - step_billed",
            "effective_cost": effective_cost(own, kind, "step_billed"),
            "charge_category": _category(kind),
            "charge_frequency": _frequency(kind),
            "charge_class": f"CASE WHEN {kind.ref} = 'Refund' THEN 'Correction' END",
            "provider_name": "'AWS'",
            "tags": tags.tags,
            "unknown_value": unknown_line_type(spelled.text),
            **_metered(own, kind),
        }
    )
    raw = {
        "charge_start": start.text,
        "billed_cost": cost.text if net is None else stated_cost(cost, net),
        "charge_category": spelled.text,
        "effective_cost": spelled.text,
    } | ({} if tags.stated is None else {"tags": tags.stated})
    if (account := own.find("line_item_usage_account_id")) is not None:
        raw["sub_account_id"] = account.text
    steps = (first, {"step_billed": billed_cost(net)})
    return FocusMapping(expressions, raw, _LABELS, tags.keys, _in_map(own), steps)


def _need(columns: FileColumns, own: FileColumns, name: str) -> Column:
    found = own.find(athena_name(name))
    if found is not None:
        return found
    legacy = any("/" in column.name for column in columns.all)
    return columns.need(name if legacy else athena_name(name))


def _plain_columns(own: FileColumns) -> dict[str, str]:
    found: dict[str, str] = {}
    if (currency := own.find("line_item_currency_code")) is not None:
        found["currency"] = currency.currency
    for name, source in (
        ("service_code", "line_item_product_code"),
        ("resource_id", "line_item_resource_id"),
        ("sku_meter", "line_item_usage_type"),
        ("consumed_unit", "pricing_unit"),
    ):
        if (column := own.find(source)) is not None:
            found[name] = column.text
    for name, source in (
        ("sub_account_id", "line_item_usage_account_id"),
        ("billing_account_id", "bill_payer_account_id"),
    ):
        if (column := own.find(source)) is not None:
            found[name] = column.account("TRUE")
    for name, source in (
        ("charge_end", "line_item_usage_end_date"),
        ("billing_period", "bill_billing_period_start_date"),
    ):
        if (column := own.find(source)) is not None:
            found[name] = column.moment
    return found


def _metered(own: FileColumns, kind: Column) -> dict[str, str]:
    """What was used, and its list cost; a line that only discounts repeats the usage it meets."""
    used, listed = own.find("line_item_usage_amount"), own.find("pricing_public_on_demand_cost")
    marks = ", ".join(literal(line) for line in _METERED)
    amounts = {
        "consumed_quantity": used.quantity if used else None,
        "list_cost": listed.money if listed else None,
    }
    return {
        name: f"CASE WHEN {kind.ref} IN ({marks}) THEN {amount} END"
        for name, amount in amounts.items()
        if amount is not None
    }


def _category(kind: Column) -> str:
    afterwards = " ".join(f"WHEN '{line}' THEN '{name}'" for line, name in AFTERWARDS.items())
    purchases = " ".join(f"WHEN '{line}' THEN 'Purchase'" for line in PURCHASES)
    known = f"CASE {kind.ref} {afterwards} {purchases} ELSE 'Usage' END"
    return f"CASE WHEN ({kind.text}) IS NOT NULL THEN {known} END"


def _frequency(kind: Column) -> str:
    recurring = " ".join(f"WHEN '{line}' THEN 'Recurring'" for line in _RECURRING)
    once = " ".join(
        f"WHEN '{line}' THEN 'One-Time'"
        for line in (*PURCHASES, *AFTERWARDS)
        if line not in _RECURRING
    )
    return f"CASE {kind.ref} {recurring} {once} ELSE 'Usage-Based' END"


def _named(own: FileColumns) -> dict[str, str]:
    """The service and the region, each only if a column of the report can name it."""
    found = {name: _texts(own, sources) for name, sources in _NAMES.items()}
    return {name: f"coalesce({', '.join(texts)}, NULL)" for name, texts in found.items() if texts}


def _texts(own: FileColumns, names: Sequence[str]) -> list[str]:
    """The text of each of these columns, which CUR 2.0 may hold in its map `product`."""
    product = own.find("product")
    found: list[str] = []
    for name in names:
        column = own.find(name)
        if column is not None:
            found.append(column.text)
        elif product is not None and name.startswith("product_"):
            key = literal(name.removeprefix("product_"))
            found.append(f"nullif({product.tags}[{key}], '')")
    return found


def _in_map(own: FileColumns) -> frozenset[str]:
    """What no column names, so that only the map `product` may."""
    return frozenset(name for name, sources in _NAMES.items() if own.find(*sources) is None)
