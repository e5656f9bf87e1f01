# SPDX-License-Identifier: Apache-2.0
"""How much over, at what daily rate, and how is that said?

*Excess* here is spend above an even pace: the objective x the share of the window the charges
cover. For a unit objective it is what the units cost above the objective for that many.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from cost_slo.domain.evidence.snapshot import Snapshot, UnitFacts
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period, midnight
from cost_slo.domain.wording import count, month, month_name, percent, round_money

UNIT_STATES = {
    "no_units": "no units were counted",
    "too_few_units": "too few units were counted for the ratio to say anything",
    "units_without_cost": "units were counted, but no charge is in scope",
    "cost_without_units": "there are charges, but the count of units is unknown",
}


def per_month(known: Snapshot) -> bool:
    """Whether the objective is an amount a month, not an amount a unit."""
    return known.per == "month"


def elapsed_days(known: Snapshot) -> int | None:
    """Days of the window the charges cover; None where nothing is known."""
    if known.window is None or known.covered_through is None:
        return None
    end = min(known.covered_through, known.window.end)
    return max(0, (end - known.window.start).days)


def excess(known: Snapshot) -> Decimal | None:
    """Spend above an even pace; negative below it; None where it cannot be told."""
    if not per_month(known):
        return _unit_excess(known)
    days = elapsed_days(known)
    if known.window is None or known.spent is None or days is None:
        return None
    return known.spent - known.objective * days / known.window.days


def recent_excess(known: Snapshot) -> Decimal | None:
    """What the units of the last seven days cost above the objective.

    None unless they did, and by more than those of the whole month.
    """
    unit = known.unit
    if per_month(known) or unit is None or unit.trailing is None or unit.recent is None:
        return None
    over = (unit.trailing - known.objective) * unit.recent
    return over if over > max(_unit_excess(known) or ZERO, ZERO) else None


def even_rate(known: Snapshot) -> Decimal | None:
    """What an even use of a monthly objective spends a day."""
    if known.window is None or not per_month(known):
        return None
    return known.objective / known.window.days


def mean_rate(known: Snapshot) -> Decimal | None:
    """Spend a day over the days the charges cover."""
    days = elapsed_days(known)
    return known.spent / days if known.spent is not None and days else None


def recent_rate(known: Snapshot) -> Decimal | None:
    """Spend a day that the forecast expects of the days still to come."""
    days = elapsed_days(known)
    if known.window is None or days is None or known.spent is None or known.month_end is None:
        return None
    left = known.window.days - days
    return (known.month_end - known.spent) / left if left else None


def further_day(known: Snapshot) -> Decimal | None:
    """What each further day at the recent rate adds to the excess."""
    if per_month(known):
        recent, even = recent_rate(known), even_rate(known)
        return recent - even if recent is not None and even is not None else None
    return _further_unit_day(known)


def against(known: Snapshot) -> str:
    """What the excess is measured from."""
    return "an even pace" if per_month(known) else "what the objective allows for these units"


def over_or_under(known: Snapshot) -> str | None:
    """The excess as text: `$870.00 above an even pace`."""
    over = excess(known)
    if over is None:
        return None
    side = "above" if over > 0 else "below"
    return f"{known.money(abs(over))} {side} {against(known)}"


def headline(known: Snapshot) -> str:
    """The sentence's second half, after the product: what it spent of what it may."""
    if not per_month(known):
        return _unit_headline(known)
    objective = known.money(known.objective)
    if known.window is None or known.spent is None:
        return f"has no cost data to measure its {objective} a month by"
    spent, on = known.money(known.spent), month(known.window.start)
    left = _left(known.window, known.as_of)
    if known.is_over:
        over = known.money(known.spent - known.objective)
        return f"spent {spent}, {over} over its {objective} objective for {on}, {left}"
    return f"spent {spent} of its {objective} objective for {on}, {left}"


def short_headline(known: Snapshot) -> str:
    """The same for a subject line."""
    if known.verdict == "stale_data":
        return "cost data is stale, spend not known"
    if not per_month(known):
        return _short_unit_headline(known)
    if known.window is None or known.spent is None:
        return "no cost data, spend not known"
    spent, objective = (round_money(it, known.currency) for it in (known.spent, known.objective))
    left = _short_left(known.window, known.as_of)
    if known.is_over:
        over = round_money(known.spent - known.objective, known.currency)
        return f"{spent} spent, {over} over {objective}, {left}"
    return f"{spent} of {objective} spent with {left}"


def _unit_excess(known: Snapshot) -> Decimal | None:
    unit = known.unit
    if unit is None or unit.ratio is None or unit.units is None:
        return None
    return (unit.ratio - known.objective) * unit.units


def _further_unit_day(known: Snapshot) -> Decimal | None:
    unit, days = known.unit, elapsed_days(known)
    if unit is None or unit.units is None or unit.ratio is None or known.window is None:
        return None
    recent = unit.ratio if unit.trailing is None else unit.trailing
    is_running = days is not None and 0 < days < known.window.days
    return (recent - known.objective) * unit.units / days if days and is_running else None


def _recently_above(known: Snapshot, unit: UnitFacts) -> Decimal | None:
    """The trailing ratio, where it is above an objective that the month still meets."""
    if unit.trailing is None or unit.ratio is None or unit.ratio > known.objective:
        return None
    return unit.trailing if unit.trailing > known.objective else None


def _unit_headline(known: Snapshot) -> str:
    objective = f"an objective of {known.price(known.objective)}"
    if known.window is None or known.unit is None or known.unit.ratio is None:
        return f"has no cost per {known.per} to hold against {objective}: {_why_not(known.unit)}"
    ratio, in_month = known.price(known.unit.ratio), f"in {month(known.window.start)}"
    units = "" if known.unit.units is None else f" over {count(known.unit.units, known.per)}"
    recent = _recently_above(known, known.unit)
    if recent is None:
        return f"cost {ratio} per {known.per} {in_month} against {objective}{units}"
    now = f"cost {known.price(recent)} per {known.per} in the last 7 days against {objective}"
    return f"{now} ({ratio} {in_month} so far{units})"


def _short_unit_headline(known: Snapshot) -> str:
    if known.window is None or known.unit is None or known.unit.ratio is None:
        return f"cost per {known.per} not known"
    recent = _recently_above(known, known.unit)
    ratio, on = recent or known.unit.ratio, month_name(known.window.start)
    when = "over 7 days" if recent else f"in {on}"
    objective = known.price(known.objective)
    return f"{known.price(ratio)} per {known.per} {when}, objective {objective}"


def _why_not(unit: UnitFacts | None) -> str:
    return UNIT_STATES.get(unit.state if unit else "", "there is no cost data")


def _left(window: Period, as_of: datetime) -> str:
    share = _share_left(window, as_of)
    return f"with {percent(share)} of the month left" if share else "and the month is over"


def _short_left(window: Period, as_of: datetime) -> str:
    share, name = _share_left(window, as_of), month_name(window.start)
    return f"{percent(share)} of {name} left" if share else f"{name} over"


def _share_left(window: Period, as_of: datetime) -> float:
    start, end = midnight(window.start), midnight(window.end)
    return min(max((end - as_of) / (end - start), 0.0), 1.0)
