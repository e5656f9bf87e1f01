# SPDX-License-Identifier: Apache-2.0
"""Which blocks does a Markdown document have, and on which lines?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.postmortem.lint.markdown import Block, BlockKind, markdown_document, sections
from cost_slo.domain.postmortem.lint.prose import BLOT, cells, own_words, sentences


def shapes(text: str) -> list[tuple[str, int, str]]:
    return [
        (block.kind.value, block.line, " ".join(block.text.split()))
        for block in markdown_document(text).blocks
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\n\nc", [("paragraph", 1, "a b"), ("paragraph", 4, "c")]),
        ("# T #\n## U\nv", [("heading", 1, "T"), ("heading", 2, "U"), ("paragraph", 3, "v")]),
        ("#\nv", [("heading", 1, ""), ("paragraph", 2, "v")]),
        ("T\n=\nU\n--\nv", [("heading", 1, "T"), ("heading", 3, "U"), ("paragraph", 5, "v")]),
        ("**Root cause:**\nv", [("heading", 1, "Root cause"), ("paragraph", 2, "v")]),
        ("- a\n  b\n- c", [("item", 1, "a b"), ("item", 3, "c")]),
        ("-\n2. c", [("item", 1, ""), ("item", 2, "c")]),
        ("> a\nb\n\nc", [("quote", 1, "> a b"), ("paragraph", 4, "c")]),
        ("> a\n> b", [("quote", 1, "> a > b")]),
        ("```\na\n```\nb", [("code", 1, ""), ("paragraph", 4, "b")]),
        ("```\na\n``\n````\nb", [("code", 1, ""), ("paragraph", 5, "b")]),
        ("~~~\na", [("code", 1, "")]),
        (
            "a\n\n    b\n    c\nd",
            [("paragraph", 1, "a"), ("code", 3, ""), ("paragraph", 5, "d")],
        ),
        ("a\n\n\tb", [("paragraph", 1, "a"), ("code", 3, "")]),
        ("a\n    b", [("paragraph", 1, "a b")]),
        ("- a\n\n  b\n\n      c", [("item", 1, "a"), ("paragraph", 3, "b"), ("code", 5, "")]),
        ("- a\n\nb\n\n    c", [("item", 1, "a"), ("paragraph", 3, "b"), ("code", 5, "")]),
        ("|a|\n|-|\n|b|", [("header row", 1, "|a|"), ("row", 3, "|b|")]),
        ("|-|\n|b|", [("row", 2, "|b|")]),
        ("a\n\n|-|", [("paragraph", 1, "a")]),
        ("a\n\n---\n\n* * *\nb", [("paragraph", 1, "a"), ("paragraph", 6, "b")]),
        ("[x]: https://a.example\nb", [("paragraph", 2, "b")]),
        ("{% if x %}\nb\n{% endif %}", [("paragraph", 2, "b")]),
        ("a <!-- x --> b", [("paragraph", 1, "a b")]),
        ("a\n<!-- x -->\nb", [("paragraph", 1, "a b")]),
        ("<!-- x\ny\n-->\n\nb", [("paragraph", 5, "b")]),
        ("a <!-- x\ny --> b", [("paragraph", 1, "a b")]),
        ("`<!--` a", [("paragraph", 1, "`<!--` a")]),
        ("a\n\n    <!-- b", [("paragraph", 1, "a"), ("code", 3, "")]),
        ("---\nx: 1\n---\nb", [("paragraph", 4, "b")]),
        ("---\nx: 1\n...\nb", [("paragraph", 4, "b")]),
        ("---\nb", [("paragraph", 2, "b")]),
        ("", []),
    ],
)
def test_a_document_is_cut_into_blocks(text: str, expected: list[tuple[str, int, str]]) -> None:
    assert shapes(text) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_count_the_same_whatever_ends_them(end: str) -> None:
    text = end.join(["# T", "", "a", "b", "", "- c", "```", "d", "```", "e"])

    lines = [block.line for block in markdown_document(text).blocks]

    assert lines == [1, 3, 6, 7, 10]


def test_front_matter_is_read_as_plain_pairs() -> None:
    front = markdown_document('---\nstatus: "closed"\n- x\nslo: a:b\n---\n').front

    assert front == {"status": "closed", "slo": "a:b"}


def test_a_comment_knows_its_lines_and_its_company() -> None:
    comments = markdown_document("<!-- a\nb -->\n\nc <!-- d -->\n<!-- e --> f\n").comments

    assert [(c.line, c.last_line, c.text, c.alone) for c in comments] == [
        (1, 2, "a b", True),
        (4, 4, "d", False),
        (5, 5, "e", False),
    ]


def test_a_comment_that_does_not_end_hides_the_rest_and_is_none() -> None:
    document = markdown_document("a <!-- b\n\nc\n")

    assert document.comments == ()
    assert [block.text.strip() for block in document.blocks] == ["a"]


def test_the_only_title_of_level_one_is_no_section() -> None:
    blocks = markdown_document("# T\n## A\n### B\nb\n## C\nc").blocks

    assert [titles for _, titles in sections(blocks)] == [
        (),
        ("A",),
        ("A", "B"),
        ("A", "B"),
        ("C",),
        ("C",),
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('a "b c" d', "a d"),
        ("a 'it's b' d", "a d"),
        ("the teams' pods and the users' data", "the teams' pods and the users' data"),
        ("a `b` **c** _d_ e_f", "a c d e_f"),
        ("[b](https://c.example) <https://d.example> https://e.example", "b"),
        ("[b][c] ![d](e.png)", "b d"),
        ("{{ a }} <b>c</b> {% d %}", "c"),
        ("[x] they\u2019ve", "they ve"),
    ],
)
def test_what_is_not_the_authors_prose_is_covered(text: str, left: str) -> None:
    covered = own_words(text)

    assert len(covered) == len(text)
    assert " ".join(covered.replace(BLOT, " ").split()) == left


def test_sentences_know_their_lines() -> None:
    block = Block(BlockKind.PARAGRAPH, 7, "One, e.g. this.\nTwo is\nlong. Three.")

    assert [(s.line, s.written) for s in sentences(block)] == [
        (7, "One, e.g. this."),
        (8, "Two is long."),
        (9, "Three."),
    ]


def test_each_cell_of_a_row_is_read_alone() -> None:
    block = Block(BlockKind.ROW, 3, r"| a | b \| c. D. | |")

    assert [s.written for s in sentences(block)] == ["a", r"b \| c.", "D."]
    assert cells(block) == ["a", r"b \| c.  D.".replace("  ", " "), ""]


@given(st.text(alphabet="ab #-|>`~<!\n\r\t*_[]{}%.\"'", max_size=80))
def test_any_text_is_a_document_with_lines_in_order(text: str) -> None:
    blocks = markdown_document(text).blocks

    count = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert all(1 <= block.line <= block.last_line <= count for block in blocks)
    assert [block.line for block in blocks] == sorted(block.line for block in blocks)
