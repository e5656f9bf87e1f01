# SPDX-License-Identifier: Apache-2.0
"""How is a narrative shown to people who read it in a browser?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Rules of Markdown that leave the page, or take words off it: here they are only text.
LEADS_AWAY = ("autolink", "html_inline", "image", "link", "html_block", "reference")

_LOWEST = 6


def prose(text: str) -> str:
    """HTML of a Markdown text: headings (one level down), lists, tables, emphasis, code.

    Nothing else is marked up: HTML, links and pictures are shown as they were typed. A block of
    code is folded, under the language that it names.
    """
    markdown = _markdown()
    tokens = markdown.parse(text)
    for token in tokens:
        if token.type.startswith("heading"):
            token.tag = f"h{min(int(token.tag[1:]) + 1, _LOWEST)}"
    return str(markdown.renderer.render(tokens, markdown.options, {}))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  only who shows a page needs it

    markdown = MarkdownIt("commonmark").enable("table").disable(list(LEADS_AWAY))
    markdown.add_render_rule("fence", _folded)
    return markdown


def _folded(_renderer: object, tokens: Sequence[Token], at: int, _options: Any, _: Any) -> str:  # noqa: ANN401  the library's own
    code = tokens[at]
    named = escape(code.info.strip() or "code")
    return (
        f"<details><summary>{named}</summary><pre><code>{escape(code.content)}</code></pre>"
        "</details>\n"
    )
