# SPDX-License-Identifier: Apache-2.0
"""What, how much, since when, and what to do: the lines that are read first."""

from __future__ import annotations

from cost_slo.domain.evidence.overspend import headline, over_or_under, recent_excess
from cost_slo.domain.incidents.incident import EventKind, Status
from cost_slo.domain.postmortem.facts import drivers as movement
from cost_slo.domain.postmortem.facts import figures
from cost_slo.domain.postmortem.facts.claim import Claim
from cost_slo.domain.postmortem.facts.findings import Findings
from cost_slo.domain.postmortem.facts.saying import (
    first_part,
    measured,
    measured_on_both,
    service_change,
)
from cost_slo.domain.postmortem.narrative.impact import on_days
from cost_slo.domain.postmortem.narrative.remedies import candidates_of
from cost_slo.domain.postmortem.narrative.timeline import first_at, level
from cost_slo.domain.wording import change, duration, instant, markdown, sentence


def what_and_how_much(facts: Findings) -> Claim:
    """What, and how much: above plan while it burned, and where the month stands."""
    known, latest = facts.peak, facts.latest
    if known.above_plan is None:
        return _by_the_objective(facts)
    above, on = known.money(known.above_plan), on_days(figures.complete_days(known))
    stands = f"At {instant(latest.as_of)} it {markdown(_has(headline(latest)))}."
    product, back = (
        markdown(known.product),
        " The source took it back." if facts.is_restated else "",
    )
    text = f"**{product} cost {above} more than planned {on}.**{back} {stands}"
    behind = (*figures.above_plan(facts, known), *figures.spend_claim(facts, latest))
    return measured_on_both(facts, known, latest, text, *behind)


def since_when(facts: Findings) -> Claim:
    """Since when, how loud, and why it called or how it ended."""
    known = facts.alarm
    since = f"Since {instant(facts.incident.opened_at)}, {level(facts.severity)} ({facts.severity})"
    because = markdown(first_part(known.reason))
    text = f"{since}{_ended(facts)}. {because}".rstrip()
    return measured(facts, known, text, figures.reason(facts, known))


def what_to_do(facts: Findings) -> Claim:
    """What to do next, by where the incident stands."""
    status, known = facts.incident.status, facts.alarm
    if status is Status.CLOSED:
        return Claim("**Do next:** complete the action items below by their dates.")
    if status is Status.RESOLVED:
        return Claim("**Do next:** answer the questions below, agree the action items, then close.")
    if status is Status.MITIGATING:
        return Claim("**Do next:** check in tomorrow's charges that the daily spend has come down.")
    seen = first_at(facts.incident, EventKind.ACKNOWLEDGED) is not None
    first = _where_to_look(facts)
    asks = f" The policy asks: {markdown(sentence(known.asks))}" if known.asks else ""
    return Claim(f"**Do next:** {first if seen else f'acknowledge, then {first}'}.{asks}")


def what_changed_most(facts: Findings) -> Claim | None:
    """The largest changes in one line."""
    known = facts.onset
    if known.parts is None or not known.parts.movers:
        return None
    listed = known.parts.movers[:3]
    named = ", ".join(service_change(mover, known) for mover in listed)
    total = change(known.parts.change, known.currency)
    behind = [fact for mover in listed for fact in movement.moved(facts, known, mover)]
    text = f"What changed: {named}; {total} in all."
    return measured(facts, known, text, *behind, *movement.total_change(facts, known))


def _by_the_objective(facts: Findings) -> Claim:
    known, over = facts.peak, over_or_under(facts.peak)
    lately = recent_excess(known)
    if lately is not None:
        over = f"{known.money(lately)} above what the objective allows for those 7 days"
    what = f"**{markdown(known.product)} {markdown(headline(known))}**"
    behind = (
        *figures.spend_claim(facts, known),
        *figures.over_pace(facts, known),
        *figures.over_recently(facts, known),
    )
    return measured(facts, known, f"{what}: {over}." if over else f"{what}.", *behind)


def _has(said: str) -> str:
    return f"had {said}" if said.startswith("spent") else said


def _ended(facts: Findings) -> str:
    incident = facts.incident
    if incident.resolved_at is None:
        return ""
    hours = (incident.resolved_at - incident.opened_at).total_seconds() / 3600
    why = f" ({markdown(facts.resolved_by)})" if facts.resolved_by else ""
    return f", over {instant(incident.resolved_at)} after {duration(hours)}{why}"


def _where_to_look(facts: Findings) -> str:
    known = facts.onset
    if not known.rises:
        return "find what changed"
    first = known.rises[0]
    look = f"look at {markdown(first.service)} first ({change(first.change, known.currency)})"
    for candidate in candidates_of(facts):
        what = candidate.playbook.mitigation
        return f"{look}; a candidate: {what[:1].lower()}{what[1:]}"
    return look
