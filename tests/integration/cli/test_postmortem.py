# SPDX-License-Identifier: Apache-2.0
"""Narratives on the command line: drafted, verified, corrected, exported."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cost_slo.ports import StateChange
from cost_slo.wiring.local import store_of
from tests.builders.incident_kinds import KINDS
from tests.checks.command_line import Ran, cost_slo
from tests.checks.documents import assert_documented

RUNAWAY = "metalabs-infrastructure-2026-09"


@pytest.fixture(name="state")
def state_folder(tmp_path: Path) -> Path:
    """The state that the runaway left."""
    kept, folder = KINDS["runaway"]().rig.store, tmp_path / "state"
    change = StateChange(
        observations=tuple(kept.observations.values()), events=tuple(kept.events.values())
    )
    store_of(folder).save(change)
    return folder


@pytest.fixture(name="draft")
def draft_file(state: Path, tmp_path: Path) -> Path:
    file = tmp_path / "draft.md"
    assert cost_slo("postmortem", "draft", RUNAWAY, "--out", file, "--state", state).code == 0
    return file


def restate(state: Path) -> None:
    """The source takes 168.50 off the 17th, on the 30th."""
    store = store_of(state)
    rows = store.load_observations(next(iter(KINDS["runaway"]().records.ledgers)))
    last = [row for row in rows if row.day == date(2026, 9, 17)][-1]
    row = replace(
        last,
        usage=last.usage - Decimal("168.50"),
        revision=last.revision + 1,
        observed_at=last.observed_at.replace(day=30),
    )
    store.save(StateChange(observations=(row,)))


def verify(file: Path, state: Path, *options: str) -> Ran:
    return cost_slo("postmortem", "verify", file, "--state", state, *options)


def test_a_fresh_draft_holds(draft: Path, state: Path) -> None:
    ran = verify(draft, state)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{RUNAWAY}: ")
    assert ran.out.endswith("no mismatches.\n")


def test_an_edited_number_is_told_with_its_line(draft: Path, state: Path) -> None:
    text = draft.read_text().replace("- Above plan: $303.75", "- Above plan: $30.75")
    draft.write_text(text)
    line = (
        text.split("\n").index(next(x for x in text.split("\n") if "- Above plan: $30.75" in x)) + 1
    )

    ran, document = verify(draft, state), verify(draft, state, "--format", "json").document

    assert ran.code == 1
    assert f"{draft}:{line}: edited: text says $30.75; evidence says $303.75" in ran.out
    assert_documented("verification", document)
    (bad,) = document["mismatches"]
    assert (document["schema"], document["incident"]) == ("cost-slo/verification/v1", RUNAWAY)
    assert (bad["kind"], bad["line"], bad["written"]) == ("edited", line, "$30.75")


def test_a_restatement_is_reported_and_corrected_once(draft: Path, state: Path) -> None:
    restate(state)
    before = draft.read_text()

    reported = verify(draft, state)
    unchanged = draft.read_text()
    told = verify(draft, state, "--format", "json").document
    written = verify(draft, state, "--write")
    corrected = draft.read_text()
    again = verify(draft, state, "--write")

    assert (reported.code, written.code, again.code) == (1, 1, 0)
    assert "(peak_above_plan): restated: written as $303.75; source now reports $135.25" in (
        reported.out
    )
    assert_documented("verification", told)
    assert {bad["kind"] for bad in told["mismatches"]} == {"restated"}
    assert unchanged == before
    assert "Correction appended: As known at 2026-09-30 06:00 UTC, $303.75" in written.out
    assert "## Corrections" in corrected
    assert [line for line in before.split("\n") if line not in corrected.split("\n")] == []
    assert draft.read_text() == corrected


def test_a_draft_after_a_restatement_says_so_and_holds(state: Path, tmp_path: Path) -> None:
    restate(state)
    file = tmp_path / "later.md"
    cost_slo("postmortem", "draft", RUNAWAY, "--out", file, "--state", state)

    assert "The source changed these days since" in file.read_text()
    assert verify(file, state).code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [("# a note\n", "no evidence in this file"), (None, "No such file")],
)
def test_a_file_that_is_no_narrative_is_refused(
    state: Path, tmp_path: Path, text: str | None, said: str
) -> None:
    file = tmp_path / "note.md"
    if text is not None:
        file.write_text(text)

    ran = verify(file, state)

    assert ran.code in {3, 5}
    assert said in ran.err
    assert str(file) in ran.err


def test_a_narrative_of_another_state_is_refused(draft: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    store_of(other).save(StateChange(evaluated={}))

    ran = verify(draft, other)

    assert ran.code == 2
    assert f"no incident '{RUNAWAY}' in this state" in ran.err


def test_the_agenda_comes_on_request(state: Path) -> None:
    plain = cost_slo("postmortem", "draft", RUNAWAY, "--state", state)
    asked = cost_slo("postmortem", "draft", RUNAWAY, "--state", state, "--agenda")

    assert "## Review agenda (60 minutes)" not in plain.out
    assert "## Review agenda (60 minutes)" in asked.out


def test_an_export_is_the_same_bytes_as_long_as_nothing_changed(
    state: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "postmortems"

    first = cost_slo("postmortem", "export", folder, "--state", state)
    bytes_then = {file.name: file.read_bytes() for file in folder.iterdir()}
    cost_slo("postmortem", "export", folder, "--state", state)
    bytes_now = {file.name: file.read_bytes() for file in folder.iterdir()}

    assert (first.code, first.out) == (0, f"1 narrative and index.md in {folder}\n")
    assert bytes_now == bytes_then
    assert sorted(bytes_now) == ["index.md", f"{RUNAWAY}.md"]
    assert f"[{RUNAWAY}]({RUNAWAY}.md)" in (folder / "index.md").read_text()
    assert verify(folder / f"{RUNAWAY}.md", state).code == 0


def test_an_export_brings_drafts_up_to_date_and_keeps_what_people_wrote(
    state: Path, tmp_path: Path
) -> None:
    folder, file = tmp_path / "postmortems", tmp_path / "postmortems" / f"{RUNAWAY}.md"
    export = ("postmortem", "export", folder, "--state", state)
    cost_slo(*export)
    file.write_text(file.read_text().replace("## Trigger\n", "## Trigger\n\nOur words.\n"))
    restate(state)

    ran = cost_slo(*export)

    assert (ran.code, ran.err) == (0, "")
    assert "The source changed these days since" in file.read_text()
    assert "Our words." in file.read_text()
    assert verify(file, state).code == 0


def test_line_endings_of_an_editor_stay(draft: Path, state: Path) -> None:
    restate(state)
    draft.write_bytes(draft.read_bytes().replace(b"\n", b"\r\n"))

    ran = verify(draft, state, "--write")

    assert ran.code == 1
    text = draft.read_bytes()
    assert b"## Corrections\r\n" in text
    assert text.count(b"\n") == text.count(b"\r\n")
