# SPDX-License-Identifier: Apache-2.0
"""Which charges of a month do not accrue with usage?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Month, midnight
from cost_slo.domain.spec.scope import ChargeCategory
from cost_slo.domain.spend.charge import ONE_TIME, RECURRING, Charge
from cost_slo.synthetic.catalog import (
    COVERED,
    EC2,
    METALABS,
    METALABS_TAGS,
    NO_TAGS,
    PAYER,
    PROMPTLIB,
    WEEL,
    SampleAccount,
)
from cost_slo.synthetic.rows import invoice_id


@dataclass(frozen=True, slots=True)
class Lump:
    """A charge that appears once a month, on the same day."""

    day: int
    account: SampleAccount
    category: ChargeCategory
    frequency: str
    service: str
    description: str
    amount: Decimal
    tags: Mapping[str, str] = field(default_factory=lambda: NO_TAGS)
    correction: bool = False
    prepaid: bool = False
    """Its effective cost is spread over the usage it pays for."""


def _taxes() -> tuple[Lump, ...]:
    amounts = ((METALABS, "271.88"), (PROMPTLIB, "9.79"), (WEEL, "158.41"))
    return tuple(
        Lump(1, account, ChargeCategory.TAX, RECURRING, "Tax", "Sales tax", Decimal(amount))
        for account, amount in amounts
    )


def _lumps(month: Month) -> tuple[Lump, ...]:
    purchase, credit = ChargeCategory.PURCHASE, ChargeCategory.CREDIT
    support, marketplace = "AWS Support (Business)", "AWS Marketplace"
    plan, refund = COVERED.daily_cost * month.days, Decimal("-18.40")
    return (
        Lump(1, PAYER, purchase, RECURRING, support, "Support fee", Decimal(100)),
        Lump(1, PAYER, purchase, RECURRING, EC2, "Savings Plan fee", plan, prepaid=True),
        Lump(1, METALABS, purchase, RECURRING, marketplace, "Scanner", Decimal(89), METALABS_TAGS),
        *_taxes(),
        Lump(9, METALABS, ChargeCategory.ADJUSTMENT, ONE_TIME, EC2, "Refund", refund,
             METALABS_TAGS, correction=True),
        Lump(15, PAYER, credit, ONE_TIME, EC2, "Promotional credit", Decimal(-75)),
        Lump(15, METALABS, credit, ONE_TIME, EC2, "Service credit", Decimal(-40), METALABS_TAGS),
    )  # fmt: skip


def lump_charges(day: date) -> Iterator[Charge]:
    """The charges of a day that do not come from usage."""
    month = Month.containing(day)
    return (_charge(lump, day, month) for lump in _lumps(month) if lump.day == day.day)


def _charge(lump: Lump, day: date, month: Month) -> Charge:
    recurring = lump.frequency == RECURRING
    return Charge(
        billing_account_id=PAYER.id,
        sub_account_id=lump.account.id,
        sub_account_name=lump.account.name,
        provider_name="AWS",
        invoice_id=invoice_id("AWS", month),
        billing_period_start=midnight(month.start),
        billing_period_end=midnight(month.end),
        charge_period_start=midnight(day),
        charge_period_end=midnight(month.end if recurring else day + DAY),
        charge_category=lump.category,
        charge_class="Correction" if lump.correction else None,
        charge_frequency=lump.frequency,
        charge_description=lump.description,
        service_category="Compute" if lump.service == EC2 else "Other",
        service_name=lump.service,
        billed_cost=lump.amount,
        effective_cost=ZERO if lump.prepaid else lump.amount,
        contracted_cost=lump.amount,
        list_cost=lump.amount,
        tags=lump.tags,
    )
