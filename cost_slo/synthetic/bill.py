# SPDX-License-Identifier: Apache-2.0
"""Every charge of the sample bill, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain, count

from cost_slo.domain.money import ZERO
from cost_slo.domain.spend.charge import Charge
from cost_slo.synthetic.catalog import COVERED, ESCAPED, FLEETS, LEAKING
from cost_slo.synthetic.lumps import lump_charges
from cost_slo.synthetic.rows import day_charge
from cost_slo.synthetic.story import Story, is_weekend, noise
from cost_slo.synthetic.tokens import token_charges

# Of the runaway's cost; the rest is traffic through the gateway.
SHARE_OF_WORKERS = Decimal("0.7")


def charges(story: Story) -> Iterator[Charge]:
    """Every charge of the story as the settled bill shows it, ordered by day."""
    return chain.from_iterable(_charges_of_day(story, day) for day in story.each_day())


def product_charges(story: Story, day: date, product: str) -> Iterator[Charge]:
    """What the fleets of one product (metalabs, promptlib, rest) used on a day."""
    dice = story.dice(product, day)
    busy = noise(dice, 0.02)
    for fleet in FLEETS[product]:
        shape = fleet.weekend if is_weekend(day) else Decimal(1)
        cost = fleet.daily_cost / fleet.resources * shape * busy
        for number in range(fleet.resources):
            yield day_charge(fleet, number, day, cost * noise(dice, 0.03))


def _charges_of_day(story: Story, day: date) -> Iterator[Charge]:
    yield from lump_charges(day)
    for product in FLEETS:
        yield from product_charges(story, day, product)
    yield from _covered_charges(day)
    yield from token_charges(story, day)
    yield from _runaway_charges(story.runaway_excess(day), day)


def _covered_charges(day: date) -> Iterator[Charge]:
    cost = COVERED.daily_cost / COVERED.resources
    for number in range(COVERED.resources):
        yield replace(day_charge(COVERED, number, day, cost), billed_cost=ZERO)


def _runaway_charges(excess: Decimal, day: date) -> Iterator[Charge]:
    if not excess:
        return
    yield day_charge(LEAKING, 0, day, excess * (1 - SHARE_OF_WORKERS))
    left = excess * SHARE_OF_WORKERS
    for number in count():
        yield day_charge(ESCAPED, number, day, min(left, ESCAPED.daily_cost))
        left -= ESCAPED.daily_cost
        if left <= 0:
            return
