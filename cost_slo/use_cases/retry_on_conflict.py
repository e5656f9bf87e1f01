# SPDX-License-Identifier: Apache-2.0
"""Where somebody else wrote first, what then? It is decided again, on what is known by then."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cost_slo.domain.errors import StateConflictError

_Result = TypeVar("_Result")

# So often a decision is made before a conflict with somebody else is an error.
DECISION_ATTEMPTS = 5


def again_on_conflict(decide: Callable[[], _Result]) -> _Result:
    """What `decide` returns, which reads, decides and writes.

    Raises StateConflictError as it does, where the last attempt is overtaken, too.
    """
    for _ in range(DECISION_ATTEMPTS - 1):
        try:
            return decide()
        except StateConflictError:
            continue
    return decide()
