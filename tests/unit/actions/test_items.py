# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cost_slo.domain.actions.items import (
    ActionStatus,
    Agreed,
    Priority,
    action_to_json,
    actions,
    by_urgency,
    default_due,
    numbered,
)
from cost_slo.domain.actions.transitions import (
    Revision,
    add_action,
    change_action,
    finish_action,
    revise_action,
)
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent, Status, fold
from tests.builders.stories import OPENED, event, opened, story

HOUR = timedelta(hours=1)
CAP = Agreed("Cap the retries", "platform", date(2026, 11, 30), Priority.P1, "$180 a day less")
ALARM = Agreed("Alarm on retries", "on-call", date(2026, 11, 20), Priority.P2)


def after(incident: Incident, *events: IncidentEvent) -> Incident:
    return fold((*incident.events, *events))


def agreed_on(*items: Agreed) -> Incident:
    found = story(opened())
    for item in items:
        found = after(found, add_action(found, item, OPENED + HOUR))
    return found


def test_items_are_numbered_in_the_order_they_were_agreed() -> None:
    found = actions(agreed_on(CAP, ALARM))

    assert [(item.number, item.agreed) for item in found] == [(1, CAP), (2, ALARM)]


def test_the_same_text_twice_is_one_item_whatever_its_spacing_and_capitals() -> None:
    once = agreed_on(CAP)

    again = add_action(once, replace(CAP, text=" cap  the RETRIES "), OPENED + 2 * HOUR)

    assert actions(after(once, again)) == actions(once)


def test_the_same_text_agreed_otherwise_is_refused_and_says_how_to_change_it() -> None:
    later = replace(CAP, due=date(2026, 12, 24))

    with pytest.raises(
        CostSloError, match=r"item 1 .* has this text already .*action change \S+ 1`"
    ):
        add_action(agreed_on(CAP), later, OPENED + HOUR)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (replace(CAP, owner="  "), "'Cap the retries' has no owner; name a team or a rotation"),
        (replace(CAP, text=" \n"), "the text of an action item is empty"),
    ],
)
def test_an_item_without_owner_or_text_is_refused(item: Agreed, said: str) -> None:
    with pytest.raises(CostSloError, match=said):
        agreed_on(item)


def test_an_item_is_overdue_from_the_end_of_its_due_day_until_it_is_done() -> None:
    incident = agreed_on(ALARM)
    (item,) = actions(incident)
    due_ends = OPENED.replace(day=21)
    (finished,) = actions(after(incident, finish_action(incident, 1, "", due_ends + HOUR)))

    assert item.status(due_ends - timedelta(microseconds=1)) is ActionStatus.OPEN
    assert item.status(due_ends) is ActionStatus.OVERDUE
    assert finished.status(due_ends + 2 * HOUR) is ActionStatus.DONE


def test_what_was_not_known_yet_is_not_told() -> None:
    incident = agreed_on(CAP)
    incident = after(incident, finish_action(incident, 1, "", OPENED + 3 * HOUR))

    before, then, now = (actions(incident, OPENED + hours * HOUR) for hours in (0, 2, 3))

    assert before == ()
    assert [item.done_at for item in then] == [None]
    assert [item.done_at for item in now] == [OPENED + 3 * HOUR]


def test_done_twice_is_done_once() -> None:
    incident = agreed_on(CAP)
    incident = after(incident, finish_action(incident, 1, "capped at 2", OPENED + 2 * HOUR))

    again = after(incident, finish_action(incident, 1, "again", OPENED + 5 * HOUR))

    assert again == incident
    assert incident.events[-1].text == "action item 1: capped at 2"


def test_a_change_says_what_changed_and_may_be_taken_back() -> None:
    incident = agreed_on(CAP)
    later = replace(CAP, due=date(2026, 12, 24), effect="")
    moved = after(incident, change_action(incident, 1, later, OPENED + 2 * HOUR))
    back = after(moved, change_action(moved, 1, CAP, OPENED + 3 * HOUR))

    assert moved.events[-1].text == "action item 1: due 2026-12-24, effect -"
    assert [item.agreed for item in actions(moved)] == [later]
    assert [item.agreed for item in actions(back)] == [CAP]


def revised(incident: Incident, number: int, revision: Revision) -> Incident:
    event = revise_action(incident, number, revision, OPENED + 2 * HOUR)
    return after(incident, event) if event else incident


def test_a_revision_changes_what_it_names_and_tells_what_it_replaced() -> None:
    found = revised(
        agreed_on(CAP, ALARM), 1, Revision(owner=" on  call ", effect="", priority=Priority.P3)
    )

    changed = replace(CAP, owner="on call", effect="", priority=Priority.P3)
    assert [item.agreed for item in actions(found)] == [changed, ALARM]
    assert found.events[-1].text == "action item 1: owner on call, priority P3, effect -"
    assert found.events[-1].snapshot["instead_of"] == {
        "owner": "platform",
        "priority": "P1",
        "effect": "$180 a day less",
    }


