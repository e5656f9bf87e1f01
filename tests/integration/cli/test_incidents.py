# SPDX-License-Identifier: Apache-2.0
"""An incident's life, moved from the command line, and its narrative draft."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cost_slo.adapters.stores.sqlite.store import SqliteStore
from cost_slo.cli.incidents import move
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import Incident, fold
from cost_slo.domain.incidents.verbs import mitigate, resolve
from cost_slo.domain.plan.learning import is_planned
from cost_slo.ports import StateChange
from cost_slo.wiring.local import FILE_NAME
from tests.builders.bills import focus_row, write_csv
from tests.checks.command_line import Ran, cost_slo
from tests.checks.documents import assert_documented

ID = "web-2026-09"
SPEC = """\
apiVersion: cost-slo/v1
slos:
  - name: web
    product: shop
    owner: platform
    objective: {monthly: 0.5}
    plan: none
"""
AT = ("--as-of", "2026-09-04T08:00")
MOVED_AT = datetime(2026, 9, 4, 8, tzinfo=UTC)
MOVES = {
    "note": "noted",
    "acknowledge": "acknowledged",
    "cause": "cause_identified",
    "mitigate": "mitigating",
    "resolve": "resolved",
    "reopen": "reopened",
}


class Overtaken(SqliteStore):
    """A store in which somebody resolves the incident just before the first save."""

    is_overtaken = False

    def save(self, change: StateChange) -> None:
        if not self.is_overtaken:
            self.is_overtaken = True
            incident = fold(self.load_events(incident=ID))
            over = resolve(incident, "the spend is back", datetime(2026, 9, 4, 7, tzinfo=UTC))
            super().save(StateChange(events=(over,)))
        super().save(change)


class OpenIncident:
    """The command line, on a state folder with one open incident."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        spec = folder / "slos.yaml"
        spec.write_text(SPEC, encoding="utf-8")
        bill = write_csv(folder / "bill.csv", focus_row())
        where = ("--spec", spec, "--costs", bill, "--as-of", "2026-09-03")
        assert self("evaluate", *where).code == 1

    def __call__(self, *arguments: object) -> Ran:
        return cost_slo(*arguments, "--state", self.state)

    def document(self, *arguments: object) -> dict[str, Any]:
        ran = self("incidents", *arguments, "--format", "json")
        assert_documented("incidents", ran.document)
        (incident,) = ran.document["incidents"]
        assert isinstance(incident, dict)
        return incident

    @property
    def incident(self) -> Incident:
        return fold(SqliteStore(self.state / "state.sqlite3").load_events())

    @property
    def status(self) -> object:
        return self.document("list")["status"]

    @property
    def timeline(self) -> list[str]:
        return [event["kind"] for event in self.document("show", ID)["timeline"]]


@pytest.fixture
def opened(tmp_path: Path) -> OpenIncident:
    return OpenIncident(tmp_path)


def test_a_resolved_incident_is_closed_and_no_other_is(opened: OpenIncident) -> None:
    early = opened("incidents", "close", ID, "--text", "reviewed", *AT)
    opened("incidents", "resolve", ID, "--text", "back", *AT)
    late = opened("incidents", "close", ID, "--text", "reviewed", *AT)

    assert "`closed` needs it to be resolved" in early.err
    assert (early.code, late.code, opened.status) == (2, 0, "closed")


def test_an_open_incident_is_listed_with_what_a_machine_needs(opened: OpenIncident) -> None:
    listed = opened.document("list")

    assert {key: listed[key] for key in ("id", "slo", "status", "resolved_at")} == {
        "id": ID,
        "slo": "web",
        "status": "open",
        "resolved_at": None,
    }
    assert listed["opened_at"] == "2026-09-03T00:00:00Z"


