# SPDX-License-Identifier: Apache-2.0
"""Which part of an answer is on this page?

The pages of one answer are parts of one look at the bill, even if the clock moves between them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from cost_slo.testing.fake_cost_explorer.refusal import RefusedError, invalid

_Item = TypeVar("_Item")
TOKENS = ("NextPageToken", "NextToken")


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of an answer, and the request it belongs to."""

    request: str
    items: Sequence[Any]


@dataclass(slots=True)
class Pages:
    """The tokens given out so far."""

    _left: dict[str, Rest] = field(default_factory=dict)

    def page(
        self, parameters: Mapping[str, Any], size: int, find: Callable[[], Sequence[_Item]]
    ) -> tuple[Sequence[_Item], str | None]:
        """A page of what `find` gives, and the token of the next, None on the last."""
        request = json.dumps(
            {name: value for name, value in parameters.items() if name not in TOKENS},
            sort_keys=True,
        )
        token = next((parameters[name] for name in TOKENS if parameters.get(name)), None)
        items = find() if token is None else self._rest(token, request)
        if len(items) <= size:
            return items, None
        return items[:size], self._keep(Rest(request, items[size:]))

    def _rest(self, token: str, request: str) -> Sequence[Any]:
        rest = self._left.get(token)
        if rest is None:
            raise RefusedError("InvalidNextTokenException", f"Invalid NextPageToken: {token}")
        if rest.request != request:
            raise RefusedError(
                "RequestChangedException",
                "The parameters of the request were changed between pages; "
                "try again with the old ones or without a pagination token.",
            )
        return rest.items

    def _keep(self, rest: Rest) -> str:
        token = sha256(f"{len(self._left)}/{rest.request}/{len(rest.items)}".encode()).hexdigest()
        self._left[token] = rest
        return token


def page_size(parameters: Mapping[str, Any], default: int, most: int | None = None) -> int:
    """MaxResults, or the default. Raises RefusedError outside 1 to `most`."""
    size = int(parameters.get("MaxResults") or default)
    if size < 1 or (most is not None and size > most):
        raise invalid(
            f"1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy "
            f"constraint: Member must have value less than or equal to {most}"
        )
    return size
