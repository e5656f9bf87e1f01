# SPDX-License-Identifier: Apache-2.0
"""Where is a bitemporal ledger to replay?

A folder with `ledger.parquet` (series, observed_at, period_start, category, amount), `slos.csv`
(series, objective, month_start, month_end) and `evaluations.csv` (series, evaluated_at). Rows of a
finer period than a day are summed to their UTC day, and where hours are asked for also to their
hour.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from cost_slo.domain.backtest.replay import Case, Observed
from cost_slo.domain.burn.hourly_excess import ObservedHour
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import Period

_KINDS = {"Usage": "usage", "Purchase": "lumps", "Tax": "lumps", "Credit": "credits"}
ROWS = """
    SELECT series, observed_at, CAST(period_start AS DATE) AS day, category, period_start, amount
    FROM read_parquet(?) ORDER BY series, observed_at, period_start
"""
_Row = tuple[str, datetime, date, str, datetime, float]
# A day, or the instant at which an hour starts.
When = TypeVar("When", date, datetime)
BATCH = 50_000
SLO_COLUMNS = {"series", "objective", "month_start", "month_end"}
EVALUATION_COLUMNS = {"series", "evaluated_at"}


class LedgerFolder:
    """A folder of ledger, objectives and evaluation times."""

    def __init__(self, folder: Path) -> None:
        """The folder must hold the three files."""
        self._folder = folder

    def load_cases(self, *, hourly: bool = False) -> Iterator[Case]:
        """Each series of the ledger, in order of its name.

        Raises CostDataError; with `hourly`, also for a series that has no hours.
        """
        slos = {row["series"]: row for row in self._read("slos.csv", SLO_COLUMNS)}
        evaluations: dict[str, list[datetime]] = {name: [] for name in slos}
        for row in self._read("evaluations.csv", EVALUATION_COLUMNS):
            self._known(row["series"], slos, "evaluations.csv")
            evaluations[row["series"]].append(self._instant(row["evaluated_at"]))
        for name, found in groupby(self._rows(), key=itemgetter(0)):
            self._known(name, slos, "ledger.parquet")
            rows = list(found)
            objective, window = self._objective(slos[name])
            yield Case(
                name=name,
                objective=objective,
                window=window,
                rows=tuple(_by_day(rows)),
                evaluations=tuple(sorted(evaluations[name])),
                hours=tuple(self._hours(name, rows)) if hourly else (),
            )

    def _hours(self, name: str, rows: Sequence[_Row]) -> Iterator[ObservedHour]:
        """Each change of an hour's usage; a ledger of days knows no hours."""
        usage = [row for row in rows if _KINDS.get(row[3]) == "usage"]
        if usage and all(row[4].time() == time() for row in usage):
            message = (
                f"no 1-hour window on daily data: every period of series {name!r} starts at "
                "midnight; replay it without --hourly"
            )
            file = str(self._folder / "ledger.parquet")
            raise CostDataError(message, file=file, column="period_start")
        return _by_hour(usage)

    def _known(self, name: str, slos: Mapping[str, object], file: str) -> None:
        if name not in slos:
            message = f"series {name!r} is not in slos.csv; add its objective and month there"
            raise CostDataError(message, file=str(self._folder / file), column="series")

    def _objective(self, row: Mapping[str, str]) -> tuple[Decimal, Period]:
        try:
            start, end = (date.fromisoformat(row[key]) for key in ("month_start", "month_end"))
            return Decimal(row["objective"]), Period(start, end)
        except (ArithmeticError, ValueError) as error:
            message = f"series {row['series']!r}: expected an amount and ISO days: {error}"
            raise CostDataError(message, file=str(self._folder / "slos.csv")) from error

    def _instant(self, text: str) -> datetime:
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            file = str(self._folder / "evaluations.csv")
            raise CostDataError(str(error), file=file, column="evaluated_at") from error
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)

    def _read(self, name: str, columns: set[str]) -> list[dict[str, str]]:
        file = self._folder / name
        try:
            with file.open(newline="", encoding="utf-8") as lines:
                rows = list(csv.DictReader(lines))
        except OSError as error:
            message = f"cannot be read: {error.strerror}; a ledger folder needs it"
            raise CostDataError(message, file=str(file)) from error
        missing = sorted(columns - set(rows[0])) if rows else []
        if missing:
            message = "the column is missing; a ledger folder needs it"
            raise CostDataError(message, file=str(file), column=missing[0])
        return rows

    def _rows(self) -> Iterator[_Row]:
        import duckdb  # noqa: PLC0415  heavy, and only a laptop has it

        file = self._folder / "ledger.parquet"
        try:
            with duckdb.connect() as connection:
                result = connection.execute(ROWS, [str(file)])
                while batch := result.fetchmany(BATCH):
                    yield from batch
        except duckdb.Error as error:
            message = f"cannot be read as a ledger: {error}"
            raise CostDataError(message, file=str(file)) from error


def _by_day(rows: Iterable[_Row]) -> Iterator[Observed]:
    return (Observed(*change) for change in _summed(rows, itemgetter(2)))


def _by_hour(usage: Iterable[_Row]) -> Iterator[ObservedHour]:
    return (ObservedHour(at, hour, amount) for at, hour, _, amount in _summed(usage, _hour))


def _hour(row: _Row) -> datetime:
    return row[4].replace(minute=0, second=0, microsecond=0, tzinfo=UTC)


def _summed(
    rows: Iterable[_Row], period_of: Callable[[_Row], When]
) -> Iterator[tuple[datetime, When, str, Decimal]]:
    """Each change of a period's sum; a day of hours changes with each hour that arrives."""
    parts: defaultdict[tuple[When, str], dict[tuple[datetime, str], Decimal]] = defaultdict(dict)
    for at, observed in groupby(rows, key=itemgetter(1)):
        changed: dict[tuple[When, str], None] = {}
        for row in observed:
            _, _, _, category, start, amount = row
            key = (period_of(row), _KINDS.get(category, "lumps"))
            parts[key][start, category] = Decimal(str(amount))
            changed[key] = None
        for period, kind in changed:
            total = sum(parts[period, kind].values(), Decimal(0))
            yield at.replace(tzinfo=UTC), period, kind, total