def test_a_revision_that_says_what_is_known_is_no_event() -> None:
    incident = agreed_on(CAP)

    known = Revision(text="Cap  the retries", due=CAP.due)

    assert revise_action(incident, 1, known, OPENED + HOUR) is None


def test_revisions_at_one_instant_may_be_taken_back_and_made_again() -> None:
    incident = agreed_on(CAP)
    for owner in ("search", "platform", "search"):
        incident = revised(incident, 1, Revision(owner=owner))

    assert [item.agreed.owner for item in actions(incident)] == ["search"]


@pytest.mark.parametrize(
    ("number", "revision", "said"),
    [
        (
            1,
            Revision(),
            "nothing to change; use --text, --owner, --due, --priority or --effect",
        ),
        (3, Revision(owner="search"), "no action item 3; there are: 1 to 2"),
        (1, Revision(text=""), "the text of an action item is empty"),
        (1, Revision(owner=" "), "'Cap the retries' has no owner"),
        (1, Revision(text="alarm on  RETRIES"), "action item 2 of .* has this text already"),
    ],
)
def test_a_revision_that_cannot_be_is_refused(number: int, revision: Revision, said: str) -> None:
    with pytest.raises(CostSloError, match=said):
        revised(agreed_on(CAP, ALARM), number, revision)


def test_an_item_is_known_by_the_text_it_has_now() -> None:
    incident = revised(agreed_on(CAP), 1, Revision(text="Cap the retries at 2"))

    same = add_action(incident, replace(CAP, text="Cap the retries at 2"), OPENED + 3 * HOUR)
    former = add_action(incident, CAP, OPENED + 3 * HOUR)

    assert after(incident, same) == incident
    assert [item.agreed.text for item in actions(after(incident, former))] == [
        "Cap the retries at 2",
        "Cap the retries",
    ]


def test_a_number_that_is_not_there_is_refused_and_names_those_that_are() -> None:
    with pytest.raises(CostSloError, match=r"no action item 3; there are: 1 to 2"):
        numbered(agreed_on(CAP, ALARM), 3)
    with pytest.raises(CostSloError, match="no action item 1; there are: none yet"):
        finish_action(agreed_on(), 1, "", OPENED)


def test_items_outlive_the_incident_and_do_not_move_it() -> None:
    closed = story(
        opened(), event(EventKind.RESOLVED, "back", hours=2), event(EventKind.CLOSED, hours=3)
    )

    later = after(closed, add_action(closed, CAP, OPENED + 9 * HOUR))
    later = after(later, finish_action(later, 1, "", OPENED + 10 * HOUR))

    assert len(actions(later)) == 1
    assert (later.status, later.resolved_at) == (Status.CLOSED, closed.resolved_at)
    assert (later.severity, later.summary) == (closed.severity, closed.summary)
    assert later.last_snapshot == closed.last_snapshot


def test_overdue_ones_come_first_then_open_ones_by_due_then_those_done() -> None:
    late = replace(ALARM, text="Later", due=date(2026, 12, 9))
    incident = agreed_on(CAP, late, ALARM)
    incident = after(incident, finish_action(incident, 1, "", OPENED + 2 * HOUR))
    as_of = OPENED + timedelta(days=7)

    listed = by_urgency(actions(incident), as_of)

    statuses = [item.status(as_of) for item in listed]
    assert [item.number for item in listed] == [3, 2, 1]
    assert statuses == [ActionStatus.OVERDUE, ActionStatus.OPEN, ActionStatus.DONE]


def test_an_item_is_due_two_weeks_after_the_end_or_from_now() -> None:
    over = story(opened(), event(EventKind.RESOLVED, "back", hours=48))

    assert default_due(over, OPENED + timedelta(days=9)) == date(2026, 12, 2)
    assert default_due(story(opened()), OPENED + timedelta(days=9)) == date(2026, 12, 9)


def test_an_item_is_told_to_machines() -> None:
    (item,) = actions(agreed_on(CAP))

    assert action_to_json(item, OPENED + HOUR) == {
        "incident": "metalabs-infrastructure-2026-11",
        "slo": "metalabs-infrastructure",
        "number": 1,
        "text": "Cap the retries",
        "owner": "platform",
        "due": "2026-11-30",
        "priority": "P1",
        "effect": "$180 a day less",
        "status": "open",
        "added_at": "2026-11-16T01:00:00Z",
        "done_at": None,
    }
