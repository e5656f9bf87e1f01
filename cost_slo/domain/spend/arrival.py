# SPDX-License-Identifier: Apache-2.0
"""How much of a day has usually arrived by its age?

A source fills a day up over many hours. The ledger's own revisions show how far: what a past day
showed when it was as old as today's is now, relative to what it shows by now. The *largest* such
share of the last two weeks counts, so that what is seen beyond that share of the plan remains a
lower bound of the day's excess. Without revisions (a first look at a settled bill, or one at an
hour without an earlier evaluation) the share is unknown; the day is compared with its full plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.spend.reading import Observation

_LOOK_BACK = 14 * DAY
# Fewer past days seen at that age say nothing.
_LEAST_DAYS = 3
# Evaluations are not on the minute: one this much earlier or later counts for the same age.
SLACK = timedelta(hours=1)

# The observations of each day, oldest first.
Revisions = Mapping[date, Sequence[Observation]]


def arrived(
    observations: Iterable[Observation],
    incomplete: Period,
    as_of: datetime,
    *,
    is_sampled: bool = False,
) -> tuple[float, ...]:
    """The largest share (0..1] of each incomplete day's usage that can have arrived; 1 if unknown.

    `observations` are one series' ledger as known at `as_of`. A ledger that is sampled holds what
    evaluations saw, and says nothing of an age at which none looked.
    """
    if incomplete.days <= 0:
        return ()
    looked_at = Period(incomplete.start - _LOOK_BACK, incomplete.start)
    recent = [seen for seen in observations if seen.day in looked_at]
    looks = frozenset(seen.observed_at for seen in recent) if is_sampled else None
    days: defaultdict[date, list[Observation]] = defaultdict(list)
    for seen in sorted(recent, key=attrgetter("revision")):
        days[seen.day].append(seen)
    starts = (midnight(incomplete.start + number * DAY) for number in range(incomplete.days))
    return tuple([_largest_share(days, as_of - start, looks) for start in starts])


def _largest_share(days: Revisions, age: timedelta, looks: Collection[datetime] | None) -> float:
    """The largest share of complete days that was visible at an age counted from their start."""
    shares = [
        float(then / now)
        for day, revisions in days.items()
        if (now := revisions[-1].usage) > 0
        and (then := _known_by(revisions, midnight(day) + age, looks)) > 0
    ]
    return min(1.0, max(shares)) if len(shares) >= _LEAST_DAYS else 1.0


def _known_by(
    revisions: Sequence[Observation], instant: datetime, looks: Collection[datetime] | None
) -> Decimal:
    """The usage seen by then; 0 if nothing was seen, also if no evaluation ran."""
    if looks is not None and not any(abs(look - instant) <= SLACK for look in looks):
        return ZERO
    by = instant + SLACK
    return next((seen.usage for seen in reversed(revisions) if seen.observed_at <= by), ZERO)
