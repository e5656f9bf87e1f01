# SPDX-License-Identifier: Apache-2.0
"""How many requests did weel answer, and what did the model charge for their tokens?

A request costs 1,000 x 0.0000008 + 220 x 0.0000032 = 0.0015 with the usual model, and
1,500 x 0.0000008 + 500 x 0.000004 = 0.0032 with the one that replaces it in the story month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cost_slo.domain.money import ZERO
from cost_slo.domain.period import midnight
from cost_slo.domain.spend.charge import Charge
from cost_slo.synthetic.catalog import AI, BEDROCK, EAST, WEEL, WEEL_AI_TAGS, WEST, Fleet, Meter
from cost_slo.synthetic.rows import usage_charge
from cost_slo.synthetic.story import Story, is_weekend, noise

REQUESTS = Decimal(40_000)
WEEKEND = Decimal("0.6")
REGIONS = ((EAST, Decimal("0.7")), (WEST, Decimal("0.3")))
# How a day's requests lie over its hours.
_HOURS = (2,) * 7 + (6, 7, 8, 8) + (8,) * 6 + (5,) * 3 + (3,) * 4
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Model:
    """A model: tokens in and out of a request, and the price of one of each."""

    name: str
    tokens_in: int
    price_in: Decimal
    tokens_out: int
    price_out: Decimal

    def meters(self) -> tuple[tuple[Meter, int], ...]:
        """Each meter, and how much of it one request uses."""
        incoming = Meter(BEDROCK, AI, f"{self.name}-input-tokens", "Tokens", self.price_in)
        outgoing = Meter(BEDROCK, AI, f"{self.name}-output-tokens", "Tokens", self.price_out)
        return ((incoming, self.tokens_in), (outgoing, self.tokens_out))


_USUAL = Model("nova-pro", 1000, Decimal("0.0000008"), 220, Decimal("0.0000032"))
COSTLY = Model("claude-3-5-haiku", 1500, Decimal("0.0000008"), 500, Decimal("0.000004"))


def requests(story: Story, day: date) -> Decimal:
    """The number of requests answered on a day."""
    shape = WEEKEND if is_weekend(day) else Decimal(1)
    return (REQUESTS * shape * noise(story.dice("requests", day), 0.04)).quantize(Decimal(1))


def units(story: Story) -> list[tuple[date, Decimal]]:
    return [(day, requests(story, day)) for day in story.each_day()]


def token_charges(story: Story, day: date) -> Iterator[Charge]:
    """The model's charges of a day, hour by hour."""
    model = COSTLY if story.regressed(day) else _USUAL
    answered, dice = requests(story, day), story.dice("tokens", day)
    for region, share in REGIONS:
        for meter, tokens in model.meters():
            fleet = Fleet(meter, WEEL, region, WEEL_AI_TAGS, model.name, 1, ZERO)
            cost = answered * share * tokens * meter.price * noise(dice, 0.02)
            for hour, weight in enumerate(_HOURS):
                start = midnight(day) + hour * _HOUR
                yield usage_charge(fleet, 0, start, cost * weight / sum(_HOURS), lasting=_HOUR)
