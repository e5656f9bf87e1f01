# SPDX-License-Identifier: Apache-2.0
"""What did each combination of dimension values do, summed over its leaves?

Amounts are whole numbers of a unit so small that rounding to it loses nothing that matters. Sums of
them are exact whatever their order, so every `Grouping` answers alike, to the last bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

# The gross move of all leaves. A million leaves of it still add up exactly in 53 bits of float.
UNITS = 2**33

# Dimensions, by their place, ascending.
Cuboid = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Leaves:
    """The finest cells, column by column; all columns have one entry a leaf."""

    codes: tuple[Sequence[int], ...]
    """A column a dimension; a code stands for a value, and codes are in the order of values."""
    before: Sequence[int]
    after: Sequence[int]
    standing: Sequence[int]
    """1 or -1 if a leaf moved further up or down than ordinary scatter, else 0."""


@dataclass(frozen=True, slots=True)
class Element:
    """The leaves that have these codes on the dimensions of the cuboid."""

    cuboid: Cuboid
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What the leaves of an element did, in units; all amounts but `before` and `after` >= 0."""

    element: Element
    before: float
    after: float
    gross: float
    """How far its leaves moved, whichever way."""
    misfit: float
    """How far they are from having all moved by the element's own ratio."""
    still_misfit: float
    """The same, of those leaves alone that do not stand out in the element's direction."""
    leaves: int
    """Those with any spend."""
    standing: int


class Grouping(Protocol):
    """Leaves that can be grouped by any cuboid and taken away."""

    def tallies(self, cuboid: Cuboid, least: float) -> Iterable[Tally]:
        """Elements of the remaining leaves that moved at least so far, by code.

        `least` is the same from call to call.
        """
        ...

    def children(self, parent: Element, dimension: int) -> Iterable[Tally]:
        """The elements that divide an element's remaining leaves by one more dimension."""
        ...

    def take(self, element: Element) -> Sequence[int]:
        """Take the element's remaining leaves away and name them, ascending."""
        ...


def misfit(before: int, after: int, total_before: float, total_after: float) -> int:
    """How far a leaf is from its element's ratio; the same when the periods are swapped."""
    if total_before == 0 or total_after == 0:
        return min(UNITS, abs(before if total_before == 0 else after))
    ratio = total_after / total_before
    if ratio < 0:
        return abs(after - before)
    return round(min(float(UNITS), abs(after - before * ratio) / min(1.0, ratio)))


@dataclass
class PlainGrouping:
    """A `Grouping` of a few thousand leaves that needs nothing but Python."""

    leaves: Leaves
    _left: set[int] = field(init=False)
    _heavy: dict[Cuboid, dict[tuple[int, ...], list[int]]] = field(init=False, default_factory=dict)
    _known: dict[Element, Tally] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._left = set(range(len(self.leaves.before)))

    def tallies(self, cuboid: Cuboid, least: float) -> list[Tally]:
        """See `Grouping`."""
        heavy = self._heavy.get(cuboid)
        if heavy is None:
            heavy = self._groups(cuboid, self._candidates(cuboid))
        tallies = {
            codes: self._tally(Element(cuboid, codes), rows) for codes, rows in heavy.items()
        }
        kept = {codes: tally for codes, tally in tallies.items() if tally.gross >= least}
        self._heavy[cuboid] = {codes: heavy[codes] for codes in kept}
        return [kept[codes] for codes in sorted(kept)]

    def children(self, parent: Element, dimension: int) -> list[Tally]:
        """See `Grouping`."""
        cuboid = tuple(sorted((*parent.cuboid, dimension)))
        groups = self._groups(cuboid, self._rows(parent))
        return [self._counted(Element(cuboid, codes), groups[codes]) for codes in sorted(groups)]

    def take(self, element: Element) -> list[int]:
        """See `Grouping`."""
        taken = self._rows(element)
        self._left.difference_update(taken)
        for cuboid, heavy in self._heavy.items():
            for codes in self._groups(cuboid, taken).keys() & heavy.keys():
                heavy[codes] = [row for row in heavy[codes] if row in self._left]
                self._known.pop(Element(cuboid, codes), None)
        return taken

    def _candidates(self, cuboid: Cuboid) -> Iterable[int]:
        """A part moved no further than the whole: only the heavy are divided."""
        whole = self._heavy.get(cuboid[:-1])
        if whole is None:
            return sorted(self._left)
        return sorted(row for rows in whole.values() for row in rows)

    def _rows(self, element: Element) -> list[int]:
        columns = [self.leaves.codes[place] for place in element.cuboid]
        wanted = list(zip(columns, element.codes, strict=True))
        return [
            row for row in sorted(self._left) if all(column[row] == code for column, code in wanted)
        ]

    def _groups(self, cuboid: Cuboid, rows: Iterable[int]) -> dict[tuple[int, ...], list[int]]:
        columns = [self.leaves.codes[place] for place in cuboid]
        groups: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        for row in rows:
            groups[tuple(column[row] for column in columns)].append(row)
        return groups

    def _tally(self, element: Element, rows: Sequence[int]) -> Tally:
        known = self._known.get(element)
        if known is None:
            known = self._known[element] = self._counted(element, rows)
        return known

    def _counted(self, element: Element, rows: Sequence[int]) -> Tally:
        before, after = self.leaves.before, self.leaves.after
        old, new = sum(before[row] for row in rows), sum(after[row] for row in rows)
        way = (new > old) - (new < old)
        misfits = [misfit(before[row], after[row], old, new) for row in rows]
        stands = [way != 0 and self.leaves.standing[row] == way for row in rows]
        return Tally(
            element,
            before=old,
            after=new,
            gross=sum(abs(after[row] - before[row]) for row in rows),
            misfit=sum(misfits),
            still_misfit=sum(off for off, stood in zip(misfits, stands, strict=True) if not stood),
            leaves=sum(bool(before[row] or after[row]) for row in rows),
            standing=sum(stands),
        )
