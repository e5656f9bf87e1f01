# SPDX-License-Identifier: Apache-2.0
"""What would bring the spend back, and what would each remedy save?

The savings are the most that the playbook's share of a rise comes to at today's volume.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from cost_slo.domain.actions.items import FOLLOW_UP
from cost_slo.domain.alerts.alert import compared
from cost_slo.domain.drivers.movers import Mover, MoverKind, Movers
from cost_slo.domain.postmortem.facts.claim import Claim
from cost_slo.domain.postmortem.facts.findings import Findings
from cost_slo.domain.postmortem.facts.playbook import SERVICE, Candidate, Rise, candidates
from cost_slo.domain.postmortem.facts.saying import inferred
from cost_slo.domain.wording import markdown, markdown_code, percent

LISTED_RISES = 3
_SUGGESTED = 2
_NOTABLE_SHARE = Decimal("0.05")


def rises(facts: Findings) -> list[Rise]:
    """What rose, the largest first; amounts a day, at the volume of the dearest days known."""
    movers = compared_days(facts)
    if movers is None:
        return []
    days = movers.window.days
    return [_rise(mover, days) for mover in movers.movers if mover.change > 0]


def compared_days(facts: Findings) -> Movers | None:
    """The drivers of the dearest days, else of the whole comparison."""
    return facts.height.recent or facts.onset.parts


def candidates_of(facts: Findings) -> list[Candidate]:
    """The mitigations that fit the largest rises; a wrong bill needs none."""
    if facts.is_restated:
        return []
    return candidates(_notable(rises(facts))[:LISTED_RISES], facts.playbooks)


def remedies(facts: Findings) -> list[dict[str, str]]:
    """A row for each candidate: of what, which, how much at most, how computed, by which source."""
    return [_row(candidate, facts) for candidate in candidates_of(facts)]


def basis(facts: Findings) -> Claim:
    """What the savings follow from."""
    movers = compared_days(facts)
    when = f", {compared(movers)}" if movers else ""
    text = f"Each saving is a share of what the rise adds a day at its volume{when}."
    return inferred(facts, facts.height, text)


def suggestions(facts: Findings, due: str) -> list[tuple[str, str]]:
    """Action items drawn from what rose, with their effects; each is measurable by a day."""
    if facts.is_restated:
        return [_ask_the_source(facts, due)]
    risen = _notable(rises(facts))[:_SUGGESTED]
    return [_suggestion(rise, facts, due) for rise in risen] or [_look()]


def follow_up(opened_at: datetime) -> datetime:
    """When the action items are looked at again."""
    return opened_at + FOLLOW_UP


def _rise(mover: Mover, days: int) -> Rise:
    where = mover.where or ((SERVICE, mover.service),)
    return Rise(mover.service, where, mover.before / days, mover.after / days, mover.kind)


def _notable(risen: list[Rise]) -> list[Rise]:
    """Those that are not small beside the largest."""
    return [rise for rise in risen if rise.excess >= _NOTABLE_SHARE * risen[0].excess]


def _row(candidate: Candidate, facts: Findings) -> dict[str, str]:
    rise, playbook, known = candidate.rise, candidate.playbook, facts.onset
    patterns = " or ".join(markdown_code(pattern) for pattern in playbook.usage_types[:2])
    condition = "" if candidate.is_sure else f", if its usage type is like {patterns}"
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
    if rise.kind is MoverKind.NEW:
        now = known.money(rise.after)
        return f"Decide by {due} whether {what} stays: off, or planned at {now} a day", effect
    if known.per != "month":
        objective, per = known.price(known.objective), markdown(known.per)
        return f"{what} back under {objective} per {per} by {due}", effect
    target = known.money(rise.before)
    for candidate in candidates([rise], facts.playbooks, most=1):
        return candidate.playbook.action.format(what=what, target=target, due=due), effect
    return f"{what} back under {target} a day by {due}", effect


def _ask_the_source(facts: Findings, due: str) -> tuple[str, str]:
    where = "".join(f" of {markdown(rise.name)}" for rise in rises(facts)[:1])
    item = (
        f"Ask the source why the charges{where} were restated, and write its answer here by {due}"
    )
    return item, "the answer stands in this file"


def _look() -> tuple[str, str]:
    item = "Find which services rose (`cost-slo explain`) and decide what to do about each"
    return item, "names the services behind the excess, in dollars"
