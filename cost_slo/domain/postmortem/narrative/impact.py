# SPDX-License-Identifier: Apache-2.0
"""Who felt it, and how many dollars was it?"""

from __future__ import annotations

from decimal import Decimal

from cost_slo.domain.evidence.overspend import (
    even_rate,
    further_day,
    headline,
    mean_rate,
    over_or_under,
    per_month,
    recent_excess,
    recent_rate,
)
from cost_slo.domain.evidence.snapshot import Snapshot
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.postmortem.facts import figures
from cost_slo.domain.postmortem.facts.claim import Claim
from cost_slo.domain.postmortem.facts.findings import Findings
from cost_slo.domain.postmortem.facts.saying import inferred, measured, unknown
from cost_slo.domain.wording import count, day, days, instant, markdown, percent


def scale_in_units(facts: Findings) -> Claim | None:
    """How many units it was about."""
    unit = facts.peak.unit
    if unit is None or unit.units is None:
        return None
    units = count(unit.units, markdown(facts.peak.per))
    behind = figures.units_of_window(facts, facts.peak)
    recent = ""
    if unit.trailing is not None:
        recent = f"; the last 7 days cost {facts.peak.price(unit.trailing)} each"
        behind += figures.unit_costs(facts, facts.peak)
    text = f"Scale: {units} {on_days(figures.complete_days(facts.peak))}{recent}."
    return measured(facts, facts.peak, text, *behind, about="units")


def who_felt_it(facts: Findings) -> Claim:
    """Who felt what: charges cannot say."""
    return unknown(
        facts,
        f"which users of {markdown(facts.first.product)} felt this, and how (slower, capped, "
        "switched off, nothing), from the rise or from what was done against it?",
    )


def above_objective_lately(facts: Findings) -> Claim | None:
    """What the units of the last seven days cost above the objective."""
    known, over = facts.peak, recent_excess(facts.peak)
    if over is None or known.unit is None or known.unit.recent is None:
        return None
    units = count(known.unit.recent, markdown(known.per))
    text = (
        f"Excess: {known.money(over)} above what the objective allows for the {units} "
        f"{on_days(figures.last_week(known))}, as of {instant(known.as_of)}."
    )
    return measured(facts, known, text, *figures.over_recently(facts, known))


def cost_above_plan(facts: Findings) -> Claim | None:
    """What it cost above plan while it burned."""
    known = facts.peak
    if known.above_plan is None:
        return None
    on = on_days(figures.complete_days(known))
    text = f"Above plan: {known.money(known.above_plan)} {on}, as of {instant(known.as_of)}."
    return measured(facts, known, text, *figures.above_plan(facts, known))


def above_even_pace(facts: Findings) -> Claim:
    """The excess over an even pace, or over what the units allow."""
    known, over = facts.peak, over_or_under(facts.peak)
    if over is None:
        return unknown(facts, "what was spent? The charges behind this incident could not be read.")
    text = f"Excess: {over}, as of {instant(known.as_of)}."
    if known.above_plan is not None or recent_excess(known) is not None:
        text = f"The month then stood {over}."
    return measured(facts, known, text, *figures.over_pace(facts, known))


def share_of_budget(facts: Findings) -> Claim | None:
    """The share of the error budget used."""
    known = facts.peak
    if known.budget_used is None or not known.budget_size:
        return None
    used, size = known.money(known.budget_used), known.money(known.budget_size)
    share = percent(float(known.budget_used / known.budget_size))
    complete = on_days(figures.complete_days(known))
    text = f"Error budget: {used} of {size} used ({share}) {complete}."
    if not per_month(known):
        text = (
            f"The units cost {used} of the {size} that the objective allows ({share}) {complete}."
        )
    return measured(facts, known, text, *figures.budget(facts, known))


def daily_run_rate(facts: Findings) -> Claim | None:
    """Spend a day."""
    known, mean, even = facts.peak, mean_rate(facts.peak), even_rate(facts.peak)
    if mean is None:
        return None
    against = f" against {known.money(even)} at an even pace" if even is not None else ""
    text = f"Daily run-rate: {known.money(mean)} on average {_on(known)}{against}."
    return measured(facts, known, text, *figures.daily_mean(facts, known))


def projected_month_end(facts: Findings) -> Claim | None:
    """Where the month ends."""
    known = facts.peak
    if known.month_end is None:
        return None
    between = ""
    if known.low is not None and known.high is not None:
        between = f" (80% range {known.money(known.low)} to {known.money(known.high)})"
    gone = ""
    if known.exhausts_on and not known.is_over and not facts.incident.resolved_at:
        gone = f"; the budget is gone by {day(known.exhausts_on)}"
    seen = "" if known == facts.latest else f", as seen {instant(known.as_of)}"
    text = f"Projected month end{seen}: {known.money(known.month_end)}{between}{gone}."
    return inferred(facts, known, text, "carried on to the end of the month")


def cost_of_each_further_day(facts: Findings) -> Claim | None:
    """What waiting a day costs."""
    known, further = facts.latest, further_day(facts.latest)
    if further is None or further <= 0 or facts.incident.resolved_at is not None:
        return None
    recent = recent_rate(known)
    pace = f" at the recent {known.money(recent)} a day" if recent and per_month(known) else ""
    text = f"Each further day{pace} adds about {known.money(further)} of excess."
    return inferred(facts, known, text, "the recent days carried on")


def where_it_stands(facts: Findings) -> Claim | None:
    """The newest figures, where they are not the peak."""
    known = facts.latest
    if known == facts.peak:
        return None
    said = f"At {instant(known.as_of)} {markdown(known.product)} {markdown(headline(known))}"
    over = over_or_under(known)
    behind = (*figures.spend_claim(facts, known), *figures.over_pace(facts, known))
    return measured(facts, known, f"{said}: {over}." if over else f"{said}.", *behind)


def where_it_ends(facts: Findings) -> Claim | None:
    """Where the month ends now, where that is not the peak's projection."""
    known = facts.latest
    if known == facts.peak or known.month_end is None:
        return None
    text = f"The month is now projected to end at {known.money(known.month_end)}."
    return inferred(facts, known, text, "carried on to the end of the month")


def changed_since(facts: Findings) -> Claim | None:
    """What the peak's days come to now, where the source changed them since."""
    known, now = facts.peak, figures.spend_at_drafting(facts, facts.peak)
    if known.spent is None or now is None or Decimal(now.value) == known.spent:
        return None
    told, is_now = known.money(known.spent), known.money(Decimal(now.value))
    text = (
        f"The source changed these days since: spend {_on(known)} was first read as {told} and is "
        f"{is_now} as known at {instant(facts.drafted_at)}."
    )
    return measured(facts, known, text, *figures.spend(facts, known), now)


def on_days(period: Period | None) -> str:
    """The days of a period in words: `on 3 Sep 2026`, `from 1 to 16 Sep 2026`."""
    if period is None:
        return "in the window"
    said = days(period.start, period.end - DAY)
    return f"on {said}" if period.days == 1 else f"from {said}"


def _on(known: Snapshot) -> str:
    return on_days(figures.spent_days(known))
