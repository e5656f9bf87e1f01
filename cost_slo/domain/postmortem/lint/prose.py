# SPDX-License-Identifier: Apache-2.0
"""Which words of a block are the author's own, and where does each sentence start?

What is quoted, code, a place in a template or an address is blotted out, letter by letter, so that
an offset into the prose is one into the text as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cost_slo.domain.postmortem.lint.markdown import Block, BlockKind

# Stands for each letter of what is not the author's prose; no rule matches it.
BLOT = "¤"

SENTENCE_END = re.compile(
    r"(?<!e\.g\.)(?<!i\.e\.)(?<!\bvs\.)(?<!\bcf\.)(?<!\bNo\.)(?<=[.!?])[)\]*_¤]*\s+(?=[^a-z\s])"
)
CELL = re.compile(r"(?:\\.|[^|\\])+")


def _blot(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", BLOT, found[0])


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _text_of_link(found: re.Match[str]) -> str:
    return " " * (found.start(1) - found.start()) + found[1] + " " * (found.end() - found.end(1))


_MARKS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL), _blot),
    (re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL), _blot),
    (re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)"), _text_of_link),
    (re.compile(r"\[([^\[\]]+)\]\[[^\]]*\]"), _text_of_link),
    (re.compile(r"<?https?://[^\s>)]+>?"), _blot),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), _blank),
    (
        re.compile(
            r"[\u201c\u201e][^\u201d\u201c]*[\u201d\u201c]|\u00ab[^\u00bb]*\u00bb|\"[^\"]*\""
        ),
        _blot,
    ),
    (
        re.compile(
            r"(?<!\w)\u2018.*?\u2019(?!\w)|(?<!\w)'[^'\s](?:[^']|(?<=\w)'(?=\w))*'(?!\w)", re.DOTALL
        ),
        _blot,
    ),
    (re.compile(r"^\s*\[[ xX]\](?=\s)"), _blank),
    (re.compile(r"\*+|~~|(?<!\w)_+|_+(?!\w)"), _blank),
    (re.compile(r"(?<=\w)['\u2019](?=(?:ve|d)\b)"), _blank),
    (re.compile(r"\u2019"), lambda _: "'"),
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The author's words, the rest blotted out; `written` is the same as it stands in the file."""

    prose: str
    written: str
    line: int


def own_words(text: str) -> str:
    """The text, as long as before, with all that is not the author's prose blotted or blank."""
    for mark, cover in _MARKS:
        text = mark.sub(cover, text)
    return text


def sentences(block: Block) -> Iterator[Sentence]:
    """The sentences of a block, none for a heading or a quote; each cell of a row has its own."""
    if block.kind in {BlockKind.HEADING, BlockKind.HEADER_ROW, BlockKind.QUOTE, BlockKind.CODE}:
        return
    prose = own_words(block.text)
    for start, end in _spans(block, prose):
        yield Sentence(
            prose=prose[start:end],
            written=" ".join(block.text[start:end].split()),
            line=block.line_at(start),
        )


def _spans(block: Block, prose: str) -> Iterator[tuple[int, int]]:
    for start, end in _parts(block):
        for at, until in _cut(prose, start, end):
            first = at + len(prose[at:until]) - len(prose[at:until].lstrip())
            if first < until:
                yield first, until


def _parts(block: Block) -> list[tuple[int, int]]:
    if block.kind is BlockKind.ROW:
        return [cell.span() for cell in CELL.finditer(block.text)]
    return [(0, len(block.text))]


def _cut(prose: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for boundary in SENTENCE_END.finditer(prose, start, end):
        yield start, boundary.end()
        start = boundary.end()
    yield start, end


def cells(block: Block) -> list[str]:
    """The cells of a table row, as written, without the bars."""
    bare = block.text.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", bare)]
