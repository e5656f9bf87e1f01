# SPDX-License-Identifier: Apache-2.0
"""How far has the state come, and did anybody write since it was read?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cost_slo.adapter_kit.stored_rows import utc
from cost_slo.adapters.stores.dynamodb.items import Item, keyed
from cost_slo.domain.errors import NewerStateError, StateConflictError

# What the items hold; a table of a larger one is refused.
_SCHEMA = 1


class _Written(Protocol):
    """What a save writes: an event of this SLO, or else None."""

    @property
    def event_of(self) -> str | None:
        """The SLO whose event it is."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """`version` grows with every save, by at least the number of entries it wrote.

    `events` is how many each SLO has, `evaluated` the latest `as_of` by SLO name and series.
    """

    version: int = 0
    events: Mapping[str, int] = field(default_factory=dict)
    evaluated: Mapping[str, datetime] = field(default_factory=dict)

    def refuse_conflict(self, expected: Mapping[str, int]) -> None:
        """Raises StateConflictError where an SLO has another number of events."""
        for slo, count in expected.items():
            found = self.events.get(slo, 0)
            if found != count:
                raise StateConflictError(
                    f"{slo} has {found} events, {count} were read: another cost-slo wrote; "
                    "run again"
                )

    def after(self, entries: Sequence[_Written], evaluated: Mapping[str, datetime]) -> Head:
        """The head once these are written; `evaluated` never goes back."""
        events = dict(self.events)
        for entry in entries:
            if entry.event_of is not None:
                events[entry.event_of] = events.get(entry.event_of, 0) + 1
        later = {
            name: at
            for name, at in evaluated.items()
            if name not in self.evaluated or at > self.evaluated[name]
        }
        version = self.version + max(1, len(entries))
        return Head(version, events, {**self.evaluated, **later})

    @property
    def item(self) -> Item:
        """As it is stored."""
        return keyed("head", "head") | {
            "schema": {"N": str(_SCHEMA)},
            "version": {"N": str(self.version)},
            "events": {"M": {slo: {"N": str(count)} for slo, count in self.events.items()}},
            "evaluated": {"M": {name: {"S": utc(at)} for name, at in self.evaluated.items()}},
        }


def head_from(item: Item | None) -> Head:
    """The head of an item; that of an empty state where there is none."""
    if item is None:
        return Head()
    schema = int(item.get("schema", {"N": str(_SCHEMA)})["N"])
    if schema > _SCHEMA:
        raise NewerStateError(f"schema {schema}, this version reads {_SCHEMA}")
    return Head(
        version=int(item["version"]["N"]),
        events={slo: int(count["N"]) for slo, count in item["events"]["M"].items()},
        evaluated={
            name: datetime.fromisoformat(at["S"]) for name, at in item["evaluated"]["M"].items()
        },
    )
