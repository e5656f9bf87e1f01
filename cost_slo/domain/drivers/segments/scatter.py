# SPDX-License-Identifier: Apache-2.0
"""How much does a cell of its size ordinarily move between two periods?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import frexp

# Fewer cells than these say nothing about what is ordinary.
PEERS = 32

# A quarter of normal deviations are smaller than this many standard deviations.
#
# The quartile, not the median: even where half the cells of a size moved, the others are ordinary.
QUARTILE_OF_SIGMA = 0.319


def ordinary_moves(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """The standard deviation of each cell's change, judged by the cells of similar size.

    Size is the smaller amount of the two periods, so both directions are judged alike. It is 0 for
    a cell that is new or gone, and for all if there are fewer than `PEERS` to compare.
    """
    sizes = [
        min(abs(old), abs(new)) if old * new > 0 else 0.0
        for old, new in zip(before, after, strict=True)
    ]
    magnitudes = [frexp(size)[1] for size in sizes]
    of_size: defaultdict[int, list[float]] = defaultdict(list)
    for old, new, size, magnitude in zip(before, after, sizes, magnitudes, strict=True):
        if size:
            of_size[magnitude].append(abs(new - old) / size)
    spread = defaultdict(float, _spreads(of_size))
    return [size * spread[magnitude] for size, magnitude in zip(sizes, magnitudes, strict=True)]


def _spreads(of_size: dict[int, list[float]]) -> Iterator[tuple[int, float]]:
    """Neighbouring sizes are pooled, from the largest down, until they are enough."""
    pools: list[tuple[list[int], list[float]]] = [([], [])]
    for magnitude in sorted(of_size, reverse=True):
        if len(pools[-1][1]) >= PEERS:
            pools.append(([], []))
        pools[-1][0].append(magnitude)
        pools[-1][1].extend(of_size[magnitude])
    if len(pools) > 1 and len(pools[-1][1]) < PEERS:
        magnitudes, moves = pools.pop()
        pools[-1][0].extend(magnitudes)
        pools[-1][1].extend(moves)
    for magnitudes, moves in pools:
        if len(moves) >= PEERS:
            quartile = sorted(moves)[(len(moves) - 1) // 4]
            yield from ((magnitude, quartile / QUARTILE_OF_SIGMA) for magnitude in magnitudes)
