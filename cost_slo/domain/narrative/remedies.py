# SPDX-License-Identifier: Apache-2.0
"""What would bring the spend back, and what would each remedy save?

The savings are the most that the playbook's share of a rise comes to at today's volume.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from cost_slo.domain.drivers import Kind
from cost_slo.domain.narrative.findings import Findings, inferred
from cost_slo.domain.narrative.timeline import level
from cost_slo.domain.playbook import Candidate, Rise, candidates
from cost_slo.domain.wording import day, markdown, markdown_code, percent

FOLLOW_UP_DUE = timedelta(days=14)
LISTED_RISES = 3
SUGGESTED = 2
NOTABLE_SHARE = Decimal("0.05")


def rises(facts: Findings) -> list[Rise]:
    """What rose, the largest first; amounts a day of the compared window."""
    movers = facts.onset.movers
    if movers is None:
        return []
    days = movers.window.days
    return [
        Rise((("service", mover.service),), mover.before / days, mover.after / days, mover.kind)
        for mover in facts.onset.rises
    ]


def candidates_of(facts: Findings) -> list[Candidate]:
    """The mitigations that fit the largest rises."""
    return candidates(_notable(rises(facts))[:LISTED_RISES], facts.playbooks)


def remedies(facts: Findings) -> list[dict[str, str]]:
    """A row for each candidate: of what, which, how much at most, how computed, by which source."""
    return [_row(candidate, facts) for candidate in candidates_of(facts)]


def basis(facts: Findings) -> str:
    """What the savings follow from."""
    said = "Each saving is a share of what the rise adds a day, at today's volume"
    return str(inferred(facts, facts.onset, f"{said}."))


def suggestions(facts: Findings) -> list[dict[str, str]]:
    """Action items drawn from what rose, each measurable, with its owner and date."""
    shared = {
        "owner": facts.owner,
        "due": day(follow_up(facts.incident.opened_at).date()),
        "priority": level(facts.severity),
    }
    drawn = [_suggestion(rise, facts, shared["due"]) for rise in _notable(rises(facts))[:SUGGESTED]]
    return [{"item": item, "effect": effect, **shared} for item, effect in drawn or [_look()]]


def follow_up(opened_at: datetime) -> datetime:
    """When the action items are looked at again."""
    return opened_at + FOLLOW_UP_DUE


def _notable(risen: list[Rise]) -> list[Rise]:
    """Those that are not small beside the largest."""
    return [rise for rise in risen if rise.excess >= NOTABLE_SHARE * risen[0].excess]


def _row(candidate: Candidate, facts: Findings) -> dict[str, str]:
    rise, playbook, known = candidate.rise, candidate.playbook, facts.onset
    patterns = " or ".join(markdown_code(pattern) for pattern in playbook.usage_types)
    condition = f", if its usage type is {patterns}" if candidate.condition else ""
    share, excess = percent(float(playbook.share)), known.money(rise.excess)
    return {
        "what": markdown(rise.name),
        "mitigation": f"{playbook.mitigation}{condition}",
        "saves": f"up to {known.money(candidate.saves)} a day",
        "computed": f"{share} of {excess} a day; {playbook.because}",
        "source": playbook.source,
    }


def _suggestion(rise: Rise, facts: Findings, due: str) -> tuple[str, str]:
    what, known = markdown(rise.name), facts.onset
    effect = f"up to {known.money(rise.excess)} a day less in the daily charges of {what}"
    if rise.kind is Kind.NEW:
        now = known.money(rise.after)
        return f"Decide by {due} whether {what} stays: off, or planned at {now} a day", effect
    target = known.money(rise.before)
    for candidate in candidates([rise], facts.playbooks, most=1):
        return candidate.playbook.action.format(what=what, target=target, due=due), effect
    return f"{what} back under {target} a day by {due}", effect


def _look() -> tuple[str, str]:
    item = "Find which services rose (`cost-slo explain`) and decide what to do about each"
    return item, "names the services behind the excess, in dollars"
