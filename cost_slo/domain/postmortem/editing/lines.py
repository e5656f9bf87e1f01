# SPDX-License-Identifier: Apache-2.0
"""Which lines and sections does a narrative have, and which draft did it come from?

Nothing is lost in between: the endings of the lines, a missing last one and a byte order mark
come back as they were.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

# Title of the section of machine-readable fields; the opening one has none.
FRONT = "---"

# The field that names the draft a file was written from.
DRAFT = "draft"

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_CELL_BORDER = re.compile(r"\s*(?<!\\)\|\s*")
_RULE = re.compile(r"-{2,}")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BARE_NEWLINE = re.compile(r"(?<!\r)\n")
_BYTE_ORDER_MARK = "\ufeff"
_NAMED = re.compile(rf'^({DRAFT}: *"?)(\w+)("?[ \r]*)$', re.MULTILINE)
_FIELD = re.compile(r"^incident: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line and how it ends; a line that a draft adds takes the file's own ending.

    A block of code is one line: it is told anew as a whole, or stays as a whole.
    """

    text: str
    ending: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing."""
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level, or what stands before the first, with all its lines."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Document:
    """A whole narrative."""

    sections: tuple[Section, ...]
    newline: str
    ends_open: bool
    mark: str


def parse(text: str) -> _Document:
    """The document of a text; sections begin with `## ` outside of code."""
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    lines = _lines(text[len(mark) :])
    after = _front_length(lines)
    lines = [*lines[:after], *_folded(lines[after:])]
    newline = next((line.ending for line in lines if line.ending), "\n")
    ends_open = bool(lines) and not lines[-1].ending
    return _Document(_sections(lines, after), newline, ends_open, mark)


def texts(text: str) -> list[str]:
    """The lines of a text, without their endings."""
    return [line.text for line in _lines(text)]


def with_lines(text: str, changed: Mapping[int, str]) -> str:
    """The text with other lines at some indices; all endings stay."""
    lines = enumerate(_lines(text))
    return "".join(changed.get(index, line.text) + line.ending for index, line in lines)


def joined(lines: Iterable[Line], like: _Document) -> str:
    """The text of lines, ended as a document ends its own."""
    newline = like.newline
    ended = [_BARE_NEWLINE.sub(newline, line.text) + (line.ending or newline) for line in lines]
    if ended and like.ends_open:
        ended[-1] = ended[-1].removesuffix("\n").removesuffix("\r")
    return like.mark + "".join(ended)


def plain_line(text: str) -> str:
    """A line as it counts: an editor may lay out a table anew without changing what it says."""
    line = text.replace("\r\n", "\n").rstrip()
    if not line.startswith("|"):
        return line
    return _RULE.sub("--", _CELL_BORDER.sub("|", line))


def stamped(text: str) -> str:
    """A draft that names itself in its front matter, by a fingerprint of what it says."""
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:12]
    start, front, rest = text.split(f"{FRONT}\n", 2)
    return f'{start}{FRONT}\n{front}{DRAFT}: "{fingerprint}"\n{FRONT}\n{rest}'


def draft_of(text: str) -> str | None:
    """The fingerprint of the draft that a file was written from; None where it names none."""
    found = _NAMED.search(_front(text))
    return found[2] if found else None


def named_after(text: str, fingerprint: str) -> str:
    """The same file, said to be written from another draft."""
    return _NAMED.sub(rf"\g<1>{fingerprint}\g<3>", text, count=1) if draft_of(text) else text


def incident_of(text: str) -> str | None:
    """The incident that a file tells of; None where it names none."""
    found = _FIELD.search(_front(text))
    return found[1].strip().strip('"') if found else None


def readable(text: str) -> str:
    """What people read of it: without the machine-readable fields on top."""
    lines = _lines(text.removeprefix(_BYTE_ORDER_MARK))
    rest = lines[_front_length(lines) :]
    return "".join(line.text + line.ending for line in rest).lstrip("\r\n")


def _front(text: str) -> str:
    sections = parse(text).sections
    first = sections[0] if sections else Section("", ())
    return "\n".join(line.text for line in first.lines if first.title == FRONT)


def _lines(text: str) -> list[Line]:
    return [_line(raw) for raw in _LINE.findall(text)]


def _line(raw: str) -> Line:
    text = raw.removesuffix("\n").removesuffix("\r") if raw.endswith("\n") else raw
    return Line(text, raw[len(text) :])


def _folded(lines: list[Line]) -> Iterator[Line]:
    """The lines, with each block of code as one."""
    index = 0
    while index < len(lines):
        end = _block_end(lines, index)
        raw = "".join(line.text + line.ending for line in lines[index : end - 1])
        yield replace(lines[end - 1], text=raw + lines[end - 1].text)
        index = end


def _block_end(lines: list[Line], start: int) -> int:
    """Behind the line, or behind the block of code that it opens and another one closes."""
    fence = _FENCE.match(lines[start].text)
    for end in range(start + 1, len(lines)) if fence else ():
        text = lines[end].text.strip()
        if fence and text.startswith(fence[1]) and not text.strip(fence[1][0]):
            return end + 1
    return start + 1


def _sections(lines: list[Line], after: int) -> tuple[Section, ...]:
    headings = [n for n in range(after, len(lines)) if lines[n].text.startswith("## ")]
    starts = sorted({0, after, *headings})
    spans = zip(starts, [*starts[1:], len(lines)], strict=True)
    return tuple(
        Section(_title(lines[start], is_front=start < after), tuple(lines[start:end]))
        for start, end in spans
        if start < end
    )


def _front_length(lines: list[Line]) -> int:
    """How many lines the machine-readable fields take; 0 where they are not closed."""
    if not lines or lines[0].text.rstrip() != FRONT:
        return 0
    rest = enumerate(lines[1:], start=2)
    return next((number for number, line in rest if line.text.rstrip() == FRONT), 0)


def _title(first: Line, *, is_front: bool) -> str:
    if is_front:
        return FRONT
    return first.text[3:].strip() if first.text.startswith("## ") else ""
