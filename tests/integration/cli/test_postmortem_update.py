# SPDX-License-Identifier: Apache-2.0
"""The round trip of a draft: people edit it, new evidence arrives, it is updated."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from cost_slo.domain.postmortem.editing.lines import draft_of
from tests.builders.bills import focus_row, write_csv
from tests.checks.command_line import Ran
from tests.integration.cli.test_incidents import ID, OpenIncident

AS_OF = ("--as-of", "2026-09-05T08:00")
WORDS = "  Answer: two internal teams, for an hour."


class Draft(OpenIncident):
    """An open incident, and a draft of it on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder, self.file = folder, folder / "draft.md"
        assert self("postmortem", "draft", ID, "--out", self.file, *AS_OF).code == 0

    @property
    def text(self) -> str:
        return self.file.read_bytes().decode()

    def edit(self, old: str, new: str) -> None:
        assert old in self.text
        self.file.write_bytes(self.text.replace(old, new, 1).encode())

    def more_data(self) -> None:
        rows = [
            focus_row(
                BilledCost="7.5",
                ChargePeriodStart=f"2026-09-0{day}T00:00:00Z",
                ChargePeriodEnd=f"2026-09-0{day + 1}T00:00:00Z",
            )
            for day in (1, 2, 3)
        ]
        bill = write_csv(self.folder / "bill.csv", *rows)
        where = ("--spec", self.folder / "slos.yaml", "--costs", bill)
        assert self("evaluate", *where, "--as-of", "2026-09-05").code == 1

    def update(self, *arguments: object) -> Ran:
        again = ("--out", self.file, "--update", *AS_OF)
        return self("postmortem", "draft", ID, *again, *arguments)

    def sync(self) -> Ran:
        return self("postmortem", "sync", self.file, *AS_OF)


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return Draft(tmp_path)


def first_question(draft: Draft) -> str:
    return next(line for line in draft.text.splitlines() if "Question to" in line)


def test_new_evidence_gets_between_the_words_of_people_and_is_shown(draft: Draft) -> None:
    question = first_question(draft)
    draft.edit(question, f"{question}\n{WORDS}")
    before = draft.text
    draft.more_data()

    shown = draft.update("--dry-run")
    untouched = draft.text
    done = draft.update()

    assert (shown.code, done.code) == (0, 0)
    assert untouched == before
    assert f"{question}\n{WORDS}\n" in draft.text
    assert "$22.50" not in before
    assert "$22.50" in draft.text
    assert shown.out.startswith(f"--- {draft.file}\n+++ {draft.file} (updated)\n@@ ")
    assert [line for line in done.out.splitlines() if line.startswith("+") and "$22.50" in line]
    assert shown.out.endswith(f"Dry run: {draft.file} was not written.\n")


def test_updating_twice_changes_nothing(draft: Draft) -> None:
    draft.edit("## Timeline", "Words.\n\n## Timeline")
    draft.more_data()
    draft.update()
    once = draft.text

    again = draft.update()

    assert again.out == f"Nothing new for {draft.file}.\n"
    assert draft.text == once


def test_where_both_changed_a_line_the_words_win_and_the_summary_says_so(draft: Draft) -> None:
    draft.edit("- **Status:** open", "- **Status:** open, waiting for the vendor")
    draft.more_data()

    ran = draft.update()

    assert "open, waiting for the vendor, as known at 2026-09-03 00:00 UTC" in draft.text
    assert (
        "<!-- cost-slo now: - **Status:** open, as known at 2026-09-05 00:00 UTC -->" in draft.text
    )
    assert "kept your text; new evidence added as a comment: - **Status:** open" in ran.out


def test_windows_line_endings_a_missing_last_one_and_permissions_stay(draft: Draft) -> None:
    text = draft.text.replace("\n", "\r\n") + "The end."
    draft.file.write_bytes(text.encode())
    draft.file.chmod(0o640)
    draft.more_data()

    draft.update()

    assert draft.text.count("\n") == draft.text.count("\r\n")
    assert draft.text.endswith("\r\nThe end.")
    assert stat.S_IMODE(draft.file.stat().st_mode) == 0o640
    assert not list(draft.folder.glob(".*.tmp"))


def test_a_draft_that_was_printed_can_be_updated_too(draft: Draft) -> None:
    draft.file.write_text(draft("postmortem", "draft", ID, *AS_OF).out, encoding="utf-8")
    draft.more_data()

    assert draft.update().code == 0


# The agenda -----------------------------------------------------------------------------------

AGENDA = "## Review agenda (60 minutes)"


def with_agenda(draft: Draft) -> Draft:
    draft.update("--agenda")
    assert AGENDA in draft.text
    return draft


def agenda(draft: Draft) -> str:
    return draft.text.split(AGENDA)[1].split("## Evidence")[0]


def test_an_agenda_stays_without_being_asked_for_again_and_is_told_anew(draft: Draft) -> None:
    assert "What made the named cause possible" not in agenda(with_agenda(draft))
    draft.edit("| 5 to 15 | Timeline |", "| 5 to 20 | Timeline |")
    draft("incidents", "cause", ID, "--text", "retry loop", *AS_OF)

    draft.update()

    assert "What made the named cause possible" in agenda(draft)
    assert "| 5 to 20 | Timeline |" in agenda(draft)
    assert draft.update().out == f"Nothing new for {draft.file}.\n"


def test_an_untouched_agenda_stays_under_another_heading_too(draft: Draft) -> None:
    with_agenda(draft).edit(AGENDA, "## What we ask")
    draft.more_data()

    draft.update()

    assert AGENDA not in draft.text
    assert "| 5 to 15 | Timeline |" in draft.text


