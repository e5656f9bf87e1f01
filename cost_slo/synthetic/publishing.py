# SPDX-License-Identifier: Apache-2.0
"""Which charges does the export show at an instant?

An hour of usage appears 8 to 16 hours after it ends (the delay of its day), so a day is there
about half a day after it ended. Of one usage charge in five a tenth comes one to three days
later: a restatement. A charge that does not accrue appears whole, 8 to 16 hours after it starts.
In the end the export and the bill are equal, row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zlib import crc32

from cost_slo.domain.spend.charge import USAGE_BASED, Charge
from cost_slo.synthetic.story import at_bill_precision

_HOUR = timedelta(hours=1)
LATE_PART = Decimal("0.1")


def as_published(charges: Iterable[Charge], at: datetime) -> Iterator[Charge]:
    """The charges visible at an instant, each with the part of its amounts known by then."""
    for charge in charges:
        if part := _part_known(charge, at):
            yield charge if part == 1 else _scaled(charge, part)


def _part_known(charge: Charge, at: datetime) -> Decimal:
    known_through = at - _delay(charge)
    start, end = charge.charge_period_start, charge.charge_period_end
    if charge.charge_frequency != USAGE_BASED:
        return Decimal(known_through >= start)
    hours = max(0, (min(known_through, end) - start) // _HOUR)
    part = Decimal(hours) / ((end - start) // _HOUR)
    return part * (1 - LATE_PART) if at < end + _lateness(charge) else part


def _delay(charge: Charge) -> timedelta:
    return (8 + crc32(f"{charge.charge_period_start:%Y-%m-%d}".encode()) % 9) * _HOUR


def _lateness(charge: Charge) -> timedelta:
    draw = crc32(f"{charge.resource_id}/{charge.sku_id}/{charge.charge_period_start}".encode())
    return timedelta(0) if draw % 5 else (24 + draw // 5 % 49) * _HOUR


def _scaled(charge: Charge, part: Decimal) -> Charge:
    quantity = charge.consumed_quantity
    return replace(
        charge,
        consumed_quantity=None if quantity is None else at_bill_precision(quantity * part),
        billed_cost=at_bill_precision(charge.billed_cost * part),
        effective_cost=at_bill_precision(charge.effective_cost * part),
        contracted_cost=at_bill_precision(charge.contracted_cost * part),
        list_cost=at_bill_precision(charge.list_cost * part),
    )
