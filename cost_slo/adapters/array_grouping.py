# SPDX-License-Identifier: Apache-2.0
"""How are hundreds of thousands of leaves grouped in seconds? As arrays, the heavy ones only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cost_slo.domain.drivers.segments.grouping import UNITS, Cuboid, Element, Leaves, Tally

_Rows = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass
class _Groups:
    """Rows and which group each belongs to; groups are in the order of their codes."""

    rows: _Rows
    labels: _Rows
    codes: _Rows
    known: list[Tally | None]


class ArrayGrouping:
    """A `Grouping` on numpy arrays."""

    def __init__(self, leaves: Leaves) -> None:
        self._codes = [np.asarray(column, np.intp) for column in leaves.codes]
        self._before = np.asarray(leaves.before, np.float64)
        self._after = np.asarray(leaves.after, np.float64)
        self._move = np.abs(self._after - self._before)
        self._standing = np.asarray(leaves.standing, np.int8)
        self._left = np.ones(len(self._before), np.bool_)
        self._heavy: dict[Cuboid, _Groups] = {}

    def tallies(self, cuboid: Cuboid, least: float) -> Iterable[Tally]:
        """See `Grouping`."""
        groups = self._heavy.get(cuboid)
        if groups is None:
            groups = self._grouped(cuboid, self._candidates(cuboid))
        groups = self._heavy[cuboid] = self._only_heavy(groups, least)
        return self._tallied(cuboid, groups)

    def children(self, parent: Element, dimension: int) -> Iterable[Tally]:
        """See `Grouping`."""
        cuboid = tuple(sorted((*parent.cuboid, dimension)))
        return self._tallied(cuboid, self._grouped(cuboid, self._rows(parent)))

    def take(self, element: Element) -> Sequence[int]:
        """See `Grouping`."""
        taken = self._rows(element)
        self._left[taken] = False
        for groups in self._heavy.values():
            kept = self._left[groups.rows]
            for label in np.unique(groups.labels[~kept]):
                groups.known[label] = None
            groups.rows, groups.labels = groups.rows[kept], groups.labels[kept]
        return [int(row) for row in taken]

    def _candidates(self, cuboid: Cuboid) -> _Rows:
        """A part moved no further than the whole: only the heavy are divided."""
        whole = self._heavy.get(cuboid[:-1])
        return np.flatnonzero(self._left) if whole is None else whole.rows

    def _rows(self, element: Element) -> _Rows:
        found = self._left.copy()
        for place, code in zip(element.cuboid, element.codes, strict=True):
            found &= self._codes[place] == code
        return np.flatnonzero(found)

    def _grouped(self, cuboid: Cuboid, rows: _Rows) -> _Groups:
        columns = [self._codes[place][rows] for place in cuboid]
        labels, codes = np.zeros(len(rows), np.intp), np.zeros((1, 0), np.intp)
        for column in columns:
            width = int(column.max(initial=0)) + 1
            labels, pairs = _ranked(labels * width + column, len(codes) * width)
            codes = np.column_stack([codes[pairs // width], pairs % width])
        return _Groups(rows, labels, codes, [None] * len(codes))

    def _only_heavy(self, groups: _Groups, least: float) -> _Groups:
        gross = np.bincount(groups.labels, self._move[groups.rows], len(groups.codes))
        heavy = gross >= least
        if heavy.all():
            return groups
        kept, place = heavy[groups.labels], np.cumsum(heavy) - 1
        known = [tally for tally, stays in zip(groups.known, heavy, strict=True) if stays]
        labels = place[groups.labels[kept]]
        return _Groups(groups.rows[kept], labels, groups.codes[heavy], known)

    def _tallied(self, cuboid: Cuboid, groups: _Groups) -> list[Tally]:
        stale = np.array([tally is None for tally in groups.known], np.bool_)
        if stale.any():
            chosen = stale[groups.labels]
            self._count(cuboid, groups, groups.rows[chosen], groups.labels[chosen])
        return [tally for tally in groups.known if tally is not None]

    def _count(self, cuboid: Cuboid, groups: _Groups, rows: _Rows, labels: _Rows) -> None:
        """Tally the groups of these rows."""
        size = len(groups.codes)
        before, after = self._before[rows], self._after[rows]
        old, new = np.bincount(labels, before, size), np.bincount(labels, after, size)
        off = _misfits(before, after, old, new, labels)
        way = np.sign(new - old)[labels]
        stands = (way != 0) & (self._standing[rows] == way)
        spent = (before != 0) | (after != 0)
        leaves, standing = np.bincount(labels, spent, size), np.bincount(labels, stands, size)
        gross = np.bincount(labels, self._move[rows], size)
        misfit = np.bincount(labels, off, size)
        still_misfit = np.bincount(labels, np.where(stands, 0.0, off), size)
        for label in np.unique(labels):
            groups.known[label] = Tally(
                Element(cuboid, tuple(groups.codes[label].tolist())),
                before=float(old[label]),
                after=float(new[label]),
                gross=float(gross[label]),
                misfit=float(misfit[label]),
                still_misfit=float(still_misfit[label]),
                leaves=int(leaves[label]),
                standing=int(standing[label]),
            )


def _ranked(keys: _Rows, bound: int) -> tuple[_Rows, _Rows]:
    """Each key's rank among the distinct ones, and those; by counting where keys are dense."""
    if bound > 4 * len(keys) + 1024:
        distinct, ranks = np.unique(keys, return_inverse=True)
        return ranks, distinct
    present = np.zeros(bound, np.bool_)
    present[keys] = True
    return (np.cumsum(present) - 1)[keys], np.flatnonzero(present)


def _misfits(before: Floats, after: Floats, old: Floats, new: Floats, labels: _Rows) -> Floats:
    """`cost_slo.domain.drivers.segments.grouping.misfit` of every row, in the same steps."""
    rated = (old != 0) & (new != 0)
    ratio = np.where(rated, new, 1.0) / np.where(rated, old, 1.0)
    flipped = np.where(ratio < 0, 1.0, ratio)
    of_ratio = np.abs(after - before * flipped[labels]) / np.minimum(1.0, flipped)[labels]
    fits = np.rint(np.minimum(float(UNITS), of_ratio))
    fits = np.where((ratio < 0)[labels], np.abs(after - before), fits)
    absent = np.where((old == 0)[labels], np.abs(before), np.abs(after))
    return np.where(rated[labels], fits, np.minimum(float(UNITS), absent))