def test_an_agenda_that_people_took_out_stays_out_until_it_is_asked_for(draft: Draft) -> None:
    with_agenda(draft).edit(f"{AGENDA}{agenda(draft)}", "")
    draft.more_data()

    draft.update()
    without = draft.text
    draft.update("--agenda")

    assert AGENDA not in without
    assert AGENDA in draft.text


def test_an_export_keeps_an_agenda_too(draft: Draft) -> None:
    folder = draft.folder / "all"
    folder.mkdir()
    with_agenda(draft).file.rename(folder / f"{ID}.md")

    assert draft("postmortem", "export", folder, *AS_OF).code == 0

    assert AGENDA in (folder / f"{ID}.md").read_text(encoding="utf-8")


# Files that are refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (f'incident: "{ID}"', 'incident: "other"', "tells of other, not of"),
        ("---\n", "", "tells of no incident, not of"),
        ("draft: ", "drafted: ", "has no `draft` between its first two `---`"),
        ('draft: "', 'draft: "0', "which is not in this state folder"),
    ],
)
def test_a_file_whose_draft_is_not_known_is_refused_and_stays(
    old: str, new: str, said: str, draft: Draft
) -> None:
    draft.edit(old, new)
    before = draft.text

    ran = draft.update()

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert draft.text == before


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(draft: Draft) -> None:
    draft.file.write_bytes(draft.text.encode().replace(b"## Timeline", b"## Timeline\xe9"))

    ran = draft.update()

    assert ran.code == 2
    assert f"{draft.file}:" in ran.err
    assert "not UTF-8" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [("--update",), ("--dry-run",), ("--update", "--force", "--out", "x.md")],
    ids=" ".join,
)
def test_options_that_make_no_sense_together_are_refused(
    arguments: tuple[str, ...], draft: Draft
) -> None:
    ran = draft("postmortem", "draft", ID, *arguments)

    assert (ran.code, ran.out) == (2, "")


# Action items ------------------------------------------------------------------------------------


def test_items_written_into_the_draft_go_on_the_record_and_live_in_the_table(draft: Draft) -> None:
    rule = "|--:|---|---|---|---|---|---|\n"
    draft.edit(
        rule, f"{rule}| | Cap the \\| retries | on-call | 2026-09-20 | | $9 a day less | |\n"
    )

    synced = draft.sync()
    again = draft.sync()
    draft("incidents", "action", "done", ID, 1, *AS_OF)
    updated = draft.update()

    assert "action added: Cap the | retries (on-call, due 20 Sep 2026, P1)" in synced.out
    assert "no new, changed or finished action items" in again.out
    assert "1 suggestion left unaccepted" in again.out
    row = "| 1 | Cap the \\| retries | on-call | 20 Sep 2026 | P1 | $9 a day less | done |"
    assert (updated.code, row in draft.text) == (0, True)
    assert draft.text.count("Cap the") == 1
    assert "suggested" not in draft.text


def test_a_row_that_is_not_whole_is_refused_with_file_and_line(draft: Draft) -> None:
    rule = "|--:|---|---|---|---|---|---|\n"
    draft.edit(rule, f"{rule}| | Cap the retries | | | | | |\n")
    line = draft.text.splitlines().index("| | Cap the retries | | | | | |") + 1

    ran = draft.sync()

    assert (ran.code, ran.out) == (2, "")
    assert f"{draft.file}:{line}: 'Cap the retries' has no owner" in ran.err
    assert f"{draft.file}:{line}: 'Cap the retries' has no due date" in ran.err
    assert "action_added" not in draft.timeline


def test_an_item_that_a_command_changed_is_told_anew_and_an_old_file_takes_nothing_back(
    draft: Draft,
) -> None:
    draft("incidents", "action", "add", ID, "--text", "Cap", "--owner", "on-call", *AS_OF)
    draft.update()
    changed = ("--due", "2026-12-24", "--text", "Cap the retries")
    draft("incidents", "action", "change", ID, 1, *changed, *AS_OF)

    synced = draft.sync()
    draft.update()

    assert "no new, changed or finished action items" in synced.out
    assert "| 1 | Cap the retries | on-call | 24 Dec 2026 | P1 | - | open |" in draft.text
    assert "| Cap |" not in draft.text
    assert "action item 1: text Cap the retries" in draft("incidents", "show", ID).out


def test_an_item_that_was_written_into_the_file_and_then_changed_is_told(draft: Draft) -> None:
    rule = "|--:|---|---|---|---|---|---|\n"
    draft.edit(rule, f"{rule}| | Cap | on-call | 2026-09-20 | | | |\n")
    draft.sync()
    draft("incidents", "action", "change", ID, 1, "--due", "2026-12-24", *AS_OF)

    before, _, after = draft.sync(), draft.update(), draft.sync()

    said = "action item 1 was changed by a command since; that stays."
    assert (said in before.out, said in after.out) == (True, True)
    assert draft.timeline.count("action_changed") == 1
    assert "<!-- cost-slo now: | 1 | Cap | on-call | 24 Dec 2026 |" in draft.text


def test_an_item_that_is_not_in_the_file_stays_on_the_record(draft: Draft) -> None:
    draft("incidents", "action", "add", ID, "--text", "Cap", "--owner", "on-call", *AS_OF)

    assert "action item 1 is not in the table; it stays recorded" in draft.sync().out


def test_a_file_that_names_no_incident_is_refused(draft: Draft) -> None:
    draft.file.write_text("# Words\n", encoding="utf-8")

    assert "has no `incident` line" in draft.sync().err


def test_a_file_whose_draft_is_gone_still_tells_its_items(draft: Draft) -> None:
    draft.edit("suggested |", "open |")
    draft.edit(f'draft: "{draft_of(draft.text)}"\n', "")

    assert "action added: " in draft.sync().out
