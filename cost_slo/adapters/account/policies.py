# SPDX-License-Identifier: Apache-2.0
"""How is a policy's JSON read? Whatever may be several may be one, or none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def listed(value: Any) -> Iterable[Any]:  # noqa: ANN401  a policy's JSON
    """One, several or none, as several."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)
