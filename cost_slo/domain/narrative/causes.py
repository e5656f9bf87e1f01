# SPDX-License-Identifier: Apache-2.0
"""What saw it, what set it off, and what let it happen?"""

from __future__ import annotations

from cost_slo.domain.drivers import Kind
from cost_slo.domain.incident import EventKind
from cost_slo.domain.narrative.findings import Findings, inferred, measured, moved, stated, unknown
from cost_slo.domain.period import DAY
from cost_slo.domain.wording import (
    change,
    day,
    duration,
    instant,
    look_back,
    markdown,
    sentence,
    times,
)

LATE_HOURS = 36


def what_saw_it(facts: Findings) -> str:
    """The rule that saw it."""
    known = facts.first
    said = f"Seen by the cost SLO `{known.slo}` at {instant(known.as_of)}."
    return measured(facts, known, f"{said} {markdown(sentence(known.reason))}".rstrip())


def burn_rates(facts: Findings) -> str | None:
    """How fast the budget burned when it was seen."""
    if not facts.first.burn:
        return None
    rates = ", ".join(
        f"{times(rate)} over {look_back(window)}" for window, rate in facts.first.burn
    )
    return measured(facts, facts.first, f"Burn rate when seen: {rates}.")


def age_of_data(facts: Findings) -> str:
    """How old the charges were when it was seen."""
    hours = facts.first.age_hours
    if hours is None or facts.first.data_through is None:
        return measured(facts, facts.first, "No complete day of charges was found.")
    last = day((facts.first.data_through - DAY).date())
    said = f"The last complete day of charges was {last}, {duration(hours)} old when judged."
    return measured(facts, facts.first, said)


def what_did_not_see_it(facts: Findings) -> str:
    """What else could have seen it."""
    before = instant(facts.incident.opened_at)
    return unknown(
        facts, f"did any other alarm, budget or dashboard show this before {before}, or should it?"
    )


def largest_change(facts: Findings) -> str | None:
    """The largest rise."""
    risen = facts.onset.rises
    if not risen:
        return None
    known, mover = facts.onset, risen[0]
    before, after = known.money(mover.before), known.money(mover.after)
    said = f"{markdown(mover.service)} went from {before} to {after}"
    return measured(facts, known, f"{said} ({change(mover.change, known.currency)}).")


def what_set_it_off(facts: Findings) -> str:
    """What happened outside the bill."""
    risen = facts.onset.rises
    where = f" in {markdown(risen[0].service)}" if risen else ""
    return unknown(
        facts,
        f"what changed{where} in the days before {day(facts.first.as_of.date())} "
        "(release, configuration, traffic, price)?",
    )


def causes_named(facts: Findings) -> str | None:
    """What responders found."""
    named = stated(facts, EventKind.CAUSE_IDENTIFIED)
    if not named:
        return None
    said = "; ".join(f"{markdown(event.text)} ({instant(event.at)})" for event in named)
    return inferred(f"Named by the responders: {said}.")


def cause_behind_the_movers(facts: Findings) -> str | None:
    """The condition that let the change cost this much."""
    if stated(facts, EventKind.CAUSE_IDENTIFIED):
        return unknown(facts, "which condition let this cost as much as it did before it was seen?")
    if not facts.onset.rises:
        return unknown(facts, "what raised the cost: more use, a higher price, fewer units?")
    return unknown(facts, "why did the services in the table rise: more use, or more cost per use?")


def other_movers(facts: Findings) -> str | None:
    """The rises after the first."""
    others = facts.onset.rises[1:]
    if not others:
        return None
    named = ", ".join(moved(mover, facts.onset) for mover in others)
    return inferred(f"Other services rose in the same days: {named}.")


def new_services(facts: Findings) -> str | None:
    """Services that no earlier period could have planned for."""
    new = [markdown(mover.service) for mover in facts.onset.rises if mover.kind is Kind.NEW]
    if not new:
        return None
    return inferred(f"Not charged in the earlier period, so nothing was planned: {', '.join(new)}.")


def delay_of_data(facts: Findings) -> str | None:
    """Whether old data delayed the alert."""
    hours = facts.first.age_hours
    if hours is None or hours < LATE_HOURS:
        return None
    return inferred(
        f"The charges were {duration(hours)} old when judged; newer ones show it sooner."
    )


def what_else_contributed(facts: Findings) -> str:
    """What only people know."""
    return unknown(
        facts, "which limit, review or default would have made the rise smaller, and was absent?"
    )
