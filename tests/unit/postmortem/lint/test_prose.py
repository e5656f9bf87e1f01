# SPDX-License-Identifier: Apache-2.0
"""How does Markdown that people edit look in a page, and what can it not do there?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.adapters.documents.templates.prose import prose
from tests.checks.pages import Page, read

MARKS = st.text(alphabet="<>&\"'/=`#*_-|[]()!:~\\ \nabjsx1", max_size=200)
MADE = {
    *("h2", "h3", "h4", "h5", "h6", "p", "blockquote", "hr", "br", "strong", "em", "code", "pre"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}


def shown(text: str) -> Page:
    return read(prose(text))


def test_headings_lists_tables_and_emphasis_are_marked_up() -> None:
    page = shown("# What\n\n- **one** of _two_\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")

    assert page.all("h2") == ["What"]
    assert page.all("strong") == ["one"]
    assert page.all("em") == ["two"]
    assert page.all("th") == ["a", "b"]
    assert page.all("td") == ["1", "2"]


def test_the_deepest_heading_stays_one() -> None:
    assert shown("###### deep\n").all("h6") == ["deep"]


def test_a_block_of_code_is_folded_under_its_language() -> None:
    page = shown('```json\n{"says": "<b>"}\n```\n')

    assert page.all("summary") == ["json"]
    assert page.all("code") == ['{"says": "<b>"}\n']


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "a <b onclick=alert(1)>bold</b> word",
        "[a link](https://example.com)",
        "![a picture](https://example.com/x.png)",
        "<https://example.com>",
        "[named]: https://example.com",
        "<!-- a comment -->",
    ],
)
def test_what_would_leave_the_page_is_shown_as_it_was_typed(typed: str) -> None:
    page = shown(typed)

    assert [tag for tag, _ in page.tags] == ["p"]
    assert "".join(text for _, text in page.texts).strip() == typed


@given(MARKS)
def test_no_text_makes_anything_but_marks_of_a_text(text: str) -> None:
    assert {tag for tag, _ in shown(text).tags} <= MADE


@given(MARKS)
def test_an_attribute_is_only_how_a_list_counts(text: str) -> None:
    assert {name for _, attributes in shown(text).tags for name in attributes} <= {"start", "style"}
