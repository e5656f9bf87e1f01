# SPDX-License-Identifier: Apache-2.0
"""How are the new lines of a section woven into the edited ones?

The edited lines are walked in their order, so no word of theirs can move or go.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from cost_slo.domain.actions.table import says_no_more
from cost_slo.domain.postmortem.editing.lines import Line, plain_line
from cost_slo.domain.postmortem.editing.matching import LineMatch, hint, is_same_item, matched

_NEW_BLOCK = re.compile(r"[-*+|#>]|\d+[.)]")
_QUESTION = "[unknown]"


class Origin(Enum):
    """Where a line comes from."""

    STOOD = auto()
    DRAFTED = auto()
    SUGGESTED = auto()
    KEPT = auto()


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the merged text; `says` is what a suggestion suggests."""

    line: Line
    origin: Origin = Origin.STOOD
    says: str = ""


def weave(
    base: Sequence[Line], theirs: Sequence[Line], ours: Sequence[Line], *, title: str
) -> list[Written]:
    """One section of the merged text."""
    texts = [[line.text for line in lines] for lines in (base, theirs, ours)]
    weaver = _Weaver(matched(*texts), base=texts[0], theirs=theirs, ours=texts[2], title=title)
    for index in range(len(theirs)):
        weaver.take(index)
    return weaver.finished()


class _Weaver:
    """What is written so far, and what waits for its place."""

    def __init__(
        self,
        match: LineMatch,
        *,
        base: Sequence[str],
        theirs: Sequence[Line],
        ours: Sequence[str],
        title: str,
    ) -> None:
        self._match, self._title = match, title
        self._base, self._theirs, self._ours = base, theirs, ours
        self._added = deque(match.added)
        self._hints: list[str] = []
        self._written: list[Written] = []

    def take(self, index: int) -> None:
        """Write what belongs before a line of theirs, then the line, as it is or told anew."""
        line, match = self._theirs[index], self._match
        self._write_before(index)
        if index in match.untouched:
            self._write_drafted(index, match.untouched[index])
        elif index in match.hinted:
            self._write_hinted(line, match.hinted[index])
        elif index in match.recorded:
            text = self._ours[match.recorded[index]]
            self._written.append(Written(Line(text, line.ending), Origin.DRAFTED))
        else:
            self._written.append(Written(line))
            self._compare(index)

    def finished(self) -> list[Written]:
        """The section, with what had found no place yet at its end."""
        self._write_added(len(self._base))
        self._write_hints()
        return self._written

    def _write_before(self, index: int) -> None:
        """New lines go before the next line that was drafted after them; rows stay in tables."""
        is_row = _is_row(self._theirs[index].text)
        ends_table = not is_row and index > 0 and _is_row(self._theirs[index - 1].text)
        if index in self._match.untouched:
            self._write_added(self._match.untouched[index])
        elif ends_table:
            self._write_added(self._drafted_next(index), rows_only=True)
        if ends_table or (index in self._match.untouched and not is_row):
            self._write_hints()

    def _drafted_next(self, index: int) -> int:
        later = (self._match.untouched.get(after) for after in range(index, len(self._theirs)))
        return next((old for old in later if old is not None), len(self._base))

    def _write_added(self, before: int, *, rows_only: bool = False) -> None:
        while self._added and self._added[0][0] < before:
            text = self._ours[self._added[0][1]]
            if rows_only and not _is_row(text):
                return
            self._write_new(self._added.popleft()[1])

    def _write_new(self, new: int) -> None:
        """A new line; a row that people wrote themselves is not told twice."""
        text, row = self._ours[new], self._match.our_rows.get(new)
        known = [
            written
            for index, written in self._match.rows.items()
            if row and index not in self._match.untouched and is_same_item(row, written)
        ]
        if not _is_row(text):
            self._write_hints()
        if not known:
            self._written.append(Written(Line(text), Origin.DRAFTED))
        elif row and not says_no_more(row, known[0]):
            self._hints.append(text)

    def _write_drafted(self, index: int, old: int) -> None:
        """A line nobody touched: told anew, or gone, unless people wrote below it."""
        line, new = self._theirs[index], self._match.now.get(old)
        if new is not None and self._ours[new] == self._base[old]:
            self._written.append(Written(line))
        elif self._is_answered(index) and (new is None or _QUESTION in line.text):
            self._written.append(Written(line, Origin.KEPT, line.text))
            if new is not None:
                self._hints.append(self._ours[new])
        elif new is not None:
            self._written.append(Written(Line(self._ours[new], line.ending), Origin.DRAFTED))

    def _write_hinted(self, line: Line, old: int) -> None:
        new = self._match.now.get(old)
        if new is None:
            return
        if self._ours[new] == self._base[old]:
            self._written.append(Written(line))
        else:
            text = self._ours[new]
            said = Line(hint(text, self._title), line.ending)
            self._written.append(Written(said, Origin.SUGGESTED, text))

    def _compare(self, index: int) -> None:
        """Suggest what a line that people edited would say today, if that has changed."""
        old = self._match.edited.get(index, -1)
        new = None if old in self._match.hinted.values() else self._match.now.get(old)
        if new is None:
            return
        text, said = self._ours[new], {plain_line(self._base[old])}
        said.add(plain_line(self._theirs[index].text))
        row, written = self._match.our_rows.get(new), self._match.rows.get(index)
        is_told = row is not None and written is not None and says_no_more(row, written)
        if plain_line(text) not in said and not is_told:
            self._hints.append(text)

    def _write_hints(self) -> None:
        for text in (text for text in self._hints if "\n" not in text):
            said = Line(hint(text, self._title))
            self._written.append(Written(said, Origin.SUGGESTED, text))
        self._hints = []

    def _is_answered(self, index: int) -> bool:
        """Whether people wrote below a line: below a question anything, else a continuation."""
        is_question = _QUESTION in self._theirs[index].text
        below = index + 1
        while is_question and below < len(self._theirs) and self._theirs[below].is_blank:
            below += 1
        if below >= len(self._theirs) or self._is_known(below):
            return False
        line = self._theirs[below]
        return is_question or not (line.is_blank or _NEW_BLOCK.match(line.text))

    def _is_known(self, index: int) -> bool:
        match = self._match
        return index in match.untouched or index in match.edited or index in match.hinted


def _is_row(text: str) -> bool:
    return text.startswith("|")
