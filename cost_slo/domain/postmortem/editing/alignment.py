# SPDX-License-Identifier: Apache-2.0
"""Which line of one text is which line of another?

A line is the same, or the same with other figures or words, or new, or gone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

# From this share of common words on, two lines are versions of one.
ALIKE = 0.5

_LABEL = re.compile(r"(?:- )?\*\*[^*]+:\*\*|\|[^|]+\||[a-z_]+:")
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class Alignment:
    """Lines by their index: `same` and `versions` map old ones to new ones, one to one.

    `added` maps an old line, or -1 for the start, to the new ones that follow it.
    """

    same: dict[int, int] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    added: dict[int, list[int]] = field(default_factory=dict)


def align(old: Sequence[str], new: Sequence[str]) -> Alignment:
    """How old lines became new ones, in order."""
    found = Alignment()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            found.same.update(zip(range(start, end), range(new_start, new_end), strict=True))
            continue
        pairs = dict(_pairs(old[start:end], new[new_start:new_end]))
        anchor = start - 1
        origin = {new_start + after: start + before for before, after in pairs.items()}
        for index in range(new_start, new_end):
            if index in origin:
                anchor = origin[index]
                found.versions[anchor] = index
            else:
                found.added.setdefault(anchor, []).append(index)
    return found


def likeness(one: str, other: str) -> float:
    """0 for nothing in common to 1 for the same but for figures; more with the same label."""
    if not one.strip() or not other.strip():
        return 0.0
    words, others = (_DIGITS.sub("0", text).split() for text in (one, other))
    label = _LABEL.match(one)
    shared = ALIKE if label and other.startswith(label[0]) else 0.0
    return shared + SequenceMatcher(None, words, others, autojunk=False).ratio()


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The versions among lines that differ: the most alike in all, none across another."""
    best: list[list[float]] = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[likeness(before, after) for after in new] for before in old]
    for row in reversed(range(len(old))):
        for column in reversed(range(len(new))):
            best[row][column] = max(
                best[row + 1][column],
                best[row][column + 1],
                best[row + 1][column + 1] + _counted(alike[row][column]),
            )
    return _traced(best)


def _traced(best: list[list[float]]) -> list[tuple[int, int]]:
    found, row, column = list[tuple[int, int]](), 0, 0
    while best[row][column] > 0:
        if best[row][column] == best[row + 1][column]:
            row += 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            found.append((row, column))
            row, column = row + 1, column + 1
    return found


def _counted(likeness: float) -> float:
    return likeness if likeness >= ALIKE else 0.0
