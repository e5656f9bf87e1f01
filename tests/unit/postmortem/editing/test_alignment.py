# SPDX-License-Identifier: Apache-2.0
import pytest

from cost_slo.domain.postmortem.editing.alignment import ALIKE, align, likeness


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        ("- Excess: $12.00 above pace.", "- Excess: $999.50 above pace.", True),
        ("- **Do next:** acknowledge.", "- **Do next:** answer the questions, then close.", True),
        ("| not yet | closed | - |", "| not yet | alert sent | by mail |", True),
        ('status: "open"', "status: null", True),
        ("- Question to a: who felt it?", "- Answer: nobody.", False),
        ("", "- Excess: $12.00 above pace.", False),
        ("- Excess: $12.00 above pace.", " ", False),
    ],
)
def test_versions_of_a_line_share_its_words_or_its_label(
    one: str, other: str, *, are_alike: bool
) -> None:
    assert (likeness(one, other) >= ALIKE) is are_alike


def test_lines_are_the_same_or_versions_or_new_or_gone() -> None:
    old = ["head", "spent $1 in all", "it was unexpected", "tail"]
    new = ["head", "brand new", "spent $2 in all", "words of others", "tail", "end"]

    found = align(old, new)

    assert found.same == {0: 0, 3: 4}
    assert found.versions == {1: 2}
    assert found.added == {0: [1], 1: [3], 3: [5]}


def test_versions_never_cross() -> None:
    old = ["alpha beta gamma one", "delta epsilon zeta two"]
    new = ["delta epsilon zeta three", "alpha beta gamma four"]

    found = align(old, new)

    assert len(found.versions) == 1
    assert sum(map(len, found.added.values())) == 1


def test_of_several_likely_versions_the_most_alike_are_chosen() -> None:
    old = ["alpha beta gamma delta"]
    new = ["alpha beta other words", "alpha beta gamma epsilon"]

    assert align(old, new).versions == {0: 1}
