# SPDX-License-Identifier: Apache-2.0
"""Which part of an answer is on this page?

The pages of one answer are parts of one look at the bill, even if the clock moves between them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count
from typing import Any, Generic, TypeVar

from cost_slo.testing.fake_cost_explorer.refusal import RefusedError, invalid

_Item = TypeVar("_Item")
TOKENS = ("NextPageToken", "NextToken")


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """Some items of an answer, the token of the next page if any, and the number of all items."""

    items: Sequence[_Item]
    token: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Rest:
    """The items not yet sent, and the request they answer."""

    request: str
    items: Sequence[Any]
    total: int


@dataclass(slots=True)
class Pages:
    _left: dict[str, Rest] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def page(
        self, parameters: Mapping[str, Any], size: int, find: Callable[[], Sequence[_Item]]
    ) -> Page[_Item]:
        """The first page of what `find` gives, or the one that the request's token asks for."""
        request = json.dumps(
            {name: value for name, value in parameters.items() if name not in TOKENS},
            sort_keys=True,
        )
        token = next((parameters[name] for name in TOKENS if parameters.get(name)), None)
        rest = Rest(request, found := find(), len(found)) if token is None else self._rest(token)
        if rest.request != request:
            raise RefusedError(
                "RequestChangedException",
                "The parameters of the request were changed between pages; "
                "try again with the old ones or without a pagination token.",
            )
        shown, left = rest.items[:size], rest.items[size:]
        return Page(shown, self._keep(replace(rest, items=left)) if left else None, rest.total)

    def _rest(self, token: str) -> Rest:
        if token not in self._left:
            raise RefusedError("InvalidNextTokenException", f"Invalid NextPageToken: {token}")
        return self._left[token]

    def _keep(self, rest: Rest) -> str:
        token = sha256(
            f"{next(self._numbers)}/{rest.request}/{len(rest.items)}".encode()
        ).hexdigest()
        self._left[token] = rest
        return token


def page_size(parameters: Mapping[str, Any], default: int, most: int | None = None) -> int:
    """MaxResults, or the default. Raises RefusedError outside 1 to `most`."""
    size = int(parameters.get("MaxResults", default))
    if size >= 1 and (most is None or size <= most):
        return size
    bound = "greater than or equal to 1" if size < 1 else f"less than or equal to {most}"
    raise invalid(
        f"1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy "
        f"constraint: Member must have value {bound}"
    )
