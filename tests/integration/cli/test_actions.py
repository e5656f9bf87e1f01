# SPDX-License-Identifier: Apache-2.0
"""Action items from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.checks.command_line import Ran, cost_slo
from tests.checks.documents import assert_documented
from tests.integration.cli.test_incidents import ID, OpenIncident

ADD = ("--text", "Cap the retries", "--owner", "platform")
AT = ("--as-of", "2026-09-04T08:00")


@pytest.fixture
def opened(tmp_path: Path) -> OpenIncident:
    return OpenIncident(tmp_path)


def action(opened: OpenIncident, *arguments: object) -> Ran:
    return opened("incidents", "action", *arguments)


def listed(opened: OpenIncident, *arguments: object) -> list[dict[str, Any]]:
    ran = action(opened, "list", *arguments, "--format", "json")
    assert_documented("actions", ran.document)
    found: list[dict[str, Any]] = ran.document["actions"]
    return found


def test_an_item_is_added_finished_and_on_the_record(opened: OpenIncident) -> None:
    added = action(opened, "add", ID, *ADD, "--effect", "$9 a day less", *AT)
    finished = action(opened, "done", ID, 1, "--text", "capped at 2", *AT)

    assert (added.code, finished.code) == (0, 0)
    assert added.out == "Action item 1 added: Cap the retries (platform, due 18 Sep 2026, P1)\n"
    assert finished.out == "Done: action item 1: capped at 2\n"
    assert opened.timeline[-2:] == ["action_added", "action_done"]
    assert [(item["status"], item["effect"]) for item in listed(opened)] == [
        ("done", "$9 a day less")
    ]


def test_adding_the_same_twice_changes_nothing(opened: OpenIncident) -> None:
    action(opened, "add", ID, *ADD, "--due", "2026-09-20", "--priority", "P3", *AT)

    again = action(opened, "add", ID, *ADD, "--as-of", "2026-09-09")
    otherwise = action(opened, "add", ID, *ADD, "--due", "2026-10-01", *AT)

    assert again.out.startswith("Action item 1 exists already: ")
    assert (again.code, otherwise.code) == (0, 2)
    assert opened.timeline.count("action_added") == 1


def test_an_item_is_changed_once_and_says_on_the_record_what_changed(opened: OpenIncident) -> None:
    action(opened, "add", ID, *ADD, "--effect", "$9 a day less", *AT)
    asked = ("--owner", "search", "--due", "2026-12-24", "--priority", "P3", "--effect", "")

    changed = action(opened, "change", ID, 1, *asked, "--text", "Cap retries at 2", *AT)
    again = action(opened, "change", ID, 1, *asked, *AT)

    assert changed.out == (
        "Changed: action item 1: text Cap retries at 2, owner search, due 2026-12-24, "
        "priority P3, effect -\n"
    )
    assert again.out == (
        "Action item 1 is unchanged: Cap retries at 2 (search, due 24 Dec 2026, P3)\n"
    )
    assert (changed.code, again.code) == (0, 0)
    assert opened.timeline.count("action_changed") == 1
    (item,) = listed(opened, ID)
    assert [item[name] for name in ("text", "owner", "due", "priority", "effect")] == [
        "Cap retries at 2",
        "search",
        "2026-12-24",
        "P3",
        "",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((1,), "nothing to change; use --text, --owner"),
        ((2, "--owner", "search"), "has no action item 2; there are: 1 to 1"),
        ((1, "--owner", ""), "has no owner; name a team or a rotation"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    arguments: tuple[object, ...], said: str, opened: OpenIncident
) -> None:
    action(opened, "add", ID, *ADD, *AT)

    ran = action(opened, "change", ID, *arguments, *AT)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "action_changed" not in opened.timeline


def test_an_empty_owner_is_refused(opened: OpenIncident) -> None:
    ran = action(opened, "add", ID, "--text", "Cap the retries", "--owner", " ", *AT)

    assert (ran.code, ran.out) == (2, "")
    assert "has no owner; name a team or a rotation" in ran.err


def test_overdue_items_are_told_as_of_an_instant(opened: OpenIncident) -> None:
    action(opened, "add", ID, *ADD, "--due", "2026-09-06", *AT)
    action(opened, "add", ID, "--text", "Alarm on retries", "--owner", "on-call", *AT)

    late = listed(opened, ID, "--overdue", "--as-of", "2026-09-07")
    calm = action(opened, "list", ID, "--overdue", "--as-of", "2026-09-06T23:59")
    everything = listed(opened, "--as-of", "2026-09-07")

    assert [(item["number"], item["status"]) for item in late] == [(1, "overdue")]
    assert calm.out == "No overdue action items.\n"
    assert [item["status"] for item in everything] == ["overdue", "open"]


def test_items_are_shown_with_their_incident(opened: OpenIncident) -> None:
    action(opened, "add", ID, *ADD, *AT)

    people = opened("incidents", "show", ID)
    machines = opened.document("show", ID)

    assert "Cap the retries" in people.out
    assert [item["text"] for item in machines["actions"]] == ["Cap the retries"]


def test_a_folder_without_state_has_no_items(tmp_path: Path) -> None:
    ran = cost_slo("incidents", "action", "list", "--state", tmp_path / "fresh")

    assert (ran.code, ran.out) == (0, "No action items.\n")
