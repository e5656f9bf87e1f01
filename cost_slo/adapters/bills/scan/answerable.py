# SPDX-License-Identifier: Apache-2.0
"""What can a bill be asked: which columns and tag keys does it have?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cost_slo.adapters.bills.columns.cur import athena_name
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spec.near_values import folded, nearest


@dataclass(frozen=True, slots=True)
class Answerable:
    """What a bill has, as far as its headers say.

    `missing` is the error to raise for each column of the relation that the bill lacks.
    `tag_keys` are all of its tag keys, None if they are not known before it is read; `keys_of` are
    those of each file whose keys are known. `spelled_by_athena` says that its tag keys are in
    Athena's spelling, which loses letter case. `in_map` are, by column of the relation, the files
    in which only a map of attributes may name it, if other files have a column for it.
    """

    missing: Mapping[str, CostDataError] = field(default_factory=dict)
    tag_keys: frozenset[str] | None = None
    spelled_by_athena: bool = False
    location: str = ""
    keys_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    in_map: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def need(self, column: str) -> str:
        """The column, or the error that it is not there."""
        if column in self.missing:
            raise self.missing[column]
        return column

    def need_tag(self, key: str) -> list[str]:
        """Every spelling of a tag key to look under, or the error that it is not there."""
        spellings = self.spellings(key)
        if self.tag_keys is not None and not self.tag_keys.intersection(spellings):
            raise self._no_tag(key)
        return spellings

    def spellings(self, key: str) -> list[str]:
        """The spellings that mean a tag key. Raises CostDataError if the bill has no tags."""
        self.need("tags")
        spellings = [key, f"user:{key}"]
        if self.spelled_by_athena:
            spellings.append(athena_name(f"/{key}").lstrip("_"))
        return spellings

    def similar(self, key: str) -> list[str] | None:
        """The bill's tag keys that differ from a key in letter case or outer spaces alone.

        None if the bill's keys are not known before it is read. Raises CostDataError if it has
        neither the key nor a similar one.
        """
        spellings = self.spellings(key)
        if self.tag_keys is None:
            return None
        wanted = {folded(each) for each in spellings}
        found = sorted(each for each in self.tag_keys if folded(each) in wanted)
        if not found:
            raise self._no_tag(key)
        return [each for each in found if each not in spellings]

    def files_without(self, key: str) -> list[str]:
        """The files that can have no tag of this key in any letter case: their charges lack it."""
        wanted = {folded(each) for each in self.spellings(key)}
        return [path for path, keys in self.keys_of.items() if wanted.isdisjoint(map(folded, keys))]

    def _no_tag(self, key: str) -> CostDataError:
        known = sorted(self.tag_keys or ())
        near = nearest(key, known)
        hint = f"; did you mean `{near[0]}`? If not," if near else ";"
        return CostDataError(
            f"the bill has no tag `{key}` (it has {', '.join(known) or 'none'}){hint} activate it "
            "as a cost allocation tag, or take it out of the scope",
            file=self.location,
            column=f"tags.{key}",
        )
