# SPDX-License-Identifier: Apache-2.0
"""How right is an explanation? Segments found against the causes that a case is known to have."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from benchmarks.driver_cases import Case, Cause, Where, matching
from benchmarks.driver_methods import Method
from cost_slo.domain.spend.cube import Cube

# The share of two parts' gross change that lies in both, for them to be the same or alike.
SAME, ALIKE = 0.99, 0.9


@dataclass
class Tallied:
    """Found, missed and wrongly named, over all cases."""

    hits: int = 0
    found: int = 0
    wanted: int = 0

    def add(self, hits: int, found: int, wanted: int) -> None:
        self.hits += hits
        self.found += found
        self.wanted += wanted

    @property
    def f1(self) -> float:
        return 2 * self.hits / (self.found + self.wanted) if self.found + self.wanted else 0.0


@dataclass
class Score:
    """One method over many cases."""

    same: Tallied = field(default_factory=Tallied)
    alike: Tallied = field(default_factory=Tallied)
    words: Tallied = field(default_factory=Tallied)
    named: Tallied = field(default_factory=Tallied)
    attributes: Tallied = field(default_factory=Tallied)
    shorter: list[bool] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    top3: list[float] = field(default_factory=list)
    jaccard: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Rounded for people; shares are of 1."""
        return {
            "f1": round(self.same.f1, 3),
            "f1_alike": round(self.alike.f1, 3),
            "f1_words": round(self.words.f1, 3),
            "f1_named": round(self.named.f1, 3),
            "f1_attributes": round(self.attributes.f1, 3),
            "shorter_names": round(_mean(self.shorter), 3),
            "exact_set": round(_mean(self.exact), 3),
            "top3_share": round(_mean(self.top3), 3),
            "jaccard": round(_mean(self.jaccard), 3),
            "seconds_per_case": round(_mean(self.seconds), 4),
            "cases": len(self.seconds),
        }


def scored(method: Method, cases: Iterable[Case]) -> Score:
    """What a method finds in all cases; seconds are of the processor."""
    score = Score()
    for case in cases:
        start = time.process_time()
        found = method(case.cube, len(case.causes))
        score.seconds.append(time.process_time() - start)
        _add(score, case, found)
    return score


def _add(score: Score, case: Case, found: Sequence[Cause]) -> None:
    overlap = _overlap_of(case.cube)
    counts = len(found), len(case.causes)
    same = _paired(found, case.causes, overlap, SAME)
    score.same.add(same, *counts)
    score.alike.add(_paired(found, case.causes, overlap, ALIKE), *counts)
    words = {one.where for one in found}, {one.where for one in case.causes}
    score.words.add(len(words[0] & words[1]), *counts)
    score.named.add(_named(case, found), *counts)
    pairs = [frozenset().union(*wheres) for wheres in words]
    score.attributes.add(len(pairs[0] & pairs[1]), len(pairs[0]), len(pairs[1]))
    score.shorter.extend(_has_shorter(case.cube, cause) for cause in case.causes)
    score.exact.append(same == counts[0] == counts[1])
    whole = [frozenset().union(*(one.rows for one in side)) for side in (found, case.causes)]
    score.jaccard.append(overlap(whole[0], whole[1]))
    score.top3.append(_top3_share(case.cube, found))


def _overlap_of(cube: Cube) -> Callable[[frozenset[int], frozenset[int]], float]:
    moved = [abs(float(cell.after - cell.before)) for cell in cube.cells]

    def overlap(one: frozenset[int], other: frozenset[int]) -> float:
        union = sum(moved[row] for row in one | other)
        return sum(moved[row] for row in one & other) / union if union else 0.0

    return overlap


def _paired(
    found: Sequence[Cause],
    causes: Sequence[Cause],
    overlap: Callable[[frozenset[int], frozenset[int]], float],
    least: float,
) -> int:
    """How many causes were found, each by another segment."""
    free = list(found)
    for cause in causes:
        shared = [overlap(one.rows, cause.rows) for one in free]
        if shared and max(shared) >= least:
            free.pop(shared.index(max(shared)))
    return len(found) - len(free)


def _named(case: Case, found: Sequence[Cause]) -> int:
    """How many labels are a name of a segment, from the shortest to the longest there is."""
    free = [(one.where, _longest(case.cube, one)) for one in found]
    for label in {cause.where for cause in case.causes}:
        fitting = (names for names in free if names[0] <= label <= names[1])
        if fits := next(fitting, None):
            free.remove(fits)
    return len(found) - len(free)


def _longest(cube: Cube, one: Cause) -> Where:
    """Its words, and all values in which its cells that cost anything agree."""
    cells = (cube.cells[row] for row in one.rows if cube.cells[row].has_cost)
    names = (frozenset(zip(cube.dimensions, cell.values, strict=True)) for cell in cells)
    agreed = reduce(frozenset.intersection, names, next(names, one.where))
    return one.where | agreed


def _has_shorter(cube: Cube, cause: Cause) -> bool:
    """Whether fewer of a label's values name the same cells, but for some without any spend."""
    without_one = (matching(cube, cause.where - {value}) - cause.rows for value in cause.where)
    return len(cause.where) > 1 and any(
        not any(cube.cells[row].has_cost for row in others) for others in without_one
    )


def _top3_share(cube: Cube, found: Sequence[Cause]) -> float:
    """The part of all moves, up and down, that lies in the three largest segments."""
    moved = [abs(float(cell.after - cell.before)) for cell in cube.cells]
    largest = sorted(found, key=lambda one: sum(moved[row] for row in one.rows))[-3:]
    named = frozenset().union(*(one.rows for one in largest))
    return sum(moved[row] for row in named) / sum(moved) if sum(moved) else 0.0


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0
