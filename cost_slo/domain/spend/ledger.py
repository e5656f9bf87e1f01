# SPDX-License-Identifier: Apache-2.0
"""What was known about each day, and since when?

A series' ledger is append-only: a restatement adds a revision of the day, never edits one. A
reading covers the days from its first with any money to `charged_through` (exclusive), and says
something about each of them: a covered day without a charge is zero. Outside that span it says
nothing. One that leaves settled days to the ledger says from which day on it covers; days before
the first with money that anybody saw stay unknown all the same.

A reading is *older* than the ledger when it ends on or before the last day the ledger knows, or
was observed before the ledger's newest observation. An older reading changes nothing.

>>> from datetime import UTC
>>> from decimal import Decimal
>>> first = revise(
...     "web/1f", [], {date(2026, 9, 1): DayAmounts(usage=Decimal(24))},
...     Reach(complete_through=date(2026, 9, 1), charged_through=date(2026, 9, 2)),
...     observed_at=datetime(2026, 9, 2, 6, tzinfo=UTC),
... )
>>> [(day.revision, str(day.usage), day.estimated) for day in first]
[(1, '24', True)]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spend.reading import DayAmounts, Observation


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a reading goes.

    Days from `complete_through` on are estimated. `charged_through` is the exclusive end of the
    last day with a charge in the source. `covers_from` is the first day of a reading that leaves
    earlier ones to the ledger. Of a reading `by_month` only the days with an amount are days.
    """

    complete_through: date
    charged_through: date | None
    covers_from: date | None = None
    by_month: bool = False


def in_order(observations: Iterable[Observation]) -> list[Observation]:
    """Ordered by day, the revisions of a day oldest first."""
    return sorted(observations, key=lambda row: (row.day, row.revision))


def latest(observations: Iterable[Observation]) -> dict[date, Observation]:
    """The newest revision of each day, ordered by day."""
    return {row.day: row for row in in_order(observations)}


def as_known_at(observations: Iterable[Observation], instant: datetime) -> tuple[Observation, ...]:
    """The observations that had been made by an instant, which replays what was known then."""
    return tuple(row for row in observations if row.observed_at <= instant)


def revise(
    series: str,
    known: Sequence[Observation],
    days: Mapping[date, DayAmounts],
    reach: Reach,
    *,
    observed_at: datetime,
) -> tuple[Observation, ...]:
    """The observations a reading adds: one for each covered day that differs from what is known.

    Units a reading does not know leave the known ones as they are. Raises CostDataError for money
    on or after the end of the charges.
    """
    covered = _covered(days, reach, min((row.day for row in known), default=None))
    newest = latest(known)
    if covered is None or _is_older(covered.end, observed_at, known):
        return ()
    return tuple(
        row
        for row in (
            _observed(newest.get(day), _row(series, day, days, observed_at, reach.complete_through))
            for day in _each(covered)
            if not reach.by_month or day in days or day in newest
        )
        if row is not None
    )


def _covered(
    days: Mapping[date, DayAmounts], reach: Reach, first_known: date | None
) -> Period | None:
    charged = sorted(day for day, amounts in days.items() if amounts.has_money)
    end = reach.charged_through
    if charged and (end is None or charged[-1] >= end):
        raise CostDataError(
            f"the reading has charges on {charged[-1]} but says its charges end before "
            f"{end}; read the source again"
        )
    first = next(iter(charged), None)
    if reach.covers_from is not None and first_known is not None:
        first = max(reach.covers_from, min(first or first_known, first_known))
    return None if first is None or end is None or end <= first else Period(first, end)


def _is_older(covered_through: date, observed_at: datetime, known: Sequence[Observation]) -> bool:
    return any(row.day >= covered_through or row.observed_at > observed_at for row in known)


def _each(period: Period) -> Iterable[date]:
    return (period.start + number * DAY for number in range(period.days))


def _row(
    series: str,
    day: date,
    days: Mapping[date, DayAmounts],
    observed_at: datetime,
    complete_through: date,
) -> Observation:
    amounts = days.get(day, DayAmounts())
    return Observation(
        amounts.usage,
        amounts.lumps,
        amounts.credits,
        amounts.units,
        series=series,
        day=day,
        estimated=day >= complete_through,
        observed_at=observed_at,
        revision=1,
    )


def _observed(before: Observation | None, row: Observation) -> Observation | None:
    """The row as the day's next revision; None if nothing changed."""
    if before is None:
        return row
    units = before.units if row.units is None else row.units
    seen = replace(row, units=units, observed_at=before.observed_at, revision=before.revision)
    return None if seen == before else replace(row, units=units, revision=before.revision + 1)
