# SPDX-License-Identifier: Apache-2.0
"""What is the story of a cost incident, told from its evidence alone?

A list of small pure functions `Findings -> Claim | None`, joined in a fixed order: same events,
same bytes. Causes are never a person or a team.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from cost_slo.domain.actions.items import Agreed, Priority
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.postmortem.facts.claim import MEASURED, Claim
from cost_slo.domain.postmortem.facts.findings import Findings, findings
from cost_slo.domain.postmortem.facts.playbook import Playbook
from cost_slo.domain.postmortem.facts.saying import cited
from cost_slo.domain.postmortem.narrative import causes, heading, impact, lessons, summary
from cost_slo.domain.postmortem.narrative.action_rows import action_rows
from cost_slo.domain.postmortem.narrative.agenda import agenda
from cost_slo.domain.postmortem.narrative.driver_table import driver_table
from cost_slo.domain.postmortem.narrative.proof import proof
from cost_slo.domain.postmortem.narrative.remedies import basis, follow_up, remedies
from cost_slo.domain.postmortem.narrative.timeline import level, timeline
from cost_slo.domain.spend.reading import Observation

_Line = Callable[[Findings], Claim | None]

# The lines of each section; of several questions in one, only the first is asked.
SECTIONS: dict[str, tuple[_Line, ...]] = {
    "summary": (
        summary.what_and_how_much,
        summary.since_when,
        summary.what_to_do,
        summary.what_changed_most,
    ),
    "customer_impact": (impact.scale_in_units, impact.who_felt_it),
    "cost_impact": (
        impact.cost_above_plan,
        impact.above_objective_lately,
        impact.above_even_pace,
        impact.share_of_budget,
        impact.daily_run_rate,
        impact.projected_month_end,
        impact.where_it_stands,
        impact.where_it_ends,
        impact.cost_of_each_further_day,
        impact.changed_since,
    ),
    "detection": (
        causes.what_saw_it,
        causes.burn_rate_cause,
        causes.age_of_data,
        causes.what_did_not_see_it,
    ),
    "trigger": (causes.largest_change, causes.changed_shortly_before, causes.what_set_it_off),
    "root_cause": (
        causes.taken_back,
        causes.causes_named,
        causes.moved_over,
        causes.unit_cost_split,
        causes.cause_behind_the_movers,
    ),
    "contributing": (
        causes.other_movers,
        causes.also_changed,
        causes.new_services,
        causes.delay_of_data,
        causes.late_answer,
        causes.what_else_contributed,
    ),
    "went_well": (
        lessons.budget_left_when_seen,
        lessons.quick_answer,
        lessons.time_to_resolve,
        lessons.what_else_went_well,
    ),
    "lucky": (lessons.days_to_spare, lessons.what_could_have_been_worse),
    "open_questions": (
        lessons.who_is_looking,
        lessons.why_no_drivers,
        lessons.is_it_meant_to_stay,
    ),
}


def narrative_facts(
    incident: Incident,
    *,
    owner: str,
    as_of: datetime | None = None,
    ledger: Sequence[Observation] = (),
    playbooks: Sequence[Playbook] = (),
    with_agenda: bool = False,
) -> dict[str, Any]:
    """Everything the narrative template needs.

    Action items are overdue or not as of an instant; without one that is the newest instant
    anything is known about. `ledger` is the SLO's series as known now: what changed since is said.
    Raises CostDataError when none of the incident's events carries an evaluation.
    """
    facts = findings(incident, owner=owner, ledger=ledger, playbooks=playbooks)
    sections = {name: _said(lines, facts) for name, lines in SECTIONS.items()}
    heads = (heading.title(facts), *heading.header(facts), heading.excess_line(facts))
    steps, drivers = timeline(incident, facts.first.data_through), driver_table(facts)
    candidates, computed = remedies(facts), basis(facts)
    shown = (*heads, *(claim for said in sections.values() for claim in said), *drivers)
    return {
        "front": heading.front(facts),
        "title": heads[0],
        "header": heads[1:-1],
        **sections,
        "timeline": steps,
        "drivers": drivers,
        "remedies": candidates,
        "remedies_basis": computed,
        "actions": action_rows(facts, _suggested(facts), as_of or facts.known_at),
        "agenda": agenda(facts) if with_agenda else [],
        "origin": facts.latest.origin,
        "evidence": cited(facts, [*shown, *([computed] if candidates else [])]),
        "proof": proof(facts, [*shown, *(Claim(step.line, MEASURED) for step in steps)]),
    }


def _suggested(facts: Findings) -> Agreed:
    """By whom, by when and how soon a suggestion would be done."""
    due = follow_up(facts.incident.opened_at).date()
    return Agreed("", facts.owner, due, Priority(level(facts.severity)))


def _said(section: Iterable[_Line], facts: Findings) -> list[Claim]:
    """The lines there are; the first question stands for all."""
    said = [claim for line in section if (claim := line(facts)) is not None]
    asked = [claim for claim in said if claim.is_question][1:]
    return [claim for claim in said if claim not in asked]
