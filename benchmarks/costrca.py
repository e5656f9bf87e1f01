# SPDX-License-Identifier: Apache-2.0
"""What does a bill look like when we know what changed in it? Generated cubes with known causes.

Sparse leaves over six dimensions, lognormal costs, noise of 2-15 % a leaf, small leaves that come
and go, and one to three causes of volume, price or new cells on one to three dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = ("service", "meter", "account", "region", "tag:product", "tag:env")
SIZES = (40, 300, 60, 12, 30, 3)
LEAVES = 14_000
CHURNED = 0.02
SHARES = (0.005, 0.2)
FEWEST_LEAVES = 3

Codes = NDArray[np.int64]
Amounts = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Instance:
    """A cube and the leaves that each of its causes moved."""

    codes: Codes
    before: Amounts
    after: Amounts
    causes: tuple[Mask, ...]


def generate(seed: int, leaves: int = LEAVES) -> Instance:
    """The instance of a seed; the same seed always gives the same one."""
    random = np.random.default_rng(seed)
    codes = _leaves(random, leaves)
    before = random.lognormal(0, 2, len(codes))
    after = before * np.exp(random.normal(0, random.uniform(0.02, 0.15, len(codes))))
    small = before < np.median(before)
    after[small & (random.random(len(codes)) < 2 * CHURNED)] = 0
    before[small & (after > 0) & (random.random(len(codes)) < 2 * CHURNED)] = 0
    causes: list[Mask] = []
    for _ in range(random.integers(1, 4)):
        kind = str(random.choice(["volume", "price", "new"]))
        cause = _cause(random, codes, before, causes)
        if kind == "new":
            before[cause] = 0
        low, high = {"volume": (1.5, 5), "price": (1.25, 1.5), "new": (1, 1)}[kind]
        after[cause] *= random.uniform(low, high)
        causes.append(cause)
    before, after = (np.round(amounts, 6) for amounts in (before, after))
    return Instance(codes, before, after, tuple(causes))


def _leaves(random: np.random.Generator, wanted: int) -> Codes:
    """Distinct combinations; every meter belongs to one service."""
    scale = max(1, wanted // 100_000)
    sizes = [
        size * (scale if name != "tag:env" else 1)
        for name, size in zip(DIMENSIONS, SIZES, strict=True)
    ]
    service_of = random.integers(0, sizes[0], sizes[1])
    drawn = [random.choice(size, 2 * wanted, p=_weights(random, size)) for size in sizes]
    drawn[0] = service_of[drawn[1]]
    distinct = np.unique(np.column_stack(drawn), axis=0)
    return distinct[random.permutation(len(distinct))[:wanted]]


def _weights(random: np.random.Generator, size: int) -> Amounts:
    weights = random.lognormal(0, 1, size)
    return weights / weights.sum()


def _cause(
    random: np.random.Generator, codes: Codes, before: Amounts, taken: Sequence[Mask]
) -> Mask:
    """The leaves of a random element that is large enough and apart from the other causes."""
    choices = [c for count in (1, 2, 3) for c in combinations(range(codes.shape[1]), count)]
    while True:
        count = int(random.integers(1, 4))
        fitting = [choice for choice in choices if len(choice) == count]
        chosen = fitting[random.integers(len(fitting))]
        example = codes[random.integers(len(codes))]
        found: Mask = (codes[:, list(chosen)] == example[list(chosen)]).all(axis=1)
        share = before[found].sum() / before.sum()
        apart = not any((found & other).any() for other in taken)
        if apart and found.sum() >= FEWEST_LEAVES and SHARES[0] <= share <= SHARES[1]:
            return found
