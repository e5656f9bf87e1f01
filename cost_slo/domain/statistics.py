# SPDX-License-Identifier: Apache-2.0
"""What is usual, when some days are not?

Medians and spreads that a few odd days do not move. Plain Python on sorted lists: faster on a few
dozen values than any import.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence

# Makes the median absolute deviation estimate a normal distribution's standard deviation.
NORMAL_CONSISTENT = 1.4826


def median(values: Sequence[float]) -> float:
    """The middle value of at least one.

    >>> median([1.0, 100.0, 3.0]), median([1.0, 2.0])
    (3.0, 1.5)
    """
    ordered = sorted(values)
    half = len(ordered) // 2
    return (ordered[half] + ordered[~half]) / 2


def rolling_medians(values: Sequence[float], width: int) -> list[float]:
    """The median of each `width` consecutive values; empty if there are fewer.

    >>> rolling_medians([1.0, 100.0, 3.0, 2.0], 3)
    [3.0, 3.0]
    """
    if len(values) < width:
        return []
    half = width // 2
    ordered = sorted(values[:width])
    medians = [(ordered[half] + ordered[~half]) / 2]
    for leaving, coming in zip(values, values[width:], strict=False):
        del ordered[bisect_left(ordered, leaving)]
        insort(ordered, coming)
        medians.append((ordered[half] + ordered[~half]) / 2)
    return medians


def spread(values: Sequence[float]) -> float:
    """1.4826 x the median absolute deviation: a standard deviation blind to outliers."""
    middle = median(values)
    return NORMAL_CONSISTENT * median([abs(value - middle) for value in values])


def theil_sen(values: Sequence[float]) -> float:
    """The median slope over all pairs of evenly spaced values, a step apart; 0 below two.

    >>> theil_sen([1.0, 2.0, 30.0, 4.0])
    1.0
    """
    slopes = [
        (values[later] - values[earlier]) / (later - earlier)
        for earlier in range(len(values))
        for later in range(earlier + 1, len(values))
    ]
    return median(slopes) if slopes else 0.0


def relative_to(usual: Sequence[float], used: Sequence[float]) -> list[float]:
    """Each value relative to what is usual; on a day when nothing is usual, 1: on plan.

    >>> relative_to([10.0, 0.0], [15.0, 3.0])
    [1.5, 1.0]
    """
    pairs = zip(used, usual, strict=True)
    return [value / expected if expected > 0 else 1.0 for value, expected in pairs]
