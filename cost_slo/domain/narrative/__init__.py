# SPDX-License-Identifier: Apache-2.0
"""What is the story of a cost incident, told from its evidence alone?

A list of small pure functions `Findings -> line | None`, joined in a fixed order: same events,
same bytes. Causes are never a person or a team.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from cost_slo.domain.actions import FOLLOW_UP, Agreed, Priority
from cost_slo.domain.drivers import Mover
from cost_slo.domain.incident import Incident, Severity
from cost_slo.domain.money import plain
from cost_slo.domain.narrative import causes, impact, lessons, summary
from cost_slo.domain.narrative.action_rows import action_rows
from cost_slo.domain.narrative.findings import Findings, findings
from cost_slo.domain.narrative.timeline import timeline
from cost_slo.domain.notification import compared
from cost_slo.domain.overspend import excess, per_month
from cost_slo.domain.wording import change, day, duration, instant, iso, markdown, money, month

Line = Callable[[Findings], str | None]

DRAFT_DUE = timedelta(hours=48)
LEVELS = {Severity.EMERGENCY: "P1", Severity.PAGE: "P2"}
LOWEST = "P3"

SUMMARY: tuple[Line, ...] = (
    summary.what_and_how_much,
    summary.since_when,
    summary.what_to_do,
    summary.what_changed_most,
)
SECTIONS: tuple[tuple[str, tuple[Line, ...]], ...] = (
    (
        "customer_impact",
        (impact.scale_in_units, impact.who_felt_it, impact.what_they_experienced),
    ),
    (
        "cost_impact",
        (
            impact.excess_dollars,
            impact.share_of_budget,
            impact.daily_run_rate,
            impact.projected_month_end,
            impact.cost_of_each_further_day,
            impact.where_it_stands,
            impact.where_it_ends,
        ),
    ),
    (
        "detection",
        (causes.what_saw_it, causes.burn_rates, causes.age_of_data, causes.what_did_not_see_it),
    ),
    ("trigger", (causes.largest_change, causes.what_set_it_off)),
    ("root_cause", (causes.causes_named, causes.cause_behind_the_movers)),
    (
        "contributing",
        (
            causes.other_movers,
            causes.new_services,
            causes.delay_of_data,
            causes.what_else_contributed,
        ),
    ),
    (
        "went_well",
        (
            lessons.budget_left_when_seen,
            lessons.time_to_acknowledge,
            lessons.time_to_resolve,
            lessons.what_else_went_well,
        ),
    ),
    ("lucky", (lessons.days_to_spare, lessons.what_could_have_been_worse)),
    (
        "open_questions",
        (
            lessons.is_it_meant_to_stay,
            lessons.who_is_looking,
            lessons.why_no_drivers,
        ),
    ),
)


def narrative_facts(
    incident: Incident, *, owner: str, as_of: datetime | None = None
) -> dict[str, Any]:
    """Everything the narrative template needs; action items are overdue or not as of an instant.

    Without one that is the newest instant anything is known about. Raises CostDataError when none
    of the incident's events carries an evaluation.
    """
    facts = findings(incident, owner=owner)
    suggested = Agreed(
        text="",
        owner=owner,
        due=(incident.opened_at + FOLLOW_UP).date(),
        priority=Priority(level(facts.severity)),
    )
    return {
        "front": _front(facts),
        "title": _title(facts),
        "header": _header(facts),
        "summary": _said(SUMMARY, facts),
        **{name: _said(section, facts) for name, section in SECTIONS},
        "timeline": timeline(incident, facts.first.data_through),
        "drivers": _drivers(facts),
        "actions": action_rows(facts, suggested, as_of or facts.known_at),
        "origin": facts.latest.origin,
        "evidence": facts.evidence,
    }


def level(severity: Severity) -> str:
    """P1 for emergency, P2 for page, P3 for the rest."""
    return LEVELS.get(severity, LOWEST)


def _said(section: Iterable[Line], facts: Findings) -> list[str]:
    return [said for line in section if (said := line(facts)) is not None]


def _front(facts: Findings) -> dict[str, str | None]:
    incident, over = facts.incident, excess(facts.peak)
    return {
        "incident": incident.id,
        "slo": incident.slo,
        "product": facts.first.product,
        "severity": level(facts.severity),
        "status": str(incident.status),
        "opened_at": iso(incident.opened_at),
        "resolved_at": iso(incident.resolved_at) if incident.resolved_at else None,
        "excess": None if over is None else plain(round(over, 6)),
        "currency": facts.first.currency,
        "draft_due": iso(incident.opened_at + DRAFT_DUE),
        "follow_up_due": (incident.opened_at + FOLLOW_UP).date().isoformat(),
    }


def _title(facts: Findings) -> str:
    known, over = facts.peak, excess(facts.peak)
    product = markdown(known.product)
    if known.window is None or over is None:
        return f"Cost incident: {product} spend not known"
    on = month(known.window.start)
    if not per_month(known):
        objective = known.money(known.objective)
        return f"Cost incident: {product} above {objective} per {markdown(known.per)} in {on}"
    if known.is_over and known.spent is not None:
        beyond, objective = known.money(known.spent - known.objective), known.money(known.objective)
        return f"Cost incident: {product} {beyond} over its {objective} for {on}"
    return f"Cost incident: {product} {known.money(over)} above pace in {on}"


def _header(facts: Findings) -> list[tuple[str, str]]:
    incident = facts.incident
    ended = incident.resolved_at or facts.known_at
    length = duration((ended - incident.opened_at).total_seconds() / 3600)
    return [
        ("Date", day(incident.opened_at.date())),
        ("Severity", f"{level(facts.severity)} ({facts.severity})"),
        ("Duration", length if incident.resolved_at else f"ongoing, {length} so far"),
        ("Author", "cost-slo draft"),
        ("Owner", markdown(facts.owner)),
        ("Status", f"{incident.status}, as known at {instant(facts.known_at)}"),
        ("Finished narrative due", instant(incident.opened_at + DRAFT_DUE)),
        ("Follow-up of the action items", day((incident.opened_at + FOLLOW_UP).date())),
    ]


def _drivers(facts: Findings) -> dict[str, Any] | None:
    movers, currency = facts.onset.movers, facts.onset.currency
    if movers is None:
        return None
    return {
        "compared": compared(movers),
        "rows": [_driver_row(mover, currency) for mover in movers.movers],
        "rest": change(movers.rest, currency),
        "before": money(movers.total_before, currency),
        "after": money(movers.total_after, currency),
        "change": change(movers.change, currency),
    }


def _driver_row(mover: Mover, currency: str) -> dict[str, str]:
    return {
        "service": mover.service,
        "before": money(mover.before, currency),
        "after": money(mover.after, currency),
        "change": change(mover.change, currency),
        "kind": str(mover.kind),
    }
