# SPDX-License-Identifier: Apache-2.0
"""The table of action items in the narrative."""

from datetime import date, datetime, timedelta

from cost_slo.adapters.documents.templates.renderer import JinjaRenderer
from cost_slo.domain.actions.items import Agreed, Priority
from cost_slo.domain.actions.transitions import add_action, finish_action
from cost_slo.domain.incidents.incident import Incident, fold
from cost_slo.domain.postmortem.narrative.sections import narrative_facts
from tests.builders.stories import OPENED, opened, story

WEEK = timedelta(days=7)
CAP = Agreed("Cap the | retries", "platform", date(2026, 11, 30), Priority.P1, "*$180* a day less")
ALARM = Agreed("Alarm on retries", "on-call", date(2026, 12, 20), Priority.P2)
MOVE = Agreed("Move to batch", "search", date(2026, 12, 1), Priority.P3)


def agreed() -> Incident:
    found = story(opened())
    for item in (CAP, ALARM, MOVE):
        found = fold((*found.events, add_action(found, item, OPENED + timedelta(hours=1))))
    return fold((*found.events, finish_action(found, 1, "", OPENED + timedelta(hours=2))))


def table(incident: Incident, as_of: datetime | None = None) -> list[str]:
    facts = narrative_facts(incident, owner="platform", as_of=as_of)
    text = JinjaRenderer().render("narrative.md.j2", facts)
    section = text.split("## Action items\n")[1].split("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|")][2:]


def test_agreed_items_take_the_place_of_suggestions_and_those_done_come_last() -> None:
    assert table(agreed()) == [
        "| 3 | Move to batch | search | 1 Dec 2026 | P3 | - | open |",
        "| 2 | Alarm on retries | on-call | 20 Dec 2026 | P2 | - | open |",
        r"| 1 | Cap the \| retries | platform | 30 Nov 2026 | P1 | \*$180\* a day less | done |",
    ]


def test_overdue_items_come_first_as_of_the_instant_of_the_draft() -> None:
    late = table(agreed(), OPENED + 5 * WEEK)

    assert [line.split("|")[-2].strip() for line in late] == ["overdue", "overdue", "done"]


def test_suggestions_are_told_to_be_no_more_than_that() -> None:
    suggested = table(story(opened()))

    assert all(line.startswith("| - |") and line.endswith("| suggested |") for line in suggested)
    assert len(suggested) == 2