def test_a_folder_without_state_lists_nothing_and_is_not_made(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"

    machine = cost_slo("incidents", "list", "--format", "json", "--state", fresh)
    people = cost_slo("incidents", "list", "--state", fresh)

    assert machine.document == {"schema": "cost-slo/incidents/v1", "incidents": []}
    assert (people.code, people.out) == (0, f"No incidents: no state in {fresh} yet.\n")
    assert not fresh.exists()


@pytest.mark.parametrize(
    "command",
    [
        ("incidents", "show", ID),
        ("incidents", "note", ID, "--text", "x"),
        ("postmortem", "draft", ID),
    ],
    ids=" ".join,
)
def test_a_folder_without_state_has_nothing_to_show_or_move(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    fresh = tmp_path / "fresh"

    ran = cost_slo(*command, "--state", fresh)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"cost-slo: no state in {fresh}; ")
    assert not fresh.exists()


def test_state_without_an_incident_is_an_empty_list(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "state.sqlite3").save(StateChange())

    people = cost_slo("incidents", "list", "--state", tmp_path)

    assert (people.code, people.out) == (0, "No incidents.\n")


def test_a_person_takes_an_incident_from_note_to_resolved_and_back(opened: OpenIncident) -> None:
    before = opened.timeline

    ran = [
        opened(
            "incidents", verb, ID, "--text", f"said at {verb}", "--as-of", f"2026-09-04T0{hour}:00"
        )
        for hour, verb in enumerate(MOVES)
    ]

    assert [step.code for step in ran] == [0] * len(MOVES)
    assert opened.timeline == [*before, *MOVES.values()]
    assert [verb for verb in MOVES if f"said at {verb}" not in ran[-1].out] == []
    assert opened.status == "open"


def test_a_level_is_accepted_from_a_day_on(opened: OpenIncident) -> None:
    since = ("--from", "2026-09-02")

    ran = opened("incidents", "accept", ID, *since, "--text", "the new region is live", *AT)

    assert ran.code == 0
    assert "accepted as the new level from 2 Sep 2026: the new region is live" in ran.out
    assert (opened.timeline[-1], opened.incident.accepted_from) == ("accepted", date(2026, 9, 2))


def test_a_level_is_not_accepted_from_a_day_to_come(opened: OpenIncident) -> None:
    ran = opened("incidents", "accept", ID, "--from", "2026-09-12", *AT)

    assert (ran.code, "12 Sep 2026 has not come yet" in ran.err) == (2, True)


def test_an_incident_can_be_resolved_as_planned(opened: OpenIncident) -> None:
    ran = opened("incidents", "resolve", ID, "--planned", "--text", "a load test", *AT)

    assert (ran.code, "a load test" in ran.out) == (0, True)
    assert is_planned(opened.incident)


@pytest.mark.parametrize(("verb", "status"), [("mitigate", "mitigating"), ("resolve", "resolved")])
def test_a_verb_moves_the_status(verb: str, status: str, opened: OpenIncident) -> None:
    opened("incidents", verb, ID, "--text", "job paused", *AT)

    assert opened.status == status


def test_saying_the_same_thing_twice_says_it_once(opened: OpenIncident) -> None:
    for _ in range(2):
        opened("incidents", "note", ID, "--text", "limit raised", *AT)

    assert opened.timeline.count("noted") == 1


def test_a_verb_the_state_does_not_allow_is_exit_2_and_changes_nothing(
    opened: OpenIncident,
) -> None:
    before = opened.timeline

    ran = opened("incidents", "reopen", ID, "--text", "again", *AT)

    assert (ran.code, ran.out) == (2, "")
    assert "`reopened` needs it to be resolved or closed" in ran.err
    assert opened.timeline == before


def test_a_verb_that_was_overtaken_is_decided_again_on_what_is_known_by_then(
    opened: OpenIncident,
) -> None:
    store = Overtaken(opened.state / FILE_NAME)

    with pytest.raises(CostSloError, match="resolved"):
        move(store, ID, lambda it: mitigate(it, "import job paused", MOVED_AT))

    assert store.is_overtaken
    assert opened.timeline[-1] == "resolved"


@pytest.mark.parametrize(
    "command",
    [
        ("incidents", "show", "web-2026-10"),
        ("incidents", "note", "web-2026-10", "--text", "x"),
        ("postmortem", "draft", "web-2026-10"),
    ],
    ids=" ".join,
)
def test_an_unknown_id_is_exit_2_and_names_the_known_ones(
    command: tuple[str, ...], opened: OpenIncident
) -> None:
    ran = opened(*command)

    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(rf"cost-slo: no incident 'web-2026-10' .*known ids: {ID}\n", ran.err)


def test_words_are_needed_to_move_an_incident(opened: OpenIncident) -> None:
    ran = opened("incidents", "resolve", ID)

    assert (ran.code, ran.out) == (2, "")
    assert "--text" in ran.err


def test_updates_in_a_row_are_one_line_for_people_and_all_there_for_machines(
    opened: OpenIncident, tmp_path: Path
) -> None:
    spec = ("--spec", tmp_path / "slos.yaml")
    opened("incidents", "acknowledge", ID, "--as-of", "2026-09-03T01:00")
    for day in (3, 4, 5):
        rows = [
            focus_row(
                ChargePeriodStart=f"2026-09-{start:02}T00:00:00Z",
                ChargePeriodEnd=f"2026-09-{start + 1:02}T00:00:00Z",
            )
            for start in range(1, day)
        ]
        bill = write_csv(tmp_path / "bill.csv", *rows)
        opened("evaluate", *spec, "--costs", bill, "--as-of", f"2026-09-{day:02}T12:00")

    people = opened("incidents", "show", ID)

    assert opened.timeline.count("updated") == 3
    assert people.out.count("updated") == 1
    assert "3 updates until 2026-09-05 12:00 UTC, last: " in people.out


def test_a_draft_is_printed_and_the_same_each_time(opened: OpenIncident) -> None:
    first, second = (opened("postmortem", "draft", ID) for _ in range(2))

    assert first.code == 0
    assert first.out.startswith("---\n")
    assert ID in first.out
    assert first == second


def test_a_draft_goes_to_a_file_and_never_over_peoples_words(
    opened: OpenIncident, tmp_path: Path
) -> None:
    file = tmp_path / "drafts" / "web.md"
    printed = opened("postmortem", "draft", ID)
    draft = ("postmortem", "draft", ID, "--out", file)
    assert opened(*draft).code == 0
    assert file.read_text(encoding="utf-8") == printed.out
    file.write_text("what people wrote", encoding="utf-8")

    refused = opened(*draft)
    kept = file.read_text(encoding="utf-8")
    forced = opened(*draft, "--force")

    assert (refused.code, refused.out) == (2, "")
    assert "--force" in refused.err
    assert kept == "what people wrote"
    assert forced.code == 0
    assert file.read_text(encoding="utf-8") == printed.out


def test_a_draft_that_cannot_be_written_is_exit_5(opened: OpenIncident, tmp_path: Path) -> None:
    ran = opened("postmortem", "draft", ID, "--out", tmp_path, "--force")

    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith(f"cost-slo: {tmp_path}: ")
