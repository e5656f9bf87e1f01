# SPDX-License-Identifier: Apache-2.0
"""Is an SLO's spend one amount a month, and how far into the month does that reach?

An amount seldom says so. It is taken to reach the evaluation, or the end of its charge period if
that is earlier.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise

from cost_slo.domain.period import DAY, Month, midnight
from cost_slo.domain.spend.reading import Observation

# No month is shorter.
SHORTEST = 28 * DAY
# A single row first seen this long after its day is not the first day of a daily bill.
_ALONE = 3 * DAY


def is_monthly(observations: Iterable[Observation]) -> bool:
    """Whether a ledger is of one amount a month.

    A ledger of days has a row for each of them, also for one without a charge. A single row is of
    a month if it was seen for the first time when later days would have been there, too.
    """
    rows = [seen for seen in observations if seen.usage or (seen.units is None and not seen.total)]
    days = sorted({seen.day for seen in rows})
    if len(days) == 1:
        first = min(seen.observed_at for seen in rows)
        return days[0].day == 1 and first >= midnight(days[0]) + _ALONE
    return bool(days) and all(later - day >= SHORTEST for day, later in pairwise(days))


def last_charged(observations: Iterable[Observation]) -> date:
    """The last day with a charge, of at least one observation."""
    rows = tuple(observations)
    charged = [seen.day for seen in rows if seen.has_money]
    return max(charged or [seen.day for seen in rows])


def reaches(newest: date, period_end: date, as_of: datetime) -> date:
    """The exclusive end of the days that the newest monthly amount covers, as far as known."""
    through = (as_of + DAY - timedelta(microseconds=1)).date()
    return max(newest + DAY, min(period_end, through, Month.containing(newest).end))
