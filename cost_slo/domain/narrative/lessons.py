# SPDX-License-Identifier: Apache-2.0
"""What went well, what is still open, and what should be done?"""

from __future__ import annotations

from datetime import datetime

from cost_slo.domain.drivers import Kind, Mover
from cost_slo.domain.incident import EventKind
from cost_slo.domain.narrative.findings import Findings, inferred, measured, unknown
from cost_slo.domain.narrative.timeline import first_at
from cost_slo.domain.overspend import per_month
from cost_slo.domain.snapshot import Snapshot
from cost_slo.domain.wording import count, duration, markdown


def budget_left_when_seen(facts: Findings) -> str | None:
    """Whether it was seen in time."""
    known = facts.first
    if not per_month(known) or known.spent is None or known.spent > known.objective:
        return None
    left = known.money(known.objective - known.spent)
    return measured(facts, known, f"It was seen with {left} of the objective left.")


def time_to_acknowledge(facts: Findings) -> str | None:
    """How soon a person looked."""
    at = first_at(facts.incident, EventKind.ACKNOWLEDGED)
    return _took(facts, at, "The alert was acknowledged after")


def time_to_resolve(facts: Findings) -> str | None:
    """How soon spend was back."""
    return _took(facts, facts.incident.resolved_at, "Spend was back to normal after")


def what_else_went_well(facts: Findings) -> str:
    """What only people know."""
    return unknown(facts, "what helped that should be kept (a runbook, a limit, a dashboard)?")


def days_to_spare(facts: Findings) -> str | None:
    """How close it was."""
    known = facts.first
    if known.exhausts_on is None or known.exhausts_on <= known.as_of.date():
        return None
    spare = count((known.exhausts_on - known.as_of.date()).days, "day")
    return inferred(f"At the pace then seen the budget had {spare} left.")


def what_could_have_been_worse(facts: Findings) -> str:
    """What only people know."""
    return unknown(
        facts, "what kept this from costing more by chance (time of week, a quota, a coincidence)?"
    )


def is_it_meant_to_stay(facts: Findings) -> str | None:
    """Whether the level is the new normal; no question once a person said that it is."""
    if facts.incident.accepted_from is not None:
        return None
    if facts.incident.resolved_at is not None:
        return unknown(facts, "does the plan for the coming months fit the level it came back to?")
    return unknown(facts, "is the higher level meant to stay, so that the plan must follow?")


def who_is_looking(facts: Findings) -> str | None:
    """Whether anyone has it."""
    if first_at(facts.incident, EventKind.ACKNOWLEDGED) or facts.incident.resolved_at:
        return None
    return unknown(facts, "which rotation has this incident? It is not acknowledged yet.")


def why_no_drivers(facts: Findings) -> str | None:
    """What a missing comparison leaves open."""
    if facts.onset.movers is not None:
        return None
    return unknown(
        facts, "which services rose? No comparison was made; `cost-slo explain` makes it."
    )


def suggestions(facts: Findings, limit: int) -> list[tuple[str, str]]:
    """Action items drawn from the drivers, each with an effect that can be measured."""
    risen, known = facts.onset.rises[:limit], facts.onset
    if not risen or known.movers is None:
        item = "Find which services rose (`cost-slo explain`) and decide what to do about each"
        return [(item, "names the services behind the excess, in dollars")]
    days = known.movers.window.days
    return [_suggestion(mover, known, days) for mover in risen]


def _suggestion(mover: Mover, known: Snapshot, days: int) -> tuple[str, str]:
    service, daily = markdown(mover.service), known.money(mover.change / days)
    before = known.money(mover.before / days)
    item = f"Bring {service} back to {before} a day, or agree the new level and plan for it"
    if mover.kind is Kind.NEW:
        item = f"Decide whether {service} is meant to stay: switch it off, or plan for it"
    return item, f"up to {daily} a day less in the daily charges of {service}"


def _took(facts: Findings, at: datetime | None, said: str) -> str | None:
    if at is None:
        return None
    hours = (at - facts.incident.opened_at).total_seconds() / 3600
    return f"{said} {duration(hours)}. _[measured timeline]_"
