# SPDX-License-Identifier: Apache-2.0
"""What went well, where were we lucky, and what is still open?"""

from __future__ import annotations

from cost_slo.domain.evidence.overspend import per_month
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent
from cost_slo.domain.period import DAY
from cost_slo.domain.postmortem.facts import figures
from cost_slo.domain.postmortem.facts.claim import Claim
from cost_slo.domain.postmortem.facts.findings import Findings
from cost_slo.domain.postmortem.facts.saying import inferred, measured, timed, unknown
from cost_slo.domain.postmortem.narrative.timeline import first_at, first_event
from cost_slo.domain.wording import count, day, duration, instant, markdown

SOON = DAY


def budget_left_when_seen(facts: Findings) -> Claim | None:
    """Whether it was seen in time."""
    known = facts.first
    if not per_month(known) or known.spent is None or known.spent > known.objective:
        return None
    left = known.money(known.objective - known.spent)
    text = f"It was seen with {left} of the objective left."
    return measured(facts, known, text, *figures.over_or_left(facts, known))


def quick_answer(facts: Findings) -> Claim | None:
    """That a person looked within a day."""
    return time_to_acknowledge(facts, is_soon=True)


def time_to_acknowledge(facts: Findings, *, is_soon: bool) -> Claim | None:
    """How soon a person looked after the alert before; None where that is not what is asked."""
    at = first_event(facts.incident, EventKind.ACKNOWLEDGED)
    if at is None:
        return None
    before = [event for event in facts.incident.events if event.at <= at.at]
    alerts = [event for event in before if event.kind is EventKind.ALERTED] or before[:1]
    called = max(alerts, key=lambda event: event.at)
    if (at.at - called.at <= SOON) is not is_soon:
        return None
    return _took(called, at, f"The alert of {instant(called.at)} was acknowledged after")


def time_to_resolve(facts: Findings) -> Claim | None:
    """How long it lasted."""
    last = [event for event in facts.incident.events if event.kind is EventKind.RESOLVED][-1:]
    resolved = last[0] if facts.incident.resolved_at and last else None
    return _took(facts.incident.events[0], resolved, "It was over after")


def what_else_went_well(facts: Findings) -> Claim | None:
    """What only people know, where nothing is known yet."""
    if budget_left_when_seen(facts) or quick_answer(facts) or time_to_resolve(facts):
        return None
    return unknown(facts, "what helped that should be kept (a runbook, a limit, a dashboard)?")


def days_to_spare(facts: Findings) -> Claim | None:
    """How close it was."""
    known = facts.first
    if known.exhausts_on is None or known.exhausts_on <= known.as_of.date():
        return None
    spare = count((known.exhausts_on - known.as_of.date()).days, "day")
    text = f"At the pace seen at {instant(known.as_of)} the budget had {spare} left."
    return inferred(facts, known, text, "that pace carried on")


def what_could_have_been_worse(facts: Findings) -> Claim | None:
    """What only people know, where nothing is known yet."""
    if days_to_spare(facts):
        return None
    if facts.is_restated:
        return unknown(facts, "was anything switched off against charges that were not real?")
    since = day(facts.incident.opened_at.date())
    return unknown(facts, f"had nobody looked on {since}, what would have stopped it, and when?")


def who_is_looking(facts: Findings) -> Claim | None:
    """Whether anyone has it."""
    if first_at(facts.incident, EventKind.ACKNOWLEDGED) or facts.incident.resolved_at:
        return None
    return unknown(facts, "which rotation has this incident? It is not acknowledged yet.")


def why_no_drivers(facts: Findings) -> Claim | None:
    """What a missing comparison leaves open."""
    if facts.onset.movers is not None:
        return None
    return unknown(
        facts, "which services rose? No comparison was made; `cost-slo explain` makes it."
    )


def is_it_meant_to_stay(facts: Findings) -> Claim:
    """Whether the level is the new normal; no question once a person said that it is."""
    product = markdown(facts.first.product)
    if facts.incident.accepted_from is not None:
        return Claim(
            f"None: the new level of {product} was accepted.", "inferred from the timeline"
        )
    if facts.incident.resolved_at is not None:
        return unknown(
            facts,
            f"does the plan of {product} for the coming months fit the level it came back to?",
        )
    return unknown(facts, "is the higher level meant to stay, so that the plan must follow?")


def _took(first: IncidentEvent, last: IncidentEvent | None, said: str) -> Claim | None:
    if last is None or last.at < first.at:
        return None
    hours = (last.at - first.at).total_seconds() / 3600
    return timed(f"{said} {duration(hours)}.", figures.between(first, last))
