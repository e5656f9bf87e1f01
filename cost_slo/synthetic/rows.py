# SPDX-License-Identifier: Apache-2.0
"""How does a cost become a row of the bill?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from cost_slo.domain.period import DAY, Month, midnight
from cost_slo.domain.spec.scope import ChargeCategory
from cost_slo.domain.spend.charge import Charge
from cost_slo.synthetic.catalog import PAYER, Fleet
from cost_slo.synthetic.story import at_bill_precision


def day_charge(fleet: Fleet, number: int, day: date, cost: Decimal) -> Charge:
    return usage_charge(fleet, number, midnight(day), cost)


def usage_charge(
    fleet: Fleet, number: int, start: datetime, cost: Decimal, *, lasting: timedelta = DAY
) -> Charge:
    """What one resource used from `start` on."""
    meter, month = fleet.meter, Month.containing(start.date())
    amount = at_bill_precision(cost)
    return Charge(
        billing_account_id=PAYER.id,
        sub_account_id=fleet.account.id,
        sub_account_name=fleet.account.name,
        provider_name=fleet.provider,
        invoice_id=invoice_id(fleet.provider, month),
        billing_period_start=midnight(month.start),
        billing_period_end=midnight(month.end),
        charge_period_start=start,
        charge_period_end=start + lasting,
        charge_category=ChargeCategory.USAGE,
        charge_description=f"{meter.price:f} per {meter.unit} of {meter.name} in {fleet.region}",
        service_category=meter.category,
        service_name=meter.service,
        region_id=fleet.region,
        resource_id=fleet.resource_id(number),
        sku_id=f"{fleet.region}/{meter.name}",
        sku_meter=meter.name,
        consumed_quantity=at_bill_precision(amount / meter.price),
        consumed_unit=meter.unit,
        billed_cost=amount,
        effective_cost=amount,
        contracted_cost=amount,
        list_cost=amount,
        tags=fleet.tags,
    )


def invoice_id(provider: str, month: Month) -> str:
    return f"{provider.upper()}-{month.start:%Y%m}"
