# SPDX-License-Identifier: Apache-2.0
"""Which rows of a bill cannot be read, and where exactly?"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cost_slo.adapters.bills.columns.hints import text_hint
from cost_slo.adapters.bills.files.detect import BillFile, csv_options, open_bytes
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_sql import uses_tags
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spec.document import Metric, Slo
from cost_slo.domain.spec.scope import Scope

# How many unreadable rows a note names.
NAMED = 5

_EXPECTED = {
    "charge_start": "a date or time such as 2026-09-01T00:00:00Z",
    "charge_category": "Usage, Purchase, Tax, Credit or Adjustment",
    "billed_cost": "a plain decimal number such as 12.34",
    "effective_cost": "a plain decimal number such as 12.34",
    "sub_account_id": "an account id such as 012345678901",
    "tags": 'a JSON object such as {"product": "metalabs"}',
}


@dataclass(frozen=True, slots=True)
class Checks:
    """The columns that must be readable beside those every bill needs."""

    effective_cost: bool = False
    tags: bool = False
    accounts: bool = False

    @property
    def problem(self) -> str:
        """SQL for the name of the first unreadable column of a row, NULL for none."""
        conditions = ["charge_start IS NULL", "charge_category IS NULL", "billed_cost IS NULL"]
        if self.effective_cost:
            conditions.append("effective_cost IS NULL")
        if self.accounts:
            conditions.append("sub_account_id IS NULL AND raw_sub_account_id IS NOT NULL")
        if self.tags:
            conditions.append("tags IS NULL AND raw_tags IS NOT NULL")
        whens = (f"WHEN {each} THEN '{each.split()[0]}'" for each in conditions)
        return f"CASE {' '.join(whens)} END"


def checks_for(slos: Sequence[Slo]) -> Checks:
    """The columns that these SLOs count or ask for."""
    return Checks(
        effective_cost=any(slo.metric is Metric.EFFECTIVE for slo in slos),
        tags=any(uses_tags(slo.scope) for slo in slos),
        accounts=any(uses_accounts(slo.scope) for slo in slos),
    )


def uses_accounts(scope: Scope) -> bool:
    return bool(scope.accounts or (scope.not_ and scope.not_.accounts))


def unreadable_rows(charges: Charges, checks: Checks) -> list[CostDataError]:
    """The first few rows with a date or an amount that cannot be read."""
    columns = "source_file, source_row, problem"
    raw = " ".join(f"WHEN '{name}' THEN raw_{name}" for name in _EXPECTED)
    query = (
        f"SELECT {columns}, CASE problem {raw} END "  # noqa: S608
        f"FROM (SELECT *, {checks.problem} AS problem FROM charges) "
        f"WHERE problem IS NOT NULL ORDER BY source_file, source_row LIMIT {NAMED}"
    )
    return [
        _unreadable(charges, file, row, (column, text))
        for file, row, column, text in charges.connection.execute(query).fetchall()
    ]


def _unreadable(
    charges: Charges, file: str, row: int, found: tuple[str, str | None]
) -> CostDataError:
    column, text = found
    label = charges.labels[column]
    what = "is empty" if text is None else f"`{text[:80]}` cannot be read"
    why = text_hint(column, text, label) if text is not None else None
    return CostDataError(
        f"{what}; expected {_EXPECTED[column]}{f' ({why})' if why else ''}",
        file=file,
        row=row,
        column=label,
    )


def broken_rows(file: BillFile) -> Iterator[CostDataError]:
    """The rows of a csv file with too few or too many fields, or a stray quote."""
    row = 0
    with open_bytes(file.path, gzipped=file.gzipped) as binary:
        rows = csv.reader(_lines(iter(binary)), **csv_options(file.delimiter, file.escape))
        while True:
            try:
                fields = next(rows, None)
            except csv.Error as error:
                row += 1
                yield CostDataError(
                    f"is not csv: {error}; a quote inside a field is doubled, not escaped by a "
                    "backslash",
                    file=file.path,
                    row=max(row - 1, 0),
                )
                continue
            except _NotUtf8 as error:
                yield CostDataError(
                    f"byte {error.offset} of the file is not UTF-8; save it as UTF-8, for example "
                    "with `iconv -f LATIN1 -t UTF-8`",
                    file=file.path,
                    row=row,
                )
                return
            if fields is None:
                return
            if fields:
                row += 1
                if len(fields) != len(file.columns):
                    yield _wrong_width(file, row - 1, len(fields))


def first_broken_row(files: tuple[BillFile, ...]) -> CostDataError | None:
    for file in files:
        if file.kind != "csv":
            continue
        try:
            found = next(broken_rows(file), None)
        except (EOFError, OSError, zlib.error) as error:
            reason = "the gzip file is cut short or damaged; download it again"
            return CostDataError(f"{reason} ({error})", file=file.path)
        if found is not None:
            return found
    return None


def some_broken_rows(files: tuple[BillFile, ...]) -> list[CostDataError]:
    every = (fault for file in files if file.kind == "csv" for fault in broken_rows(file))
    return list(islice(every, NAMED))


class _NotUtf8(Exception):  # noqa: N818
    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def _lines(binary: Iterator[bytes]) -> Iterator[str]:
    offset = 0
    for raw in binary:
        try:
            yield raw.decode("utf-8-sig" if offset == 0 else "utf-8")
        except UnicodeDecodeError as error:
            raise _NotUtf8(offset + error.start + 1) from error
        offset += len(raw)


def _wrong_width(file: BillFile, row: int, fields: int) -> CostDataError:
    return CostDataError(
        f"has {fields} fields where the header has {len(file.columns)}; quote fields that contain "
        f"`{file.delimiter}`",
        file=file.path,
        row=row,
    )
