# SPDX-License-Identifier: Apache-2.0
"""Action items read back from the Markdown that people edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cost_slo.domain.actions.items import Agreed, Priority, actions
from cost_slo.domain.actions.table import due_day, table_rows
from cost_slo.domain.actions.transitions import Revision, add_action, finish_action, revise_action
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import EventKind, Incident, fold
from cost_slo.domain.postmortem.editing.action_sync import Sync, synced
from tests.builders.stories import OPENED, opened, story

AT = OPENED + timedelta(days=2)
CAP = Agreed("Cap the retries", "platform", date(2026, 11, 30), Priority.P1, "$9 a day less")
CAP_ROW = "| 1 | Cap the retries | platform | 30 Nov 2026 | P1 | $9 a day less | open |"
NEW_ROW = "| | Alarm on retries \\| sums | on-call | 2026-12-01 | | | |"
NUMBERED_ROW = "| 2 | Alarm on retries \\| sums | on-call | 2026-12-01 | P2 |  | open |"
ALARM = Agreed("Alarm on retries | sums", "on-call", date(2026, 12, 1), Priority.P2)
HEADER = [
    "| # | Item | Owner | Due | Priority | Expected effect | Status |",
    "|--:|---|---|---|---|---|---|",
]


def recorded(*items: Agreed) -> Incident:
    found = story(opened())
    for item in items:
        found = fold((*found.events, add_action(found, item, OPENED)))
    return found


def sync(incident: Incident, *rows: str, drafted: tuple[str, ...] = ()) -> Sync:
    return synced(
        incident,
        ["# Title", "", *HEADER, *rows, "", "Words."],
        drafted=[*HEADER, *drafted],
        priority=Priority.P2,
        at=AT,
        file="draft.md",
    )


def after(incident: Incident, found: Sync) -> Incident:
    return fold((*incident.events, *(event for _, event in found.events)))


def kinds(found: Sync) -> list[tuple[int, EventKind]]:
    return [(line, event.kind) for line, event in found.events]


def test_a_new_row_is_a_new_item_and_the_next_reading_finds_nothing_new() -> None:
    incident = recorded(CAP)

    found = sync(incident, CAP_ROW, NEW_ROW)
    incident = after(incident, found)

    assert kinds(found) == [(6, EventKind.ACTION_ADDED)]
    assert [item.agreed for item in actions(incident)] == [CAP, ALARM]
    assert found.filled == {5: NUMBERED_ROW}
    assert sync(incident, CAP_ROW, NUMBERED_ROW) == Sync((), {}, 0, ())
    assert sync(incident, CAP_ROW, NEW_ROW) == Sync((), found.filled, 0, ())


def test_a_row_set_to_done_ends_its_item_by_number_or_by_text() -> None:
    by_number = sync(recorded(CAP), CAP_ROW.replace("open", "Done"))
    by_text = sync(recorded(CAP), CAP_ROW.replace("open", "done").replace("| 1 |", "| |"))
    at_once = sync(recorded(), NEW_ROW.removesuffix("| |") + "| done |")

    assert kinds(by_number) == kinds(by_text) == [(5, EventKind.ACTION_DONE)]
    assert kinds(at_once) == [(5, EventKind.ACTION_ADDED), (5, EventKind.ACTION_DONE)]
    assert [item.done_at for item in actions(after(recorded(), at_once))] == [AT]


def test_what_people_changed_in_a_row_changes_its_item() -> None:
    row = CAP_ROW.replace("30 Nov", "24 Dec").replace("Cap the", "Cap all").replace("P1", "p3")

    incident = after(recorded(CAP), sync(recorded(CAP), row, drafted=(CAP_ROW,)))

    (item,) = actions(incident)
    changed = replace(CAP, text="Cap all retries", due=date(2026, 12, 24), priority=Priority.P3)
    assert item.agreed == changed


def test_a_row_nobody_touched_since_the_draft_takes_nothing_back() -> None:
    incident = recorded(CAP)
    incident = after(incident, sync(incident, CAP_ROW.replace("30 Nov", "24 Dec")))

    stale = sync(incident, CAP_ROW, drafted=(CAP_ROW,))

    assert stale.events == ()


def revised(incident: Incident, revision: Revision) -> Incident:
    event = revise_action(incident, 1, revision, AT)
    assert event is not None
    return fold((*incident.events, event))


LATER = date(2026, 12, 24)


def test_a_cell_nobody_touched_takes_nothing_back_when_another_one_was() -> None:
    incident = revised(recorded(CAP), Revision(due=LATER, effect=""))
    row = CAP_ROW.replace("platform", "search").replace("30 Nov 2026", "2026-11-30")

    found = sync(incident, row, drafted=(CAP_ROW,))

    (item,) = actions(after(incident, found))
    assert item.agreed == replace(CAP, owner="search", due=LATER, effect="")
    assert found.outdated == ()


def test_a_row_that_people_wrote_takes_nothing_back_that_a_command_changed_and_is_told() -> None:
    incident = revised(recorded(CAP), Revision(due=LATER))

    found = sync(incident, CAP_ROW)
    again = sync(incident, CAP_ROW.replace("30 Nov", "24 Dec"))
    otherwise = sync(incident, CAP_ROW.replace("30 Nov", "31 Dec"))

    assert (found.events, found.outdated) == ((), ((5, 1),))
    assert (again.events, again.outdated) == ((), ())
    assert [event.text for _, event in otherwise.events] == ["action item 1: due 2026-12-31"]


def test_a_draft_that_only_suggests_a_row_does_not_make_the_words_above_it_news() -> None:
    incident, today = (
        revised(recorded(CAP), Revision(due=LATER)),
        CAP_ROW.replace("30 Nov", "24 Dec"),
    )

    stands = sync(incident, CAP_ROW, f"<!-- cost-slo now: {today} -->", drafted=(today,))
    declined = sync(incident, CAP_ROW, drafted=(today,))

    assert (stands.events, stands.outdated) == ((), ((5, 1),))
    assert [event.text for _, event in declined.events] == ["action item 1: due 2026-11-30"]


def test_an_item_that_is_done_stays_done_and_one_not_listed_stays_on_the_record() -> None:
    incident = recorded(CAP, ALARM)
    incident = fold((*incident.events, finish_action(incident, 1, "", AT)))

    found = sync(incident, CAP_ROW)
    again = sync(incident, CAP_ROW.replace("open", "done"))

    assert (found.events, found.unlisted) == ((), (2,))
    assert again.events == ()


def test_suggestions_and_empty_rows_are_no_items_until_somebody_agrees() -> None:
    suggested = NEW_ROW.removesuffix("| |") + "| suggested |"

    found = sync(recorded(), suggested, "| | | | | | | |")

    assert found == Sync((), {}, 1, ())


def test_every_row_that_is_not_whole_is_told_with_its_line_and_nothing_is_taken_up() -> None:
    rows = (
        "| | Move to batch | - | 2026-12-01 | | | |",
        "| | Move to batches | search | TBD | | | |",
        "| | Move on | search | soon | P4 | | later |",
        "| 7 | Stay | search | 2026-12-01 |",
        "| | | search | 2026-12-01 | | | | | |",
        NEW_ROW,
        NEW_ROW.replace("Alarm", " ALARM"),
        CAP_ROW,
        CAP_ROW.replace("retries", "calls"),
    )

    with pytest.raises(CostSloError) as caught:
        sync(recorded(CAP), *rows)

    assert str(caught.value).splitlines() == [
        "draft.md:5: 'Move to batch' has no owner; name a team or a rotation",
        "draft.md:6: 'Move to batches' has no due date; write one such as 2026-11-30",
        "draft.md:7: 'soon' is no date; write 2026-11-30 or 30 Nov 2026",
        "draft.md:7: 'P4' is no priority; write P1, P2 or P3",
        "draft.md:7: 'later' is no status; write open or done",
        "draft.md:8: no action item 7 on the record; leave the number of a new one empty",
        "draft.md:9: more cells than the table has columns; write `\\|` for a bar within a cell",
        "draft.md:9: no item; say what is to be done, or leave a line empty below the table",
        "draft.md:11: action item 'alarm on retries | sums' stands in line 10 already",
        "draft.md:13: action item 1 stands in line 12 already",
        "nothing was taken up",
    ]


def test_a_table_may_lack_columns_and_outer_bars() -> None:
    lines = ["Action item | Team | Due date", "--- | --- | ---", "Cap it | platform | 2026-12-01"]

    (row,) = table_rows(lines)

    assert (row.item, row.owner, row.due, row.number) == ("Cap it", "platform", "2026-12-01", None)


def test_a_row_below_a_comment_or_an_empty_line_is_not_lost() -> None:
    lines = [
        *HEADER,
        CAP_ROW,
        "<!-- cost-slo now: | 2 | Cap it | -->",
        NEW_ROW,
        "",
        CAP_ROW,
        "---",
        "Words | after | the | table",
        "- A list | of | words",
        "## Evidence",
        "| E1 | costs |",
    ]

    assert [row.index for row in table_rows(lines)] == [2, 4, 6]


def test_a_line_right_below_a_table_is_a_row_of_it() -> None:
    with pytest.raises(CostSloError, match=r"draft.md:6: no item; .* below the table"):
        sync(recorded(CAP), CAP_ROW, "Words.")


def test_a_table_without_items_or_owners_holds_no_action_items() -> None:
    assert table_rows(["| Id | What |", "|---|---|", "| E1 | costs |"]) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("30 Nov 2026", date(2026, 11, 30)),
        ("1. december 2026", date(2026, 12, 1)),
        ("31 Feb 2026", None),
        ("30 Foo 2026", None),
        ("next week", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: date | None) -> None:
    assert due_day(text) == day
