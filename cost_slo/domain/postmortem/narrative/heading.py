# SPDX-License-Identifier: Apache-2.0
"""What stands above the text: title, dates, and the fields that machines read?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from cost_slo.domain.evidence.overspend import excess, per_month, recent_excess
from cost_slo.domain.money import plain
from cost_slo.domain.postmortem.facts import figures
from cost_slo.domain.postmortem.facts.claim import MEASURED, Claim
from cost_slo.domain.postmortem.facts.findings import Findings
from cost_slo.domain.postmortem.facts.saying import measured
from cost_slo.domain.postmortem.narrative.remedies import follow_up
from cost_slo.domain.postmortem.narrative.timeline import level
from cost_slo.domain.wording import day, duration, instant, iso, markdown, month

DRAFT_DUE = timedelta(hours=48)


def title(facts: Findings) -> Claim:
    """What the incident was, in one line."""
    known, over = facts.peak, excess(facts.peak)
    product = markdown(known.product)
    if known.window is None or over is None:
        return Claim(f"Cost incident: {product} spend not known")
    behind = (
        *figures.spend_claim(facts, known),
        *figures.above_plan(facts, known),
        *figures.over_pace(facts, known),
    )
    since = ", restated since" if facts.is_restated else ""
    text = (
        f"Cost incident: {product} {_how_much(facts, over)} in {month(known.window.start)}{since}"
    )
    return measured(facts, known, text, *behind)


def _how_much(facts: Findings, over: Decimal) -> str:
    known = facts.peak
    objective = known.price(known.objective)
    if not per_month(known):
        return f"above {objective} per {markdown(known.per)}"
    if known.is_over and known.spent is not None:
        return f"{known.money(known.spent - known.objective)} over its {objective}"
    if known.above_plan is not None:
        return f"{known.money(known.above_plan)} above plan"
    return f"{known.money(over)} above pace" if over > 0 else "rising"


def front(facts: Findings) -> dict[str, str | None]:
    """The fields for machines; `excess` is above plan, else above pace or what units allow."""
    incident, (amount, above) = facts.incident, excess_of(facts)
    return {
        "incident": incident.id,
        "slo": incident.slo,
        "product": facts.first.product,
        "severity": level(facts.severity),
        "status": str(incident.status),
        "opened_at": iso(incident.opened_at),
        "resolved_at": iso(incident.resolved_at) if incident.resolved_at else None,
        "known_at": iso(facts.drafted_at),
        "excess": None if amount is None else plain(round(amount, 6)),
        "excess_above": above,
        "currency": facts.first.currency,
        "draft_due": iso(incident.opened_at + DRAFT_DUE),
        "follow_up_due": follow_up(incident.opened_at).date().isoformat(),
    }


def excess_of(facts: Findings) -> tuple[Decimal | None, str | None]:
    """The amount the incident is known by, and above what: plan, pace or objective."""
    known = facts.peak
    if known.above_plan is not None:
        return known.above_plan, "plan"
    lately = recent_excess(known)
    over = excess(known) if lately is None else lately
    return over, None if over is None else ("pace" if per_month(known) else "objective")


def excess_line(facts: Findings) -> Claim:
    """The line of the front matter that has a number."""
    return Claim(f'excess: "{front(facts)["excess"]}"', MEASURED)


def header(facts: Findings) -> list[Claim]:
    """The lines below the title."""
    incident = facts.incident
    ended = incident.resolved_at or facts.known_at
    length = duration((ended - incident.opened_at).total_seconds() / 3600)
    lines = {
        "Date": day(incident.opened_at.date()),
        "Severity": f"{level(facts.severity)} ({facts.severity})",
        "Duration": length if incident.resolved_at else f"ongoing, {length} so far",
        "Author": "cost-slo draft",
        "Owner": markdown(facts.owner),
        "Status": f"{incident.status}, as known at {instant(facts.known_at)}",
        "Finished narrative due": instant(incident.opened_at + DRAFT_DUE),
        "Follow-up of the action items": day(follow_up(incident.opened_at).date()),
    }
    shown = {"Date", "Duration"}
    return [
        Claim(f"**{label}:** {text}", MEASURED if label in shown else "")
        for label, text in lines.items()
    ]
