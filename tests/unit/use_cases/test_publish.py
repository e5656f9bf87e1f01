# SPDX-License-Identifier: Apache-2.0
"""A narrative gets its news, and every word that people wrote stays."""

from __future__ import annotations

import pytest

from cost_slo.domain.errors import CostSloError, StateConflictError
from cost_slo.domain.postmortem.editing.lines import stamped
from cost_slo.use_cases.publish import keep_draft, update
from cost_slo.use_cases.retry_on_conflict import DECISION_ATTEMPTS
from tests.fakes.ports import FakeNarratives, FakeStore

INCIDENT = "web-2026-09"


def draft(amount: int) -> str:
    return stamped(f"---\nincident: {INCIDENT}\n---\n\n## Impact\n\nIt cost {amount} dollars.\n")


class EditedMeanwhile(FakeNarratives):
    """A person adds a line right before each of the next saves."""

    edits: int = 1

    def save_narrative(self, incident: str, text: str, *, over: str | None) -> None:
        if self.edits > 0:
            self.edits -= 1
            self.texts[incident] = self.texts.get(incident, draft(5)) + f"Edit {self.edits}.\n"
        super().save_narrative(incident, text, over=over)


def updated(store: FakeStore, narratives: FakeNarratives, amount: int) -> bool:
    return update(store, narratives, INCIDENT, lambda _: draft(amount))


def test_a_first_draft_is_written_and_remembered() -> None:
    store, narratives = FakeStore(), FakeNarratives()

    assert updated(store, narratives, 5)

    assert narratives.texts == {INCIDENT: draft(5)}
    assert list(store.drafts.values()) == [draft(5)]


def test_the_same_draft_again_writes_nothing() -> None:
    store, narratives = FakeStore(), FakeNarratives()
    updated(store, narratives, 5)

    assert not updated(store, narratives, 5)


def test_news_are_told_between_the_words_of_people() -> None:
    store, narratives = FakeStore(), FakeNarratives()
    updated(store, narratives, 5)
    narratives.texts[INCIDENT] += "We were asleep.\n"

    assert updated(store, narratives, 7)

    assert narratives.texts[INCIDENT].endswith("It cost 7 dollars.\nWe were asleep.\n")


def test_an_edit_that_overtakes_an_update_is_merged_too() -> None:
    store, narratives = FakeStore(), EditedMeanwhile({INCIDENT: draft(5)})
    keep_draft(store, draft(5))

    assert updated(store, narratives, 7)

    assert narratives.texts[INCIDENT].endswith("It cost 7 dollars.\nEdit 0.\n")


def test_edits_without_a_pause_are_a_conflict_and_all_stay() -> None:
    store, narratives = FakeStore(), EditedMeanwhile()
    keep_draft(store, draft(5))
    narratives.edits = DECISION_ATTEMPTS

    with pytest.raises(StateConflictError):
        updated(store, narratives, 7)

    assert narratives.texts[INCIDENT].count("Edit") == DECISION_ATTEMPTS


def test_a_narrative_whose_draft_is_not_known_is_left_alone() -> None:
    narratives = FakeNarratives({INCIDENT: draft(5)})

    with pytest.raises(CostSloError, match="the narrative of web-2026-09 was written from draft"):
        updated(FakeStore(), narratives, 7)

    assert narratives.texts == {INCIDENT: draft(5)}
