# SPDX-License-Identifier: Apache-2.0
"""Who felt it, and what did it cost?"""

from __future__ import annotations

from cost_slo.domain.narrative.findings import Findings, inferred, measured, unknown
from cost_slo.domain.overspend import (
    even_rate,
    further_day,
    headline,
    mean_rate,
    over_or_under,
    per_month,
    recent_rate,
)
from cost_slo.domain.wording import count, day, instant, markdown, percent


def scale_in_units(facts: Findings) -> str | None:
    """How many units it was about."""
    unit = facts.peak.unit
    if unit is None or unit.units is None:
        return None
    units = count(unit.units, markdown(facts.peak.per))
    recent = ""
    if unit.trailing is not None:
        recent = f"; the last 7 days cost {facts.peak.money(unit.trailing)} each"
    return measured(facts, facts.peak, f"Scale: {units} in the window{recent}.", "units")


def who_felt_it(facts: Findings) -> str:
    """Who felt it: charges cannot say."""
    product = markdown(facts.first.product)
    return unknown(
        facts, f"which customers or internal users of {product} felt this, and how many were they?"
    )


def what_they_experienced(facts: Findings) -> str:
    """What they experienced: charges cannot say."""
    return unknown(
        facts,
        "what did they experience (slower, capped, switched off, nothing), both from the rise "
        "itself and from what was done against it?",
    )


def excess_dollars(facts: Findings) -> str:
    """The excess over an even pace."""
    known, over = facts.peak, over_or_under(facts.peak)
    if over is None:
        return unknown(facts, "what was spent? The charges behind this incident could not be read.")
    return measured(facts, known, f"Excess: {over} as of {instant(known.as_of)}.")


def share_of_budget(facts: Findings) -> str | None:
    """The share of the error budget used."""
    known = facts.peak
    if known.budget_used is None or not known.budget_size:
        return None
    used, size = known.money(known.budget_used), known.money(known.budget_size)
    share = percent(float(known.budget_used / known.budget_size))
    return measured(facts, known, f"Error budget: {used} of {size} used ({share}).")


def daily_run_rate(facts: Findings) -> str | None:
    """Spend a day."""
    known, mean, even = facts.peak, mean_rate(facts.peak), even_rate(facts.peak)
    if mean is None:
        return None
    against = f" against {known.money(even)} at an even pace" if even is not None else ""
    return measured(facts, known, f"Daily run-rate: {known.money(mean)} on average{against}.")


def projected_month_end(facts: Findings) -> str | None:
    """Where the month ends."""
    known = facts.peak
    if known.month_end is None:
        return None
    between = ""
    if known.low is not None and known.high is not None:
        between = f" (80% range {known.money(known.low)} to {known.money(known.high)})"
    gone = ""
    if known.exhausts_on is not None and not known.is_over:
        gone = f"; the budget is gone by {day(known.exhausts_on)}"
    seen = "" if known == facts.latest else f", as seen {instant(known.as_of)}"
    return inferred(f"Projected month end{seen}: {known.money(known.month_end)}{between}{gone}.")


def cost_of_each_further_day(facts: Findings) -> str | None:
    """What waiting a day costs."""
    known, further = facts.peak, further_day(facts.peak)
    if further is None or further <= 0 or facts.incident.resolved_at is not None:
        return None
    recent = recent_rate(known)
    pace = f" at the recent {known.money(recent)} a day" if recent and per_month(known) else ""
    return inferred(f"Each further day{pace} adds about {known.money(further)} of excess.")


def where_it_stands(facts: Findings) -> str | None:
    """The newest figures, where they are not the peak."""
    known = facts.latest
    if known == facts.peak:
        return None
    said = f"At {instant(known.as_of)} {markdown(known.product)} {markdown(headline(known))}"
    over = over_or_under(known)
    return measured(facts, known, f"{said}: {over}." if over else f"{said}.")


def where_it_ends(facts: Findings) -> str | None:
    """Where the month ends now, where that is not the peak's projection."""
    known = facts.latest
    if known == facts.peak or known.month_end is None:
        return None
    return inferred(f"The month is now projected to end at {known.money(known.month_end)}.")
