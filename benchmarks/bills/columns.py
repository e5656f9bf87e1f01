# SPDX-License-Identifier: Apache-2.0
"""Which columns has a generated bill, by format, version and spelling, and what is in them?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.bills.charges import ZERO, Charge
from benchmarks.bills.writing import Cell, Column, Role

PAYER = "555566667777"
SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "pascal": lambda name: name,
    "lower": str.lower,
    "snake": lambda name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(),
    "upper": lambda name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper(),
}
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4")
ESSENTIAL = {
    "start": "ChargePeriodStart",
    "end": "ChargePeriodEnd",
    "billed": "BilledCost",
    "effective": "EffectiveCost",
    "category": "ChargeCategory",
    "service": "ServiceName",
    "account": "SubAccountId",
    "payer": "BillingAccountId",
    "month": "BillingPeriodStart",
    "month_end": "BillingPeriodEnd",
    "currency": "BillingCurrency",
    "frequency": "ChargeFrequency",
    "region": "RegionId",
    "tags": "Tags",
}
OPTIONAL = {
    "list": "ListCost",
    "class": "ChargeClass",
    "description": "ChargeDescription",
    "quantity": "ConsumedQuantity",
    "unit": "ConsumedUnit",
    "resource": "ResourceId",
    "x": "x_SomethingOfOurs",
}
PROVIDERS_OF = {
    "1.3": {"provider": "ServiceProviderName", "old_provider": "ProviderName"},
    "1.4": {"provider": "ServiceProviderName", "host": "HostProviderName"},
}
LEGACY = {
    "line": "identity/LineItemId",
    "payer": "bill/PayerAccountId",
    "month": "bill/BillingPeriodStartDate",
    "month_end": "bill/BillingPeriodEndDate",
    "account": "lineItem/UsageAccountId",
    "kind": "lineItem/LineItemType",
    "start": "lineItem/UsageStartDate",
    "end": "lineItem/UsageEndDate",
    "code": "lineItem/ProductCode",
    "currency": "lineItem/CurrencyCode",
    "unblended": "lineItem/UnblendedCost",
    "reserved": "reservation/EffectiveCost",
    "unused_fee": "reservation/UnusedRecurringFee",
    "covered": "savingsPlan/SavingsPlanEffectiveCost",
    "committed": "savingsPlan/TotalCommitmentToDate",
    "used": "savingsPlan/UsedCommitment",
}
PRODUCT = {"service": "product/ProductName", "region": "product/region"}
ROLES: Mapping[str, Role] = {
    **dict.fromkeys(("start", "end", "month", "month_end"), "time"),
    **dict.fromkeys(("billed", "effective", "list", "quantity", "unblended"), "amount"),
    **dict.fromkeys(("reserved", "unused_fee", "covered", "committed", "used"), "amount"),
    **dict.fromkeys(("tags", "product"), "map"),
}


def focus_columns(random: Random, version: str, spelling: str) -> list[Column]:
    """The columns of a FOCUS file, in any order."""
    chosen = {key: name for key, name in OPTIONAL.items() if random.random() < 0.5}
    names = ESSENTIAL | PROVIDERS_OF.get(version, {"provider": "ProviderName"}) | chosen
    return _shuffled(random, names, SPELLINGS[spelling])


def cur_columns(random: Random, dialect: str) -> list[Column]:
    """The columns of an AWS report: `legacy`, `athena`, `cur2` or `cur2-tags`."""
    if dialect == "legacy":
        tags = {f"tag:{key}": f"resourceTags/user:{key}" for key in ("product", "env")}
        return _shuffled(random, LEGACY | PRODUCT | tags, SPELLINGS["pascal"])
    if dialect == "athena":
        tags = {f"tag:{key}": f"resource_tags_user_{key}" for key in ("product", "env")}
        product = {"service": "product_product_name", "region": "product_region"}
        return _shuffled(random, _athena(LEGACY) | product | tags, SPELLINGS["pascal"])
    tags = {"tags": "tags" if dialect == "cur2-tags" else "resource_tags"}
    product = {"product": "product", "region": "product_region_code"}
    return _shuffled(random, _athena(LEGACY) | product | tags, SPELLINGS["pascal"])


def _athena(names: Mapping[str, str]) -> dict[str, str]:
    return {
        key: re.sub(r"(?<![/_])(?<!^)(?=[A-Z])", "_", name).replace("/", "_").lower()
        for key, name in names.items()
    }


def _shuffled(
    random: Random, names: Mapping[str, str], spelled: Callable[[str], str]
) -> list[Column]:
    columns = [Column(key, spelled(name), ROLES.get(key, "text")) for key, name in names.items()]
    random.shuffle(columns)
    return columns


def cell(charge: Charge, column: Column, dialect: str) -> Cell:
    """What a charge has in a column; None if it has nothing there."""
    if column.key.startswith("tag:"):
        return charge.tags.get(column.key.removeprefix("tag:"))
    return {**_anywhere(charge), **_in_focus(charge), **_in_cur(charge, dialect)}.get(column.key)


def _anywhere(charge: Charge) -> dict[str, Cell]:
    month = charge.start.replace(day=1, hour=0)
    return {
        "start": charge.start,
        "end": charge.end,
        "month": month,
        "month_end": (month + timedelta(days=32)).replace(day=1),
        "payer": PAYER,
        "account": charge.account,
        "currency": charge.currency,
        "service": charge.service,
        "region": charge.region or None,
        "tags": charge.tags,
    }


def _in_focus(charge: Charge) -> dict[str, Cell]:
    return {
        "billed": charge.billed,
        "effective": charge.effective,
        "list": abs(charge.billed),
        "category": charge.category,
        "frequency": charge.frequency,
        "provider": charge.provider,
        "old_provider": charge.provider,
        "host": charge.provider,
        "description": f'{charge.service}, a "line"\nof {charge.account}',
        "quantity": abs(charge.billed),
        "unit": "Hours",
        "resource": "i-0123",
        "x": "1",
    }


def _in_cur(charge: Charge, dialect: str) -> dict[str, Cell]:
    only = {
        "DiscountedUsage": {"reserved": charge.effective},
        "RIFee": {"unused_fee": charge.effective},
        "SavingsPlanCoveredUsage": {"covered": charge.effective},
        "SavingsPlanRecurringFee": {"committed": charge.effective, "used": ZERO},
    }
    prefixes = {"cur2": "user_", "cur2-tags": "resourceTags/"}
    found: dict[str, Cell] = {
        "line": f"line-{charge.start:%d%H}",
        "kind": charge.kind,
        "code": "AmazonEC2",
        "unblended": charge.unblended,
        "product": {"product_name": charge.service},
        **only.get(charge.kind, {}),
    }
    if dialect in prefixes:
        found["tags"] = {f"{prefixes[dialect]}{key}": each for key, each in charge.tags.items()}
    return found


def month_of(at: datetime) -> datetime:
    """The first of its month."""
    return datetime(at.year, at.month, 1, tzinfo=UTC)
