# SPDX-License-Identifier: Apache-2.0
"""A policy's JSON: a list may be a single value, or missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def listed(value: Any) -> Iterable[Any]:  # noqa: ANN401  a policy's JSON
    """A list of the value, the values, or nothing."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)
