# SPDX-License-Identifier: Apache-2.0
"""What did the author of a Markdown document write, and on which line?

A document is cut into blocks: headings, paragraphs, list items, table rows, quotes, and code
without its text. Front matter, comments, link definitions and template statements make no block.
Lines end as an editor counts them: LF, CRLF or CR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LINE_END = re.compile(r"\r\n|\n|\r")
FENCE = re.compile(r"\s*(?:(?:[-*+]|\d+[.)])\s+)?(`{3,}(?=[^`]*$)|~{3,})")
HEADING = re.compile(r" {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
BOLD_HEADING = re.compile(r"\s*(?:\*\*|__)([\w /&'-]{1,40}?):?(?:\*\*|__):?\s*$")
UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})\s*$")
RULER = re.compile(r" {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$")
ITEM = re.compile(r"(\s*)(?:[-*+]|\d{1,9}[.)])(\s+|$)")
RULED_ROW = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)*$")
DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s")
STATEMENT = re.compile(r"\s*\{%.*%\}\s*$")
COMMENT_OR_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|<!--")
CODE_INDENT = 4
BOLD_LEVEL = 7


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
    reader = _Reader()
    for number, line in enumerate(lines[body:], start=body + 1):
        reader.read(number, line)
    reader.close()
    return MarkdownDocument(_front(lines[:body]), tuple(reader.blocks), tuple(reader.comments))


def _end_of_front_matter(lines: list[str]) -> int:
    if lines[0].rstrip() != "---":
        return 0
    ends = (at for at, line in enumerate(lines[1:], 1) if line.rstrip() in {"---", "..."})
    return next(ends, -1) + 1


def _front(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines[1:-1] if line[:1].isalpha())
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


@dataclass(slots=True)
class _Reader:
    """Reads line after line; what stands open is the block that the next line may continue."""

    blocks: list[Block] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    fence: str = ""
    comment: list[str] = field(default_factory=list)
    comment_line: int = 0
    comment_alone: bool = False
    open_kind: BlockKind | None = None
    open_line: int = 0
    open_level: int = 0
    open_lines: list[str] = field(default_factory=list)
    after_blank: bool = True
    in_code: bool = False
    list_indent: int | None = None

    def read(self, number: int, line: str) -> None:
        """Take the line in."""
        if self.fence:
            self._inside_fence(line)
            return
        shown = self._without_comments(number, line)
        if shown != line and not shown.strip():
            self._bridge()
            return
        self._place(number, shown)
        self.after_blank = not shown.strip()

    def close(self) -> None:
        """End the open block."""
        if self.open_kind is not None:
            text = "\n".join(self.open_lines)
            self.blocks.append(Block(self.open_kind, self.open_line, text, self.open_level))
        self.open_kind = None

    def _inside_fence(self, line: str) -> None:
        bare = line.strip()
        if len(bare) >= len(self.fence) and set(bare) == set(self.fence):
            self.fence = ""

    def _bridge(self) -> None:
        """A line of nothing but comment neither ends nor starts a block."""
        if self.open_kind is not None:
            self.open_lines.append("")

    def _place(self, number: int, line: str) -> None:
        for place in (self._no_prose, self._heading, self._row, self._quote, self._item):
            if place(number, line):
                return
        self._continue(number, line)

    def _no_prose(self, number: int, line: str) -> bool:
        if not line.strip() or DEFINITION.match(line) or STATEMENT.match(line):
            self.close()
            return True
        return self._code(number, line) or self._is_ruler(line)

    def _code(self, number: int, line: str) -> bool:
        fence = FENCE.match(line)
        if not (self._is_indented_code(line) or fence):
            return False
        self.close()
        self.blocks.append(Block(BlockKind.CODE, number, ""))
        self.fence = fence[1] if fence and not self.in_code else ""
        return True

    def _is_ruler(self, line: str) -> bool:
        if not RULER.match(line) or (
            self.open_kind is BlockKind.PARAGRAPH and UNDERLINE.match(line)
        ):
            return False
        self.close()
        return True

    def _is_indented_code(self, line: str) -> bool:
        indent = _indent(line)
        least = CODE_INDENT + (self.list_indent or 0)
        self.in_code = indent >= least and (
            self.in_code or (self.after_blank and self.open_kind is None)
        )
        return self.in_code

    def _heading(self, number: int, line: str) -> bool:
        if self.open_kind is BlockKind.PARAGRAPH and UNDERLINE.match(line):
            level = 1 if "=" in line else 2
            title = "\n".join(self.open_lines)
            self.open_kind = None
            self.blocks.append(Block(BlockKind.HEADING, self.open_line, title, level))
        elif marked := HEADING.match(line):
            self._add_heading(number, marked[2] or "", len(marked[1]))
        elif self.open_kind is None and (bold := BOLD_HEADING.match(line)):
            self._add_heading(number, bold[1], BOLD_LEVEL)
        else:
            return False
        self.list_indent = None
        return True

    def _add_heading(self, number: int, title: str, level: int) -> None:
        self.close()
        self.blocks.append(Block(BlockKind.HEADING, number, title, level))

    def _row(self, number: int, line: str) -> bool:
        if not line.lstrip().startswith("|"):
            return False
        self.close()
        if not RULED_ROW.match(line):
            self.blocks.append(Block(BlockKind.ROW, number, line))
        elif self.blocks and self.blocks[-1].kind is BlockKind.ROW:
            header = self.blocks.pop()
            self.blocks.append(Block(BlockKind.HEADER_ROW, header.line, header.text))
        return True

    def _quote(self, number: int, line: str) -> bool:
        if not line.lstrip().startswith(">"):
            return False
        if self.open_kind is not BlockKind.QUOTE:
            self._start(BlockKind.QUOTE, number)
        self.open_lines.append(line)
        return True

    def _item(self, number: int, line: str) -> bool:
        marker = ITEM.match(line)
        if marker is None:
            return False
        self._start(BlockKind.ITEM, number, _indent(line))
        self.open_lines.append(" " * marker.end() + line[marker.end() :])
        self.list_indent = _indent(marker[0].rstrip() + " x")
        return True

    def _continue(self, number: int, line: str) -> None:
        if self.open_kind is None:
            self._start(BlockKind.PARAGRAPH, number)
            if not _indent(line):
                self.list_indent = None
        self.open_lines.append(line)

    def _start(self, kind: BlockKind, number: int, level: int = 0) -> None:
        self.close()
        self.open_kind, self.open_line, self.open_level, self.open_lines = kind, number, level, []

    def _without_comments(self, number: int, line: str) -> str:
        """The line with its comments, or its part of one, blanked."""
        if self.comment:
            return self._inside_comment(number, line)
        at = next((m.start() for m in COMMENT_OR_CODE.finditer(line) if m[0] == "<!--"), None)
        if at is None or self._would_be_code(line):
            return line
        self.comment_line, self.comment_alone = number, not line[:at].strip()
        self.comment = [""]
        return line[:at] + self._inside_comment(number, line[at:])

    def _would_be_code(self, line: str) -> bool:
        least = CODE_INDENT + (self.list_indent or 0)
        return self.after_blank and self.open_kind is None and _indent(line) >= least

    def _inside_comment(self, number: int, line: str) -> str:
        inside, end, rest = line.partition("-->")
        self.comment.append(inside)
        if not end:
            return " " * len(line)
        alone = self.comment_alone and not rest.strip()
        text = " ".join(self.comment).replace("<!--", " ", 1)
        self.comments.append(Comment(self.comment_line, number, text.strip(), alone))
        self.comment = []
        return " " * len(inside + end) + self._without_comments(number, rest)


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
