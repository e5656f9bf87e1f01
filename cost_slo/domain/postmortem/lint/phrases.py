# SPDX-License-Identifier: Apache-2.0
"""How does a pattern in words become one that a text can be searched with?

`<word>` stands for any entry of that list, a space for white space, ` ?` for white space or none.

>>> words = Vocabulary({"who": ("ops", "the <team>"), "team": ("crew", "squad")})
>>> bool(words.pattern("<who> forgot").search("so the squad  forgot it"))
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLACE = re.compile(r"<([a-z_]+)>")


@dataclass(frozen=True)
class Vocabulary:
    """Lists of words by name; an entry is a regular expression that may name other lists."""

    entries: Mapping[str, tuple[str, ...]]

    def pattern(self, written: str) -> re.Pattern[str]:
        """The pattern, whatever the case. Raises ValueError where it is none, or names no list."""
        spaced = self._expanded(written).replace(" ?", r"\s*").replace(" ", r"\s+")
        try:
            return re.compile(spaced, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"{written!r} is not a pattern: {error}") from error

    def _expanded(self, written: str) -> str:
        return PLACE.sub(lambda place: self._entry(place[1]), written)

    def _entry(self, name: str) -> str:
        if name not in self.entries:
            raise ValueError(f"there is no list of words named {name!r}")
        return "|".join(self._expanded(word) for word in self.entries[name])
