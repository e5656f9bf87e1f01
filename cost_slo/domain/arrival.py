# SPDX-License-Identifier: Apache-2.0
"""How much of a day has usually arrived by its age?

A source fills a day up over many hours. The ledger's own revisions tell how far: what a past day
showed when it was as old as today's is now, relative to what it shows by now. The *largest* such
share of the last two weeks counts, so that what is seen beyond that share of the plan remains a
lower bound of the day's excess. Without revisions (a first look at a settled bill) nothing is
known, and a day is held against its whole plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.spend import Observation

LOOK_BACK = 14 * DAY
LEAST_DAYS = 3
"""Fewer past days seen at that age say nothing."""
SLACK = timedelta(hours=1)
"""Evaluations of different days are not on the minute; the later one counts as of that age."""

Revisions = Mapping[date, Sequence[Observation]]
"""The observations of each day, oldest first."""


def arrived(
    observations: Iterable[Observation], incomplete: Period, as_of: datetime
) -> tuple[float, ...]:
    """The share (0..1] of each incomplete day's usage that has arrived at most; 1 if unknown.

    `observations` are one series' ledger as known at `as_of`.
    """
    if incomplete.days <= 0:
        return ()
    looked_at = Period(incomplete.start - LOOK_BACK, incomplete.start)
    recent = [seen for seen in observations if seen.day in looked_at]
    days: defaultdict[date, list[Observation]] = defaultdict(list)
    for seen in sorted(recent, key=attrgetter("revision")):
        days[seen.day].append(seen)
    starts = (midnight(incomplete.start + number * DAY) for number in range(incomplete.days))
    return tuple([largest_share(days, as_of - start) for start in starts])


def largest_share(days: Revisions, age: timedelta) -> float:
    """The largest share of complete days that was visible at an age counted from their start."""
    shares = [
        float(then / now)
        for day, revisions in days.items()
        if (now := revisions[-1].usage) > 0
        and (then := _known_by(revisions, midnight(day) + age + SLACK)) > 0
    ]
    return min(1.0, max(shares)) if len(shares) >= LEAST_DAYS else 1.0


def _known_by(revisions: Sequence[Observation], instant: datetime) -> Decimal:
    """The usage seen by then; a day of which nothing was is not told from one not looked at."""
    return next((seen.usage for seen in reversed(revisions) if seen.observed_at <= instant), ZERO)
