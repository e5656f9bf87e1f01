# SPDX-License-Identifier: Apache-2.0
"""Retry a read-decide-write step if another writer changed the state in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cost_slo.domain.errors import StateConflictError

_Result = TypeVar("_Result")

# How often a step is tried before a conflict is an error.
DECISION_ATTEMPTS = 5


def again_on_conflict(decide: Callable[[], _Result]) -> _Result:
    """What `decide` returns, which reads, decides and writes.

    Raises StateConflictError if another writer comes first in every attempt.
    """
    for _ in range(DECISION_ATTEMPTS - 1):
        try:
            return decide()
        except StateConflictError:
            continue
    return decide()
