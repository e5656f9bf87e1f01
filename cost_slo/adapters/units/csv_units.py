# SPDX-License-Identifier: Apache-2.0
"""How many units does a CSV file count on each day?

The file has a header `date,amount` and, if wanted, `label`. A date is a UTC day or an instant;
rows of one day are summed. A row that says the same date and label twice is refused: it would
count twice, and every dollar would look half as expensive.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from cost_slo.domain.errors import CostDataError, SourceError
from cost_slo.domain.money import ZERO
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import UnitReading

_COLUMNS = ("date", "amount", "label")
_AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,12})?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?", re.ASCII)


class CsvUnitSource:
    """Units from the file a spec names, or from `override` for every unit-cost SLO."""

    def __init__(self, base: Path, *, override: Path | None = None) -> None:
        """`base` is the folder of the spec: the paths in it are relative to that."""
        self._base = base
        self._override = override

    def fetch_units(self, slo: Slo, as_of: datetime) -> UnitReading:
        """Units of each day that ended by `as_of`."""
        path = self._override or self._path_of(slo)
        sums: defaultdict[date, Decimal] = defaultdict(lambda: ZERO)
        first_row: dict[tuple[datetime, str], int] = {}
        for row in _rows(path):
            first = first_row.setdefault((row.at, row.label), row.number)
            if first != row.number:
                message = f"row {first} already counts this date and label; keep one of the two"
                raise CostDataError(message, file=str(path), row=row.number, column="date")
            if row.at.date() < as_of.astimezone(UTC).date():
                sums[row.at.date()] += row.amount
        return UnitReading(dict(sorted(sums.items())), f"{slo.name}: units from {path.name}")

    def _path_of(self, slo: Slo) -> Path:
        if slo.units is None or slo.units.csv is None:
            message = (
                f"{slo.name}: units from CloudWatch need a live AWS account; "
                "give the units in a file with --units FILE"
            )
            raise SourceError(message)
        return self._base / slo.units.csv


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    at: datetime
    amount: Decimal
    label: str


def _rows(path: Path) -> Iterator[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _parsed(file, str(path))
    except FileNotFoundError:
        message = "no such file; expected a CSV of units with the columns date,amount[,label]"
    except IsADirectoryError:
        message = "expected a CSV file of units, got a folder; give the path of the file in it"
    except UnicodeDecodeError:
        message = "is not UTF-8 text; save the file as CSV in UTF-8"
    except csv.Error as error:
        message = f"is not CSV ({error}); save it again as comma-separated text"
    except (OSError, ValueError) as error:
        message = f"cannot be read: {getattr(error, 'strerror', None) or 'not a usable path'}"
    else:
        return
    raise CostDataError(message, file=str(path))


def _parsed(file: TextIO, name: str) -> Iterator[_Row]:
    lines = (cells for cells in csv.reader(file, strict=True) if any(map(str.strip, cells)))
    header = [cell.strip() for cell in next(lines, [])]
    if sorted(header) not in (sorted(_COLUMNS[:2]), sorted(_COLUMNS)):
        found = ",".join(header)[:80] or "nothing"
        message = f"expected the header date,amount or date,amount,label, got {found!a}"
        raise CostDataError(message, file=name)
    for number, cells in enumerate(lines, start=1):
        if len(cells) != len(header):
            message = (
                f"expected {len(header)} cells ({','.join(header)}), got {len(cells)}; "
                "an amount has no thousands separator"
            )
            raise CostDataError(message, file=name, row=number)
        yield _row(dict(zip(header, map(str.strip, cells), strict=True)), name, number)


def _row(cells: Mapping[str, str], name: str, number: int) -> _Row:
    at = _instant(cells["date"])
    if at is None:
        expected = "a UTC day such as 2026-11-01 or an instant such as 2026-11-01T13:00:00Z"
        message = f"expected {expected}, got {cells['date'][:40]!a}"
        raise CostDataError(message, file=name, row=number, column="date")
    if not _AMOUNT.fullmatch(cells["amount"]):
        expected = "a number, 0 or more, such as 1000 or 12.5, without separators or exponent"
        message = f"expected {expected}, got {cells['amount'][:40]!a}"
        raise CostDataError(message, file=name, row=number, column="amount")
    return _Row(number, at, Decimal(cells["amount"]), cells.get("label", ""))


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if _DATE.fullmatch(text) else None
        return at and (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
