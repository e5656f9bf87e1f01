# SPDX-License-Identifier: Apache-2.0
"""What happened, how much, since when, and what is to be done?"""

from __future__ import annotations

from cost_slo.domain.incident import EventKind, Status
from cost_slo.domain.narrative.findings import Findings, measured, moved
from cost_slo.domain.narrative.timeline import first_at
from cost_slo.domain.overspend import headline, over_or_under
from cost_slo.domain.wording import change, instant, markdown, sentence


def what_and_how_much(facts: Findings) -> str:
    """What, and how much."""
    known, over = facts.peak, over_or_under(facts.peak)
    what = f"**{markdown(known.product)} {markdown(headline(known))}**"
    return measured(facts, known, f"{what}: {over}." if over else f"{what}.")


def since_when(facts: Findings) -> str:
    """Since when, and what was decided."""
    incident = facts.incident
    since = f"Since {instant(incident.opened_at)}, severity {facts.severity}"
    ended = f", back to normal {instant(incident.resolved_at)}" if incident.resolved_at else ""
    because = sentence(facts.alarm.reason)
    return measured(facts, facts.alarm, f"{since}{ended}. {markdown(because)}".rstrip())


def what_to_do(facts: Findings) -> str:
    """What to do next, by where the incident stands."""
    status, known = facts.incident.status, facts.alarm
    if status is Status.CLOSED:
        return "**Do next:** complete the action items below by their dates."
    if status is Status.RESOLVED:
        return "**Do next:** answer the questions below, agree the action items, then close."
    if status is Status.MITIGATING:
        return "**Do next:** check in tomorrow's charges that the daily spend has come down."
    risen = facts.onset.rises
    first = f"look at {markdown(risen[0].service)} first" if risen else "find what changed"
    asks = f" The policy asks: {markdown(sentence(known.asks))}" if known.asks else ""
    seen = first_at(facts.incident, EventKind.ACKNOWLEDGED) is not None
    return f"**Do next:** {first if seen else f'acknowledge, then {first}'}.{asks}"


def what_changed_most(facts: Findings) -> str | None:
    """The largest changes in one line."""
    if facts.onset.movers is None or not facts.onset.movers.movers:
        return None
    named = ", ".join(moved(mover, facts.onset) for mover in facts.onset.movers.movers[:3])
    total = change(facts.onset.movers.change, facts.onset.currency)
    return measured(facts, facts.onset, f"What changed: {named}; {total} in all.")
