# SPDX-License-Identifier: Apache-2.0
"""What did the author of a Markdown document write, and on which line?

A document is cut into blocks: headings, paragraphs, list items, table rows, quotes, and code
without its text. Front matter, comments, link definitions and template statements make no block.
Lines end as an editor counts them: LF, CRLF or CR.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LINE_END = re.compile(r"\r\n|\n|\r")
BOLD_HEADING = re.compile(r"\s*(?:\*\*|__)([\w /&'-]{1,40}?):?(?:\*\*|__):?\s*$")
ITEM = re.compile(r"(\s*)(?:[-*+]|\d{1,9}[.)])(\s+|$)")
RULED_ROW = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)*$")
STATEMENT = re.compile(r"^\s*\{%.*%\}\s*$", re.MULTILINE)
COMMENT_OR_CODE = re.compile(
    r"(?P<code>`+)(?!`)[^\n]*?(?<!`)(?P=code)(?!`)|<!--(?P<text>.*?)(?:(?P<end>-->)|\Z)", re.DOTALL
)
CODE_INDENT = 4
BOLD_LEVEL = 7
# Stands for each letter of a comment: unlike a space it neither ends nor indents a block.
HIDDEN = "\ue000"
_CODE = ("fence", "code_block")


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    HEADER_ROW = "header row"
    QUOTE = "quote"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A block as written: `text` holds its lines, markers blanked, joined by a line feed."""

    kind: BlockKind
    line: int
    text: str
    level: int = 0
    """Of a heading: 1 to 6, 7 for a line in bold; of an item: the columns it is indented by."""

    @property
    def last_line(self) -> int:
        """The line it ends on."""
        return self.line + self.text.count("\n")

    def line_at(self, offset: int) -> int:
        """The line of a character of `text`."""
        return self.line + self.text.count("\n", 0, offset)


@dataclass(frozen=True, slots=True)
class Comment:
    """An HTML comment; `alone` says that its first line holds nothing else."""

    line: int
    last_line: int
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class MarkdownDocument:
    """The front matter's plain keys, the blocks and the comments, in order."""

    front: Mapping[str, str]
    blocks: tuple[Block, ...]
    comments: tuple[Comment, ...]


def markdown_document(text: str) -> MarkdownDocument:
    """The document's parts; any text is a document."""
    lines = LINE_END.split(text.removeprefix("\ufeff"))
    body = _end_of_front_matter(lines)
    # Front matter becomes empty lines, so that every line keeps its number.
    source = STATEMENT.sub("", "\n".join([""] * body + lines[body:]))
    shown, comments = _without_comments(source)
    blocks = _blocks(_markdown().parse(shown), shown.replace(HIDDEN, " ").split("\n"))
    return MarkdownDocument(_front(lines[:body]), tuple(blocks), comments)


def _end_of_front_matter(lines: list[str]) -> int:
    if lines[0].rstrip() != "---":
        return 0
    ends = (at for at, line in enumerate(lines[1:], 1) if line.rstrip() in {"---", "..."})
    return next(ends, -1) + 1


def _front(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines[1:-1] if line[:1].isalpha())
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  slow to load

    return MarkdownIt("commonmark").disable(["html_block", "inline"])


def _without_comments(source: str) -> tuple[str, tuple[Comment, ...]]:
    """The text with HIDDEN for each letter of a comment, and the comments that end."""
    tokens = _markdown().parse(source)
    code = {line for token in tokens if token.type in _CODE for line in range(*_span(token))}
    starts = [0, *(end.end() for end in re.finditer("\n", source)), len(source) + 1]
    comments, shown, at, done = list[Comment](), list[str](), 0, 0
    while found := COMMENT_OR_CODE.search(source, at):
        start, at = found.span()
        first, last = (bisect(starts, edge) - 1 for edge in (start, at))
        if found["code"]:
            continue
        if first in code:
            at = start + 1
            continue
        shown += source[done:start], re.sub(r"[^\n]", HIDDEN, found[0])
        done = at
        if found["end"]:
            beside = source[starts[first] : start] + source[at : starts[last + 1] - 1]
            text = found["text"].replace("\n", " ").strip()
            comments.append(Comment(first + 1, last + 1, text, not beside.strip()))
    return "".join(shown) + source[done:], tuple(comments)


def _blocks(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Block]:
    quoted = 0
    for at, token in enumerate(tokens):
        start, end = _span(token)
        if start < quoted or not end:
            continue
        if token.type == "blockquote_open":
            quoted = end
            yield Block(BlockKind.QUOTE, start + 1, "\n".join(lines[start:end]).rstrip("\n"))
        elif token.type == "heading_open":
            title = tokens[at + 1].content.replace(HIDDEN, " ")
            yield Block(BlockKind.HEADING, start + 1, title, int(token.tag[1:]))
        elif token.type in _CODE:
            yield Block(BlockKind.CODE, start + 1, "")
        elif token.type == "list_item_open" and tokens[at + 1].type == "list_item_close":
            yield Block(BlockKind.ITEM, start + 1, "", _indent(lines[start]))
        elif token.type == "paragraph_open":
            before = tokens[at - 1]
            is_item = before.type == "list_item_open" and _span(before)[0] == start
            yield from _parts(lines[start:end], start + 1, is_item=is_item)


def _span(token: Token) -> tuple[int, int]:
    """Its first line and the one behind its last, from 0; nothing for a token within a line."""
    return (token.map[0], token.map[1]) if token.map else (0, 0)


def _parts(lines: Sequence[str], first: int, *, is_item: bool) -> list[Block]:
    """The blocks of a paragraph: table rows and headings in bold are blocks of their own."""
    parts, goes_on = list[Block](), False
    for number, line in enumerate(lines, first):
        if line.lstrip().startswith("|"):
            goes_on = False
            if not RULED_ROW.match(line):
                parts.append(Block(BlockKind.ROW, number, line))
            elif parts and parts[-1].kind is BlockKind.ROW:
                parts[-1] = replace(parts[-1], kind=BlockKind.HEADER_ROW)
        elif goes_on:
            parts[-1] = replace(parts[-1], text=f"{parts[-1].text}\n{line.rstrip()}")
        elif is_item and number == first:
            marker = ITEM.match(line)
            text = " " * marker.end() + line[marker.end() :] if marker else line
            parts.append(Block(BlockKind.ITEM, number, text, _indent(line)))
            goes_on = True
        elif bold := BOLD_HEADING.match(line):
            parts.append(Block(BlockKind.HEADING, number, bold[1], BOLD_LEVEL))
        elif line.strip():
            parts.append(Block(BlockKind.PARAGRAPH, number, line))
            goes_on = True
    return parts


def _indent(line: str) -> int:
    expanded = line.expandtabs(CODE_INDENT)
    return len(expanded) - len(expanded.lstrip())


def sections(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, tuple[str, ...]]]:
    """Each block with the titles it stands under, outermost first; a heading is under itself.

    The only heading of level 1 is the document's title, and no section.
    """
    tops = [block for block in blocks if block.kind is BlockKind.HEADING and block.level == 1]
    path: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            path = [*(title for title in path if title.level < block.level), block]
        yield block, tuple(title.text.strip() for title in path if [title] != tops)
