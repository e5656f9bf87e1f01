# SPDX-License-Identifier: Apache-2.0
"""Which charges does a generated bill hold?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

ZERO = Decimal(0)
DOUBLE_DIGITS, LONG_DIGITS = 15, 30
EVERY_CATEGORY = ("Usage", "Purchase", "Adjustment", "Tax", "Credit")
SERVICES = (
    "Amazon Elastic Compute Cloud",
    "AWS Lambda",
    "Amazon S3",
    "Virtual Machines, Linux",
    'Storage "hot"',
    "Zoë's 服务",
)
OTHERS_ACCOUNT = "sub-000123"
ACCOUNTS = ("012345678901", "111122223333", "999988887777")
REGIONS = ("us-east-1", "eu-west-1", "")
PROVIDERS = ("AWS", "Microsoft", "Google Cloud")
PRODUCTS = ("search", "checkout", "", "ads & more")
FIRST_DAYS = tuple(datetime(2026, *day, tzinfo=UTC) for day in ((8, 27), (9, 1)))
FREQUENCIES = {
    "Usage": ("Usage-Based",) * 15 + ("Recurring",),
    "Purchase": ("One-Time", "Recurring"),
}
CUR_KINDS = {
    "Usage": ("Usage", "Usage-Based"),
    "DiscountedUsage": ("Usage", "Usage-Based"),
    "SavingsPlanCoveredUsage": ("Usage", "Usage-Based"),
    "RIFee": ("Purchase", "Recurring"),
    "SavingsPlanRecurringFee": ("Purchase", "Recurring"),
    "SavingsPlanUpfrontFee": ("Purchase", "One-Time"),
    "Fee": ("Purchase", "One-Time"),
    "Tax": ("Tax", "One-Time"),
    "Credit": ("Credit", "One-Time"),
    "Refund": ("Adjustment", "One-Time"),
}


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge; `kind` is its line item type in an AWS report, `unblended` its cost there.

    Usage that a savings plan covers has an unblended cost and is not billed.
    """

    start: datetime
    end: datetime
    billed: Decimal
    effective: Decimal
    category: str
    frequency: str | None
    service: str
    account: str
    region: str
    provider: str
    tags: Mapping[str, str]
    currency: str = "USD"
    kind: str = "Usage"
    unblended: Decimal | None = None

    @property
    def is_usage(self) -> bool:
        return self.category == "Usage" and self.frequency in ("Usage-Based", None)


def focus_charges(random: Random, *, digits: int = LONG_DIGITS) -> list[Charge]:
    """1 to 60 charges of several days, services, accounts and providers, as FOCUS has them."""
    whole_days = random.random() < 0.5
    return [_focus_charge(random, digits, whole_days=whole_days) for _ in _numbers(random)]


def _numbers(random: Random) -> range:
    return range(random.choice((1, 2, random.randint(3, 15), random.randint(10, 60))))


def _focus_charge(random: Random, digits: int, *, whole_days: bool) -> Charge:
    category = random.choices(EVERY_CATEGORY, (70, 8, 4, 9, 9))[0]
    billed = amount(random, digits)
    if category == "Credit" or (category == "Usage" and random.random() < 0.1):
        billed = -billed
    charge = _common(random, whole_days=whole_days)
    provider = random.choices(PROVIDERS, (8, 1, 1))[0]
    return replace(
        charge,
        billed=billed,
        effective=billed if random.random() < 0.6 else amount(random, digits),
        category=category,
        frequency=random.choice(FREQUENCIES.get(category, ("One-Time",))),
        provider=provider,
        account=charge.account if provider == "AWS" else OTHERS_ACCOUNT,
    )


def cur_charges(random: Random, *, digits: int = LONG_DIGITS) -> list[Charge]:
    """The same of an AWS report: each covered usage is followed by its untagged negation."""
    days = random.random() < 0.5
    lines = (_cur_charge(random, digits, whole_days=days) for _ in _numbers(random))
    return [charge for line in lines for charge in line]


def _cur_charge(random: Random, digits: int, *, whole_days: bool) -> Iterator[Charge]:
    kind = random.choices(list(CUR_KINDS), (60, 5, 8, 3, 3, 2, 3, 6, 5, 3))[0]
    category, frequency = CUR_KINDS[kind]
    cost = amount(random, digits)
    cost = -cost if category in ("Credit", "Adjustment") else cost
    charge = replace(
        _common(random, whole_days=whole_days),
        kind=kind,
        category=category,
        frequency=frequency,
        unblended=ZERO if kind == "DiscountedUsage" else cost,
        billed=ZERO if kind in ("DiscountedUsage", "SavingsPlanCoveredUsage") else cost,
        effective=_cur_effective(random, kind, cost, digits),
    )
    yield charge
    if kind == "SavingsPlanCoveredUsage":
        yield replace(charge, kind="SavingsPlanNegation", unblended=-cost, effective=ZERO, tags={})


def _cur_effective(random: Random, kind: str, cost: Decimal, digits: int) -> Decimal:
    if kind == "SavingsPlanUpfrontFee":
        return ZERO
    apart = ("DiscountedUsage", "SavingsPlanCoveredUsage", "RIFee", "SavingsPlanRecurringFee")
    return amount(random, digits) if kind in apart else cost


def _common(random: Random, *, whole_days: bool) -> Charge:
    day = random.choice(FIRST_DAYS) + timedelta(days=random.randint(0, 12))
    start = day if whole_days else day + timedelta(hours=random.randint(0, 23))
    product, env = random.choice(PRODUCTS), random.choice(("prod", "dev", ""))
    tags = {key: value for key, value in (("product", product), ("env", env)) if value}
    return Charge(
        start=start,
        end=start + (timedelta(days=1) if whole_days else timedelta(hours=1)),
        billed=ZERO,
        effective=ZERO,
        category="Usage",
        frequency="Usage-Based",
        service=random.choice(SERVICES),
        account=random.choice(ACCOUNTS),
        region=random.choice(REGIONS),
        provider="AWS",
        tags=tags,
    )


def amount(random: Random, digits: int) -> Decimal:
    """An amount of at most so many significant digits: none, cents, tiny, long or huge."""
    kind = random.random()
    if kind < 0.08:
        return ZERO
    if kind < 0.55:
        return Decimal(random.randint(1, 99_999)).scaleb(-2)
    if kind < 0.78:
        return Decimal(random.randint(1, 10**12)).scaleb(-10)
    if kind < 0.9:
        return Decimal(random.randint(1, 999)).scaleb(-random.randint(8, 22))
    if kind < 0.95 and digits > DOUBLE_DIGITS:
        return Decimal(random.randint(1, 10**28)).scaleb(-22)
    return Decimal(random.randint(10**9, 10**12)).scaleb(-random.choice((0, 2)))
