# SPDX-License-Identifier: Apache-2.0
"""Whatever people do to a draft, new evidence loses none of their words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.adapters.documents.templates.renderer import JinjaRenderer
from cost_slo.domain.actions.items import Agreed, Priority
from cost_slo.domain.actions.transitions import add_action
from cost_slo.domain.incidents.incident import Incident, fold
from cost_slo.domain.postmortem.editing.lines import plain_line, stamped
from cost_slo.domain.postmortem.editing.matching import hinted_text
from cost_slo.domain.postmortem.editing.merge import merge
from cost_slo.domain.postmortem.narrative.sections import narrative_facts
from tests.builders.stories import OPENED
from tests.unit.postmortem.narrative.test_narrative import STORIES

AGREED = Agreed("Cap the retries", "platform", date(2026, 11, 30), Priority.P1)


def drafted(incident: Incident) -> str:
    facts = narrative_facts(incident, owner="platform")
    return stamped(JinjaRenderer().render("narrative.md.j2", facts))


def with_item(incident: Incident) -> Incident:
    return fold((*incident.events, add_action(incident, AGREED, OPENED + timedelta(hours=9))))


DRAFTS = [
    *map(drafted, STORIES.values()),
    *(drafted(with_item(incident)) for incident in STORIES.values()),
]
WORDS = [
    "We raised the limit for the load test.",
    "  The retries were meant for a queue that is gone.",
    "- Answer: nobody outside the company.",
    "| - | Alarm on retries | on-call | 2026-12-01 | P2 | - | open |",
    "| 1 | Cap the retries | search | 2026-12-24 | P1 | - | done |",
    "| 2026-11-17 03:00 UTC | note | paused by hand |",
    "## Notes of the review",
    "### Why now",
    "",
    "```",
    "<!-- a remark -->",
    "> quoted from the chat",
    "Line with \u2028 a separator and \x0c a form feed",
]
written = st.sampled_from(WORDS) | st.text(
    st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=40
)
edits = st.lists(
    st.tuples(st.sampled_from(["add", "add", "delete", "extend", "move", "swap"]), st.floats(0, 1))
    | st.tuples(st.just("retell"), st.floats(0, 1)),
    max_size=12,
)


@st.composite
def edited(draw: st.DrawFn, base: str) -> list[str]:
    lines = base.removesuffix("\n").split("\n")
    for kind, place in draw(edits):
        at = min(int(place * len(lines)), len(lines) - 1)
        if kind == "add" or not lines:
            lines.insert(at, draw(written))
        elif kind == "delete":
            del lines[at]
        elif kind == "extend":
            lines[at] += draw(written)
        elif kind == "retell":
            lines[at] = lines[at].replace("$", "about $").replace("platform", "the platform team")
        elif kind == "move":
            lines.insert(int(draw(st.floats(0, 1)) * len(lines)), lines.pop(at))
        else:
            lines[at : at + 6] = reversed(lines[at : at + 6])
    return lines


@st.composite
def rounds(draw: st.DrawFn) -> tuple[str, list[str], str]:
    base, ours = draw(st.sampled_from(DRAFTS)), draw(st.sampled_from(DRAFTS))
    return base, draw(edited(base)), ours


def words_of_people(lines: Iterable[str], base: str) -> list[str]:
    known = {plain_line(line) for line in base.split("\n")}
    return [line for line in lines if plain_line(line) not in known and hinted_text(line) is None]


def is_within(wanted: list[str], lines: Iterable[str]) -> bool:
    rest = iter(lines)
    return all(line in rest for line in wanted)


@given(rounds())
def test_every_line_of_people_survives_word_for_word_and_in_order(
    round_: tuple[str, list[str], str],
) -> None:
    base, lines, ours = round_

    merged = merge(base, "\n".join(lines) + "\n", ours).text

    assert is_within(words_of_people(lines, base), merged.split("\n"))


@given(rounds(), st.lists(st.sampled_from(DRAFTS), max_size=3))
def test_words_survive_one_draft_after_another(
    round_: tuple[str, list[str], str], later: list[str]
) -> None:
    base, lines, ours = round_
    text = "\n".join(lines) + "\n"

    for before, after in pairwise([base, ours, *later]):
        text = merge(before, text, after).text

    known = [line for draft in DRAFTS for line in draft.split("\n")]
    assert is_within(words_of_people(lines, "\n".join(known)), text.split("\n"))


@given(rounds())
def test_updating_twice_changes_nothing(round_: tuple[str, list[str], str]) -> None:
    base, lines, ours = round_
    once = merge(base, "\n".join(lines) + "\n", ours).text

    again = merge(ours, once, ours)

    assert (again.text, again.suggested, again.kept) == (once, (), ())


@given(rounds())
def test_the_endings_of_lines_are_the_file_s_own(round_: tuple[str, list[str], str]) -> None:
    base, lines, ours = round_
    unix = merge(base, "\n".join(lines) + "\n", ours).text

    windows = merge(base, "\r\n".join(lines) + "\r\n", ours).text

    assert windows == unix.replace("\n", "\r\n")


@given(rounds())
def test_a_missing_last_newline_stays_missing(round_: tuple[str, list[str], str]) -> None:
    base, lines, ours = round_
    lines = [*lines, "the end"]
    whole = merge(base, "\n".join(lines) + "\n", ours).text

    cut = merge(base, "\n".join(lines), ours).text

    assert cut == whole.removesuffix("\n")


@pytest.mark.parametrize("ours", DRAFTS, ids=range(len(DRAFTS)))
@pytest.mark.parametrize("base", DRAFTS, ids=range(len(DRAFTS)))
def test_a_file_that_nobody_edited_becomes_the_new_draft(base: str, ours: str) -> None:
    merged = merge(base, base, ours)

    assert merged.text == ours
    assert (merged.suggested, merged.kept) == ((), ())
