# SPDX-License-Identifier: Apache-2.0
"""What is one row of a bill?

Fields are the FOCUS 1.2 columns in snake case: `billed_cost` is BilledCost. Periods are
half-open and UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from cost_slo.domain.spec.scope import ChargeCategory

USAGE_BASED = "Usage-Based"
RECURRING = "Recurring"
ONE_TIME = "One-Time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One charge: who sold what to which account, when, and for how much."""

    billing_account_id: str
    sub_account_id: str
    sub_account_name: str
    provider_name: str
    invoice_id: str | None
    billing_period_start: datetime
    billing_period_end: datetime
    charge_period_start: datetime
    charge_period_end: datetime
    charge_category: ChargeCategory
    charge_class: str | None = None
    charge_frequency: str = USAGE_BASED
    charge_description: str
    service_category: str
    service_name: str
    region_id: str | None = None
    resource_id: str | None = None
    sku_id: str | None = None
    sku_meter: str | None = None
    consumed_quantity: Decimal | None = None
    consumed_unit: str | None = None
    billing_currency: str = "USD"
    billed_cost: Decimal
    effective_cost: Decimal
    contracted_cost: Decimal
    list_cost: Decimal
    tags: Mapping[str, str] = field(default_factory=dict)
