# SPDX-License-Identifier: Apache-2.0
"""How do all SLOs stand today, worst first, and what is new since the last digest?

An SLO that cannot be judged never counts as within or better: without costs it got worse, whatever
it was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from math import inf

from cost_slo.domain.actions.items import Action, ActionStatus, actions, by_urgency
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.period import midnight
from cost_slo.domain.request_price import REQUEST_PRICE
from cost_slo.domain.verdict.assessment import Assessment
from cost_slo.domain.verdict.burn_down import BurnDown
from cost_slo.domain.verdict.decision import Verdict

# Action items are listed from seven days before they are due.
DUE_SOON = timedelta(days=7)

# A burn this many times another's, and at least 1, is worse than it.
_NOTABLE = 1.25

BLIND = frozenset({Verdict.NO_DATA, Verdict.STALE_DATA})
_ALARMING = frozenset({Verdict.BURNING, Verdict.EXHAUSTED})


class Movement(StrEnum):
    """How an SLO changed since the last digest."""

    # It was within and no longer is, or nothing was known of it.
    NEW = "new"
    WORSE = "worse"
    BETTER = "better"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One SLO's assessment now and at the last digest; `before` is None if it was not known."""

    now: Assessment
    before: Assessment | None
    burn_down: BurnDown | None = None

    @property
    def is_blind(self) -> bool:
        return self.now.decision.verdict in BLIND

    @property
    def is_alarming(self) -> bool:
        return self.now.decision.verdict in _ALARMING

    @property
    def movement(self) -> Movement:
        """By severity and verdict; if both are the same and it is alarming, by the newest burn."""
        if self.before is None:
            return Movement.NEW
        now, before = _loudness(self.now), _loudness(self.before)
        is_lost = self.is_blind and self.before.decision.verdict not in BLIND
        if now > before or is_lost:
            was_within = self.before.decision.verdict is Verdict.WITHIN
            return Movement.NEW if was_within else Movement.WORSE
        if now < before:
            return Movement.BETTER
        return _by_burn(self.now, self.before) if self.is_alarming else Movement.UNCHANGED

    def data_age(self, as_of: datetime) -> timedelta | None:
        """From the end of the last complete day to `as_of`; None without a complete day."""
        figures = self.now.figures
        return as_of - midnight(figures.data_through) if figures else None


@dataclass(frozen=True, slots=True)
class SelfCost:
    """Paid requests made this month; `cap` is the most allowed in the month, if known."""

    month: date
    requests: int
    cap: int | None = None

    @property
    def cost(self) -> Decimal:
        """In USD."""
        return self.requests * REQUEST_PRICE


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of one date in its readers' time zone; `entries` and `due` are worst first.

    `since` is the instant to compare with: the last digest, or a day ago if `is_first`. `running`
    are the open incidents, most severe first.
    """

    on: date
    as_of: datetime
    since: datetime
    is_first: bool
    currency: str
    entries: tuple[DigestEntry, ...]
    running: tuple[Incident, ...]
    due: tuple[Action, ...]
    self_cost: SelfCost

    @property
    def data_through(self) -> date | None:
        """Exclusive end of the last complete day that any SLO knows."""
        found = [entry.now.figures.data_through for entry in self.entries if entry.now.figures]
        return max(found, default=None)

    @property
    def alarming(self) -> int:
        """The number of SLOs that are burning or exhausted."""
        return sum(entry.is_alarming for entry in self.entries)

    @property
    def exhausted(self) -> int:
        """The number of SLOs over their objective."""
        return sum(entry.now.decision.verdict is Verdict.EXHAUSTED for entry in self.entries)

    @property
    def blind(self) -> int:
        """The number of SLOs that cannot be judged."""
        return sum(entry.is_blind for entry in self.entries)


def worst_first(entries: Iterable[DigestEntry]) -> tuple[DigestEntry, ...]:
    """Sorted by severity, verdict, remaining budget, pace, and name."""
    return tuple(sorted(entries, key=_badness))


def loudest_first(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """The running incidents, most severe first, then oldest first."""
    running = [incident for incident in incidents if incident.is_running]
    return tuple(sorted(running, key=lambda it: (-it.severity.rank, it.opened_at, it.id)))


def due_actions(incidents: Iterable[Incident], as_of: datetime) -> tuple[Action, ...]:
    """Unfinished items of all incidents that are overdue or due within a week."""
    items = [item for incident in incidents for item in actions(incident, as_of)]
    last = (as_of + DUE_SOON).date()
    wanted = [
        item
        for item in items
        if item.status(as_of) is not ActionStatus.DONE and item.agreed.due <= last
    ]
    return tuple(by_urgency(wanted, as_of))


def count_moves(entries: Sequence[DigestEntry]) -> dict[Movement, int]:
    """The number of entries that are new, worse, better and unchanged, in that order."""
    found = [entry.movement for entry in entries]
    return {movement: found.count(movement) for movement in Movement}


def _by_burn(now: Assessment, before: Assessment) -> Movement:
    newest, earlier = _newest_burn(now), _newest_burn(before)
    if newest >= max(1.0, _NOTABLE * earlier):
        return Movement.WORSE
    return Movement.BETTER if earlier >= max(1.0, _NOTABLE * newest) else Movement.UNCHANGED


def _newest_burn(assessment: Assessment) -> float:
    """The burn rate over the shortest look-back; 0 if there is none."""
    burns = assessment.figures.burns if assessment.figures else ()
    return burns[0].rate if burns else 0.0


def _loudness(assessment: Assessment) -> tuple[int, int]:
    verdict = assessment.decision.verdict
    order = {Verdict.EXHAUSTED: 3, Verdict.BURNING: 2, Verdict.WITHIN: 0}
    return assessment.decision.severity.rank, order.get(verdict, 1)


def _badness(entry: DigestEntry) -> tuple[int, int, float, float, str]:
    severity, verdict = _loudness(entry.now)
    figures = entry.now.figures
    budget = figures.budget if figures else None
    left = budget.remaining_ratio if budget else inf
    pace = figures.pace if figures and figures.pace is not None else 0.0
    return -severity, -verdict, left, -pace, entry.now.slo.name
