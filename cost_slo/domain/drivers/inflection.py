# SPDX-License-Identifier: Apache-2.0
"""Since when, and how, did a daily series change?

Every day is tried as the first of every course of change (a step, a ramp, a spike, a runaway), each
fitted together with the weekdays (`weekday_fit`), and weighed by how likely it makes the series
against how likely nothing does. The answer is the likeliest shape and its likeliest day; confidence
is the share of all weight, that of *nothing changed* included, that lies within a day of it.

A spike would hide a step that matters more: a spike that was found is set aside and the rest looked
at again. Of what is found then, the one that moved more money is the answer.

>>> steady, more = [100.0] * 20, [150.0] * 8
>>> found = inflection(steady + more, date(2026, 11, 1))
>>> str(found.day), str(found.shape), found.confidence > 0.99
('2026-11-21', 'step', True)
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from cost_slo.domain.drivers.weekday_fit import WEEKDAY_COUNT, WeekdayFit
from cost_slo.domain.period import DAY

_LEAST_DAYS = 14
LONGEST_SPIKE = 3
LONGEST_BUMP = 10
# Days needed to distinguish a ramp or a runaway from a step.
LEAST_RISE = 4
# Days that a ramp rises before it stays level; it may also rise to the end.
RAMPS = (4, 7, 10, 14, 21)
# A runaway's growth a day.
GROWTHS = (1.25, 1.5, 2.0, 3.0)
# How many times a runaway's excess has grown, or it would pass for a ramp.
LEAST_GROWN = 4.0
# Of a usual day: a smaller change is none.
LEAST_CHANGE = 0.05
# Of a usual day: a runaway begins with that much, or its first day could be any before.
LEAST_START = 0.025
# How much likelier than no change a course must be: its day and size were fitted.
_NOTHING = 100.0


_Key = TypeVar("_Key", bound=Hashable)


class ChangeShape(StrEnum):
    """How a series changed."""

    STEP = "step"
    RAMP = "ramp"
    SPIKE = "spike"
    RUNAWAY = "runaway"


@dataclass(frozen=True, slots=True)
class Inflection:
    """The first day of a change; `confidence` (0 to 1) that it began within a day of it."""

    day: date
    shape: ChangeShape
    confidence: float


@dataclass(frozen=True, slots=True)
class _Family:
    """Courses of one kind, and how likely that kind is before one looks."""

    shape: ChangeShape
    prior: float


_STEP = _Family(ChangeShape.STEP, 0.5)
_SPIKE = _Family(ChangeShape.SPIKE, 0.2)
_RAMP = _Family(ChangeShape.RAMP, 0.12)
_RUNAWAY = _Family(ChangeShape.RUNAWAY, 0.12)
# A step that ended.
_BUMP = _Family(ChangeShape.STEP, 0.06)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A course from one day on; `score` is a log likelihood ratio, `moved` its total amount."""

    first: int
    family: _Family
    course: Mapping[int, float]
    score: float
    moved: float


@dataclass(frozen=True, slots=True)
class _Found:
    best: _Candidate
    confidence: float


def inflection(series: Sequence[float], start: date) -> Inflection | None:
    """The change of a series of days from `start` on; None if there is none.

    NaN is an unknown day. Fewer than 14 known days are not enough; the first
    seven only teach what is usual. Takes some 30 ms for 60 days, growing with their square.
    """
    known = {day: float(amount) for day, amount in enumerate(series) if not math.isnan(amount)}
    fit = WeekdayFit.of(known) if len(known) >= _LEAST_DAYS else None
    changes = list(_changes(fit, len(series))) if fit else []
    if not changes:
        return None
    found = max(changes, key=lambda change: change.best.moved)
    best = found.best
    return Inflection(start + best.first * DAY, best.family.shape, found.confidence)


def _changes(fit: WeekdayFit, end: int) -> Iterator[_Found]:
    """Spikes, each set aside, and then the change that is not a spike."""
    while len(fit.amounts) >= _LEAST_DAYS and (found := _likeliest(list(_candidates(fit, end)))):
        yield found
        if found.best.family is not _SPIKE:
            return
        fit = fit.without(found.best.course)


def _likeliest(candidates: Sequence[_Candidate]) -> _Found | None:
    """None if no change is likelier than all candidates together."""
    top = max([0.0, *(candidate.score for candidate in candidates)])
    nothing = _NOTHING * math.exp(-top)
    weighed = list(zip(candidates, _weights(candidates, top), strict=True))
    something = sum(weight for _, weight in weighed)
    if something < nothing:
        return None
    shape = _heaviest((one.family.shape, weight) for one, weight in weighed)
    shaped = [(one, weight) for one, weight in weighed if one.family.shape is shape]
    first = _heaviest((one.first, weight) for one, weight in shaped)
    near = sum(weight for one, weight in weighed if abs(one.first - first) <= 1)
    best = max((one for one, _ in shaped if one.first == first), key=lambda one: one.score)
    return _Found(best, near / (something + nothing))


def _weights(candidates: Sequence[_Candidate], top: float) -> Iterator[float]:
    """How likely each is relative to the likeliest, its family's prior shared within it."""
    many = Counter(candidate.family for candidate in candidates)
    for one in candidates:
        yield one.family.prior / many[one.family] * math.exp(one.score - top)


def _heaviest(weighed: Iterable[tuple[_Key, float]]) -> _Key:
    """The key with the largest sum; the first of equals."""
    sums: defaultdict[_Key, float] = defaultdict(float)
    for key, weight in weighed:
        sums[key] += weight
    return max(sums, key=sums.__getitem__)


def _candidates(fit: WeekdayFit, end: int) -> Iterator[_Candidate]:
    """Every course from every known day on: as much each day, or in proportion to weekdays."""
    indices = ([1.0] * WEEKDAY_COUNT, fit.weekday_index)
    for first in (day for day in fit.amounts if day >= WEEKDAY_COUNT):
        for family, values in _courses(end - first):
            days = range(first, first + len(values))
            for index in indices:
                course = {
                    day: value * index[day % WEEKDAY_COUNT]
                    for day, value in zip(days, values, strict=True)
                }
                size, score = fit.fitted(course)
                counts = _counts(family, size, course, fit.level)
                moved = abs(size) * sum(course.values())
                yield _Candidate(first, family, course, score if counts else -math.inf, moved)


def _counts(family: _Family, size: float, course: Mapping[int, float], level: float) -> bool:
    """Whether a change is large enough to be one; a runaway begins when it is, and only goes up."""
    if family is _RUNAWAY:
        return size * min(course.values()) >= LEAST_START * level
    return abs(size) * max(course.values()) >= LEAST_CHANGE * level


def _courses(length: int) -> Iterator[tuple[_Family, list[float]]]:
    """What each day from a change on adds, as multiples of one size."""
    level = [1.0] * length
    yield _STEP, level
    yield _STEP, [0.5, *level[1:]]
    for days in range(1, min(LONGEST_BUMP + 1, length)):
        yield (_SPIKE if days <= LONGEST_SPIKE else _BUMP), level[:days]
    if length < LEAST_RISE:
        return
    for days in (*(ramp for ramp in RAMPS if ramp < length), length):
        yield _RAMP, [min(day, days) / days for day in range(1, length + 1)]
    for growth in GROWTHS:
        if growth ** (length - 1) >= LEAST_GROWN:
            yield _RUNAWAY, [growth ** (day - length) for day in range(1, length + 1)]
