# SPDX-License-Identifier: Apache-2.0
"""Which charge does a line of an AWS Cost and Usage Report mean, in FOCUS words?

Legacy reports (`lineItem/UsageStartDate`), their Athena spelling (`line_item_usage_start_date`)
and CUR 2.0 (the same with map columns) are one format: names are compared in the Athena
spelling. The meaning of a line item type is that of the FOCUS converters' AWS mapping.
"""

from __future__ import annotations

import re

from cost_slo.adapter_kit.aws_record_types import AFTERWARDS, PURCHASES
from cost_slo.adapters.bills.columns.charge_values import line_type, unknown_line_type
from cost_slo.adapters.bills.columns.cur_tags import cur_tags, is_tag
from cost_slo.adapters.bills.columns.shape import Column, FileColumns, FocusMapping, squeezed
from cost_slo.adapters.bills.engine import MONEY, literal

REQUIRED = ("lineItem/UsageStartDate", "lineItem/UnblendedCost", "lineItem/LineItemType")

_RECURRING = ("RIFee", "SavingsPlanRecurringFee")
_METERED = ("Usage", "SavingsPlanCoveredUsage", "DiscountedUsage")
_COVERED = ("SavingsPlanCoveredUsage", "SavingsPlanNegation")
PAID_BY_COMMITMENT = ("SavingsPlanNegation", "SavingsPlanUpfrontFee")
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
            "effective_cost": _effective_cost(own, kind, "step_billed"),
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
        "billed_cost": cost.text if net is None else _stated_cost(cost, net),
        "charge_category": spelled.text,
        "effective_cost": spelled.text,
    } | ({} if tags.stated is None else {"tags": tags.stated})
    if (account := own.find("line_item_usage_account_id")) is not None:
        raw["sub_account_id"] = account.text
    steps = (first, {"step_billed": _billed_cost(net)})
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
        ("billing_account_id", "bill_payer_account_id"),
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


def _billed_cost(net: Column | None) -> str:
    """What is to be paid for a line.

    A savings plan is paid by its fee: the usage that it covers and the line that takes this usage
    back cost nothing. The net column has private discounts already, on the lines they are for.
    """
    covered = ", ".join(literal(line) for line in _COVERED)
    nothing = f"WHEN step_cost IS NULL THEN NULL WHEN step_kind IN ({covered}) THEN 0"
    if net is None:
        return f"CAST(CASE {nothing} ELSE step_cost END AS {MONEY})"
    return (
        f"CAST(CASE WHEN ({net.text}) IS NOT NULL AND step_net IS NULL THEN NULL {nothing} "
        "WHEN step_kind LIKE '%Discount' THEN coalesce(step_net, 0) "
        f"ELSE coalesce(step_net, step_cost) END AS {MONEY})"
    )


def _stated_cost(cost: Column, net: Column) -> str:
    return f"CASE WHEN step_cost IS NULL THEN {cost.text} ELSE {net.text} END"


def _effective_cost(own: FileColumns, kind: Column, billed: str) -> str:
    covered = _net_money(own, "savings_plan_{}savings_plan_effective_cost")
    reserved = _net_money(own, "reservation_{}effective_cost")
    unused_plan = _difference(own)
    unused_reservation = _unused_reservation(own)
    nothing = " ".join(f"WHEN '{line}' THEN 0" for line in PAID_BY_COMMITMENT)
    arn = _first_text(own, "reservation_reservation_arn")
    fee = f"CASE WHEN ({arn}) IS NOT NULL THEN 0 ELSE {billed} END"
    return (
        f"CAST(CASE {kind.ref} {nothing} WHEN 'SavingsPlanCoveredUsage' THEN {covered} "
        f"WHEN 'SavingsPlanRecurringFee' THEN {unused_plan} "
        f"WHEN 'DiscountedUsage' THEN {reserved} "
        f"WHEN 'RIFee' THEN {unused_reservation} WHEN 'Fee' THEN {fee} "
        f"ELSE {billed} END AS {MONEY})"
    )


def _unused_reservation(own: FileColumns) -> str:
    """The part of a reservation that nothing used, NULL if the report has no column for it."""
    names = (
        "reservation_{}unused_amortized_upfront_fee_for_billing_period",
        "reservation_{}unused_recurring_fee",
    )
    if not _has(own, *(name.format(net) for name in names for net in ("", "net_"))):
        return f"CAST(NULL AS {MONEY})"
    return " + ".join(f"coalesce({_net_money(own, name)}, 0)" for name in names)


def _net_money(own: FileColumns, name: str) -> str:
    """The amount after private discounts, else the one before them."""
    return f"coalesce({_money(own, name.format('net_'))}, {_money(own, name.format(''))})"


def _difference(own: FileColumns) -> str:
    committed = _money(own, "savings_plan_total_commitment_to_date")
    return f"{committed} - {_money(own, 'savings_plan_used_commitment')}"


def _money(own: FileColumns, name: str) -> str:
    column = own.find(name)
    return f"CAST(NULL AS {MONEY})" if column is None else column.money


def _first_text(own: FileColumns, *names: str) -> str:
    product = own.find("product")
    found: list[str] = []
    for name in names:
        column = own.find(name)
        if column is not None:
            found.append(column.text)
        elif product is not None and name.startswith("product_"):
            key = literal(name.removeprefix("product_"))
            found.append(f"nullif({product.tags}[{key}], '')")
    return f"coalesce({', '.join(found)}, NULL)" if found else "CAST(NULL AS VARCHAR)"


def _named(own: FileColumns) -> dict[str, str]:
    """The service and the region, each only if a column of the report can name it."""
    return {
        name: _first_text(own, *sources) for name, sources in _NAMES.items() if _has(own, *sources)
    }


def _in_map(own: FileColumns) -> frozenset[str]:
    """What no column names, so that only the map `product` may."""
    return frozenset(name for name, sources in _NAMES.items() if own.find(*sources) is None)


def _has(own: FileColumns, *names: str) -> bool:
    """Whether a column has one of these names, or the map `product` may have it as a key."""
    in_map = own.find("product") is not None and names[0].startswith("product_")
    return in_map or own.find(*names) is not None
