# SPDX-License-Identifier: Apache-2.0
"""One sentence about a driver: what, how much, which share, since when, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from operator import itemgetter

from cost_slo.domain.drivers.comparable_periods import ONE_WEEK, Scaling, months, scaling
from cost_slo.domain.drivers.effects.effects import cents
from cost_slo.domain.drivers.effects.unit_effects import points
from cost_slo.domain.drivers.inflection import ChangeShape, Inflection
from cost_slo.domain.drivers.movers import MoverKind
from cost_slo.domain.drivers.segments.names import whereabouts
from cost_slo.domain.drivers.segments.segments import Segment
from cost_slo.domain.drivers.unit_split import UnitSplit
from cost_slo.domain.drivers.what_changed import Driver, WhatChanged, used_quantity
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.wording import (
    change,
    count,
    day,
    days,
    money,
    month,
    one_line,
    percent,
    plural,
    signed_points,
    unit_price,
)

# At this confidence or above a day is named without `likely`.
SURE = 0.9

_RISE_AND_FALL = {
    "usage": ("more usage", "less usage"),
    "mix": ("a more expensive mix", "a cheaper mix"),
    "price": ("a higher price", "a lower price"),
    "discount": ("a smaller discount", "a larger discount"),
    "new": ("new charges", "new charges"),
    "gone": ("charges that ended", "charges that ended"),
    "unmetered": ("charges without a quantity", "charges without a quantity"),
}
_SHAPES = {
    ChangeShape.STEP: "in one step",
    ChangeShape.RAMP: "as a ramp",
    ChangeShape.SPIKE: "as a spike",
    ChangeShape.RUNAWAY: "and still growing",
}
SPLIT = ("usage", "mix", "price", "discount")
SIGNIFICANT = 4
# Changes in the other direction are mentioned from this share of the larger on.
_NOTABLE = Decimal("0.05")


def driver_sentence(driver: Driver, whole: WhatChanged) -> str:
    segment, currency = driver.segment, whole.cube.currency
    parts = [_moved(segment, currency), *_share_of_change(driver)]
    if where := whereabouts(driver.shared):
        parts.append(f"all {where}")
    parts += _split(driver, currency)
    if driver.since is not None:
        parts.append(inflection_in_words(driver.since))
    return f"{driver.name}: {'; '.join(parts)}."


def unit_cost_sentence(split: UnitSplit, currency: str) -> str:
    """`$0.0138 per request, $0.010 before: +38% = +21% mix, +12% tokens per request, ...`."""
    effects, unit = split.effects, one_line(split.unit)
    after, before = (unit_price(cost, currency) for cost in (effects.after, effects.before))
    head = f"{after} per {unit}, {before} before"
    parts = points(effects)
    if parts is None:
        return f"{head}."
    names = {
        "usage": f"{one_line(split.usage)} per {unit}",
        "unmetered": _RISE_AND_FALL["unmetered"][0],
    }
    names["units"] = f"{'fewer' if parts['units'] > 0 else 'more'} {plural(unit)}"
    told = [
        f"{signed_points(part)} {names.get(name, name)}" for name, part in _largest_first(parts)
    ]
    total = signed_points(sum(parts.values(), ZERO))
    return f"{head}: {total} = {', '.join(told)}." if told else f"{head}: no change."


def inflection_in_words(found: Inflection) -> str:
    """`started 12 Nov 2026 in one step (97% confidence)`, or `likely started ...`."""
    started = "started" if found.confidence >= SURE else "likely started"
    confidence = percent(found.confidence)
    return f"{started} {day(found.day)} {_SHAPES[found.shape]} ({confidence} confidence)"


def change_headline(whole: WhatChanged) -> str:
    """The whole change, and its baseline."""
    cube = whole.cube
    before, after = money(whole.before, cube.currency), money(whole.after, cube.currency)
    moved = change(whole.change, cube.currency)
    held = f"{period_words(cube.window)} against {baseline_words(cube.window, cube.baseline)}"
    return f"{held}: {moved}, from {before} to {after}."


def offset_note(whole: WhatChanged) -> str | None:
    """A note that drivers cancel each other out; None if they do not."""
    rises = sum((max(part.segment.change, ZERO) for part in whole.parts), ZERO)
    falls = rises - whole.change
    if min(rises, falls) <= _NOTABLE * max(rises, falls):
        return None
    currency = whole.cube.currency
    passed = any(part.share is not None and part.share > 1 for part in whole.parts)
    up, down = f"{money(rises, currency)} of increases", f"{money(falls, currency)} of decreases"
    if passed:
        smaller, larger = (up, down) if rises < falls else (down, up)
        return f"Shares exceed 100% because {smaller} offset {larger}."
    return f"{up} and {down} add up to {change(whole.change, currency)}."


def period_words(period: Period) -> str:
    """A period, both its first and its last day included; whole months by name."""
    last = period.end - DAY
    if not months(period):
        return days(period.start, last)
    first = month(period.start)
    return first if months(period) == 1 else f"{first} to {month(last)}"


def baseline_words(window: Period, baseline: Period) -> str:
    """The baseline, and how it was made comparable."""
    told = period_words(baseline)
    rule = scaling(window, baseline)
    if rule is Scaling.WEEKDAYS:
        weeks = count(baseline.days // ONE_WEEK.days, "week")
        return f"the same weekdays of {told} (mean of {weeks})"
    if rule is Scaling.DAYS:
        return f"{told} (scaled from {count(baseline.days, 'day')} to {window.days})"
    return told if window.days == baseline.days else f"{told} (as billed)"


def share_words(driver: Driver) -> str:
    """Its share of the change, "-" if nothing changed."""
    return "-" if driver.share is None else percent(float(driver.share))


def _moved(segment: Segment, currency: str) -> str:
    moved = change(segment.change, currency)
    before, after = money(segment.before, currency), money(segment.after, currency)
    if segment.kind is MoverKind.NEW:
        return f"new, {moved}"
    if segment.kind is MoverKind.GONE:
        return f"gone, {moved}"
    return f"{moved}, from {before} to {after}"


def _share_of_change(driver: Driver) -> Iterator[str]:
    if driver.share is None:
        return
    if driver.share < 0:
        yield f"offsets the change ({share_words(driver)})"
        return
    yield f"{share_words(driver)} of the change"


def _split(driver: Driver, currency: str) -> Iterator[str]:
    """By usage, mix, price and discount; what is new or gone as a whole needs no split."""
    parts = asdict(cents(driver.effects, currency))
    if not any(parts[name] for name in SPLIT):
        return
    told = [
        f"{change(part, currency)} from {_RISE_AND_FALL[name][part < 0]}"
        for name, part in _largest_first(parts)
    ]
    yield ", ".join(told) + _quantities(driver.segment)


def _largest_first(parts: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    return sorted(filter(itemgetter(1), parts.items()), key=lambda named: -abs(named[1]))


def _quantities(segment: Segment) -> str:
    used = used_quantity(segment)
    if used is None:
        return ""
    before, after, unit = used
    return f" ({_figure(before)} to {_figure(after)} {unit})"


def _figure(amount: Decimal) -> str:
    """Four digits, or more if the whole number has more."""
    places = min(SIGNIFICANT, max(0, SIGNIFICANT - 1 - amount.adjusted()))
    text = f"{amount:,.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text
