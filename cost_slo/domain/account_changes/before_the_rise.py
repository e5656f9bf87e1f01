# SPDX-License-Identifier: Apache-2.0
"""Which of the changes shortly before a rise does a decision record?

The likeliest three, each with the reason. They are inferred: that a change
came before a rise does not make it the cause.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cost_slo.domain.account_changes.change import Changes, LikelyChange, Place, likely
from cost_slo.domain.drivers.inflection import inflection
from cost_slo.domain.drivers.movers import Mover
from cost_slo.domain.incidents.judged import Evidence
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.spend.ledger import latest
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.wording import instant, iso

MOST_CHANGES = 3
_LOOK_BACK = timedelta(hours=48)
SEEN_DAYS = 60
_WEEK = 7
# What the row of evidence is called.
RECORDED = "recorded writes to the account around the first day of the rise"


@dataclass(frozen=True, slots=True)
class Lookup:
    """The changes around the first day of a rise, as known at `as_of`, and where it rose."""

    since: date
    as_of: datetime
    place: Place
    changes: Changes

    @property
    def start(self) -> datetime:
        """The first instant of the search."""
        return midnight(self.since) - _LOOK_BACK

    @property
    def end(self) -> datetime:
        """The exclusive end of the first day, or the instant of the decision."""
        return min(midnight(self.since + DAY), self.as_of)


@dataclass(frozen=True, slots=True)
class KeptChange:
    """A likely change; `says` why it is thought of."""

    at: datetime
    account: str
    region: str
    service: str
    action: str
    resource: str
    made_by: str
    says: str


@dataclass(frozen=True, slots=True)
class ChangedBefore:
    """The likeliest changes before a rise, and what the source could not say."""

    since: date
    source: str
    notes: tuple[str, ...]
    likely: tuple[KeptChange, ...]

    @property
    def says(self) -> tuple[str, ...]:
        """The changes in words."""
        return tuple(each.says for each in self.likely)


def rise_began(
    observations: Sequence[Observation], *, data_through: date, end: date
) -> date | None:
    """The first day of the last rise in the 60 days before `end`; None if it cannot be dated.

    A day from `data_through` on is still arriving: it is known only if it already exceeds the
    last complete one.
    """
    seen = latest(observations)
    start = max(end - SEEN_DAYS * DAY, min(seen, default=end))
    usage = [_usage(seen.get(start + n * DAY)) for n in range((end - start).days)]
    complete = max(0, (data_through - start).days)
    last = usage[complete - 1] if 0 < complete <= len(usage) else math.inf
    known = [
        amount if day < complete or amount > last else math.nan for day, amount in enumerate(usage)
    ]
    found = inflection(known, start)
    return found.day if found and _rises(usage, (found.day - start).days) else None


def place_of(mover: Mover) -> Place:
    where = dict(mover.where) or {"service": mover.service}
    return Place(where.get("account", ""), where.get("service", ""), where.get("region", ""))


def changed_before(lookup: Lookup) -> ChangedBefore:
    """What is kept of a lookup."""
    found = likely(lookup.changes.found, lookup.place, midnight(lookup.since))
    return ChangedBefore(
        lookup.since,
        lookup.changes.description,
        (*lookup.changes.notes, *map(str, lookup.changes.failures)),
        tuple(map(_kept, found[:MOST_CHANGES])),
    )


def changes_evidence(lookup: Lookup) -> Evidence:
    """The row of evidence, without its id: which source was asked about which hours."""
    between = f"{instant(lookup.start)} to {instant(lookup.end)}"
    return Evidence(
        "",
        RECORDED,
        f"{lookup.changes.description}, {between}",
        rows=len(lookup.changes.found),
        revision=f"read {iso(lookup.as_of)}",
    )


def _kept(found: LikelyChange) -> KeptChange:
    it = found.change
    named = (it.account, it.region, it.service, it.action, it.resource, it.made_by)
    return KeptChange(it.at, *named, found.says)


def _usage(seen: Observation | None) -> float:
    return float(seen.usage) if seen else 0.0


def _rises(usage: Sequence[float], first: int) -> bool:
    after, before = usage[first:], usage[max(0, first - _WEEK) : first]
    return sum(after) / len(after) > sum(before) / len(before)
