# SPDX-License-Identifier: Apache-2.0
"""How is a split change told in one sentence?

The command, the narrative and the alert say it with the same words. Rounded amounts add up to the
rounded change; an effect that rounds to nothing is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal

from cost_slo.domain.drivers.effects.effects import Effects, cents
from cost_slo.domain.drivers.effects.unit_effects import UnitEffects, points
from cost_slo.domain.drivers.inflection import ChangeShape, Inflection
from cost_slo.domain.period import Period
from cost_slo.domain.wording import (
    change,
    count,
    day,
    days,
    percent,
    signed_points,
    unit_price,
)

# From this confidence on a day is named without `probably`.
SURE = 0.9

RISE_AND_FALL = {
    "usage": ("more usage", "less usage"),
    "mix": ("a dearer mix", "a cheaper mix"),
    "price": ("a higher price", "a lower price"),
    "discount": ("a smaller discount", "a larger discount"),
    "new": ("what is new", "what is new"),
    "gone": ("what is gone", "what is gone"),
    "unmetered": ("charges without a quantity", "charges without a quantity"),
}
_SHAPES = {
    ChangeShape.STEP: "in one step",
    ChangeShape.RAMP: "as a ramp",
    ChangeShape.SPIKE: "as a spike",
    ChangeShape.RUNAWAY: "as a runaway",
}


def effects_in_words(effects: Effects, currency: str, window: Period, baseline: Period) -> str:
    """`+$30.00 in 8 to 14 Nov 2026 against 1 to 7 Nov 2026: +$22.00 from a higher price, ...`."""
    rounded = cents(effects, currency)
    parts = _largest_first(asdict(rounded))
    told = [
        f"{change(amount, currency)} from {RISE_AND_FALL[name][amount < 0]}"
        for name, amount in parts.items()
    ]
    head = f"{change(rounded.change, currency)} in {_against(window, baseline)}"
    return f"{head}: {', '.join(told)}." if told else f"{head}."


def unit_effects_in_words(
    effects: UnitEffects,
    currency: str,
    window: Period,
    baseline: Period,
    *,
    unit: str,
    usage: str = "usage",
) -> str:
    """`$0.0138 per request ...: +38% = +21% mix, +12% tokens per request, +5% price.`.

    `unit` is one unit of work in the singular, `usage` what it takes ("tokens").
    """
    cost = f"{unit_price(effects.after, currency)} per {unit}"
    before = f"{unit_price(effects.before, currency)} before"
    head = f"{cost}, {before} ({_against(window, baseline)})"
    split = points(effects)
    if split is None:
        return f"{head}."
    names = {"usage": f"{usage} per {unit}", "unmetered": "charges without a quantity"}
    names["units"] = f"{'fewer' if split['units'] > 0 else 'more'} {_several(unit)}"
    told = [
        f"{signed_points(part)} {names.get(name, name)}"
        for name, part in _largest_first(split).items()
    ]
    total = signed_points(sum(split.values(), Decimal(0)))
    return f"{head}: {total} = {', '.join(told)}." if told else f"{head}: no change."


def inflection_in_words(found: Inflection) -> str:
    """`since 12 Nov 2026, in one step (confidence 97%)`, or `probably since ...`."""
    since = "since" if found.confidence >= SURE else "probably since"
    confidence = percent(found.confidence)
    return f"{since} {day(found.day)}, {_SHAPES[found.shape]} (confidence {confidence})"


def _against(window: Period, baseline: Period) -> str:
    scaled = "" if window.days == baseline.days else f" scaled to {count(window.days, 'day')}"
    return f"{_in_words(window)} against {_in_words(baseline)}{scaled}"


def _in_words(period: Period) -> str:
    first, *rest = period.dates
    return days(first, rest[-1] if rest else first)


def _largest_first(parts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    told = [(name, part) for name, part in parts.items() if part]
    return dict(sorted(told, key=lambda named: -abs(named[1])))


def _several(unit: str) -> str:
    return count(2, unit).removeprefix("2 ")
