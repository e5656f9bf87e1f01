# SPDX-License-Identifier: Apache-2.0
"""Parts of a report that could not be made, and why.

An explanation is an extra: whatever fails while it is made, the decision and the alert stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from cost_slo.domain.errors import in_words

_Part = TypeVar("_Part")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Missing:
    """A part of a report that could not be made: what it is, and the error."""

    what: str
    error: Exception

    @property
    def says(self) -> str:
        """A sentence without a stop."""
        return f"{self.what}: not known ({in_words(self.error)}); the next run tries again"


@dataclass(slots=True)
class Extras:
    """Makes the optional parts of a report, and keeps the errors of those that failed."""

    missing: list[Missing] = field(default_factory=list)

    def get(self, what: str, make: Callable[[], _Part], otherwise: Other) -> _Part | Other:
        """What `make` returns; `otherwise` if it raises, whatever it raises."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001  no error of an extra may cost the alert
            self.missing.append(Missing(what, error))
            return otherwise


def missing_in_words(missing: Iterable[Missing]) -> tuple[str, ...]:
    """The sentence of each; equal ones once."""
    return tuple(dict.fromkeys(each.says for each in missing))
