# SPDX-License-Identifier: Apache-2.0
"""From which day on may a bill still change?

An open month is an estimate, and a closed one is restated until its invoice is final: support fees
land on the 6th or 7th, and the field reads the month before until the 10th, then freezes it
(docs.costory.io, data refresh; AWS re:Post, monthly billing).
"""

from __future__ import annotations

from datetime import date, datetime

from cost_slo.domain.period import DAY, Month

# Through this day of a month, the month before it may still be restated.
LAST_RESTATED = 10


def open_from(as_of: datetime) -> date:
    """The first day that was not settled at an instant.

    >>> from datetime import UTC
    >>> str(open_from(datetime(2026, 11, 10, 23, tzinfo=UTC)))
    '2026-10-01'
    >>> str(open_from(datetime(2026, 11, 11, tzinfo=UTC)))
    '2026-11-01'
    """
    month = Month.containing(as_of.date())
    if as_of.day > LAST_RESTATED:
        return month.start
    return Month.containing(month.start - DAY).start
