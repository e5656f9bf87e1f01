# SPDX-License-Identifier: Apache-2.0
"""What did a bill in files charge, day by day, in the scope of each SLO?

One scan groups every row into small cells (day, service, currency, and how the row counts for
each SLO); spend and counts are sums over the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal, TypeVar

import duckdb

from cost_slo.adapters.bills.engine import our_error
from cost_slo.adapters.bills.files.detect import short_path
from cost_slo.adapters.bills.progress import watched
from cost_slo.adapters.bills.scan.bad_rows import (
    Checks,
    checks_for,
    first_broken_row,
    some_broken_rows,
    unreadable_rows,
)
from cost_slo.adapters.bills.scan.cell_notes import cell_notes
from cost_slo.adapters.bills.scan.cells import CellQuestion, build_cells, read_cells
from cost_slo.adapters.bills.scan.compared import scan_for, scanned_cube
from cost_slo.adapters.bills.scan.contents import CONTENTS_TABLE, build_contents, read_contents
from cost_slo.adapters.bills.scan.coverage import coverage
from cost_slo.adapters.bills.scan.cube import build_cube
from cost_slo.adapters.bills.scan.daily import daily_costs
from cost_slo.adapters.bills.scan.overlap import Superseded, needs_look, state_of, superseded
from cost_slo.adapters.bills.scan.relation import Charges, CsvLeniency, open_charges
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.bill_contents import BillContents
from cost_slo.domain.spend.cube import Cube, CubeQuestion, Where
from cost_slo.domain.spend.reading import CostReading

_Result = TypeVar("_Result")
OnBadRow = Literal["stop", "report"]


class BillSource:
    """Reads FOCUS, CUR and saved Cost Explorer files; a file, a folder or a glob."""

    def __init__(
        self,
        location: str,
        *,
        format_hint: str | None = None,
        on_bad_row: OnBadRow = "stop",
        progress: Callable[[float], None] | None = None,
    ) -> None:
        """`progress` is called with the share done, 0 to 1, while the bill is scanned."""
        self._location = location
        self._format_hint = format_hint
        self._on_bad_row = on_bad_row
        self._progress = progress
        self._known: dict[object, Superseded] = {}

    def fetch_costs(
        self,
        slos: Sequence[Slo],
        currency: str,
        as_of: datetime,
        open_from: Mapping[str, date] | None = None,
    ) -> CostReading:
        """Daily spend in each SLO's scope. Raises CostDataError naming file, row and column.

        Reading a file again is free, so settled days are read, too.
        """
        del open_from
        asked = CellQuestion(tuple(slos), currency, as_of.astimezone(UTC).replace(tzinfo=None))

        def read(charges: Charges) -> CostReading:
            return self._read(charges, asked)

        return self._opened(read)

    def fetch_cube(self, asked: CubeQuestion) -> Cube:

        def read(charges: Charges) -> Cube:
            covered = coverage(charges)
            scan, notes = scan_for(charges, asked, covered)
            with watched(charges.connection, self._progress):
                build_cube(charges, scan)
            _, unread = self._unread(charges, scan.checks, "cube")
            cube = scanned_cube(charges, scan, covered, (*notes, *unread))
            return cube if asked.dimensions else cube.varying

        return self._opened(read)

    def fetch_series(
        self, asked: CubeQuestion, segments: Sequence[Where]
    ) -> tuple[tuple[Decimal, ...], ...]:
        return self._opened(lambda charges: daily_costs(charges, asked, segments))

    def fetch_contents(self) -> BillContents:
        """What is in the bill, without a spec. Raises CostDataError naming file, row and column."""

        def read(charges: Charges) -> BillContents:
            with watched(charges.connection, self._progress):
                build_contents(charges, Checks())
            _, notes = self._unread(charges, Checks(), CONTENTS_TABLE)
            return read_contents(charges, notes)

        return self._opened(read)

    def _opened(self, read: Callable[[Charges], _Result]) -> _Result:
        return read_charges(
            self._location,
            read,
            format_hint=self._format_hint,
            skip_bad=self._on_bad_row == "report",
            known=self._known,
        )

    def _read(self, charges: Charges, asked: CellQuestion) -> CostReading:
        checks = checks_for(asked.slos)
        with watched(charges.connection, self._progress):
            build_cells(charges, asked, checks)
        unread, notes = self._unread(charges, checks, "cells")
        reading = read_cells(charges, asked, unread, notes)
        noted = cell_notes(charges, asked, reading.monthly)
        return replace(reading, notes=(*reading.notes, *noted))

    def _unread(self, charges: Charges, checks: Checks, table: str) -> tuple[int, tuple[str, ...]]:
        """The number of unreadable rows of a scan, with notes. Raises the first one to stop at."""
        broken = _count_rejects(charges) if self._on_bad_row == "report" else 0
        (valueless,) = charges.connection.execute(
            f"SELECT coalesce(sum(n), 0)::BIGINT FROM {table} WHERE unreadable"  # noqa: S608
        ).fetchall()[0]
        named: list[CostDataError] = unreadable_rows(charges, checks) if valueless else []
        if named and self._on_bad_row == "stop":
            raise named[0]
        if broken:
            named += some_broken_rows(charges.files)
        return broken + valueless, _unread_notes(named)


def read_charges(
    location: str,
    read: Callable[[Charges], _Result],
    *,
    format_hint: str | None = None,
    skip_bad: bool = False,
    known: dict[object, Superseded] | None = None,
) -> _Result:
    """Open a bill, read it and close it, naming the row if a csv file is broken.

    Of two exports with the same charges one is read: then the bill is opened again. `known` keeps
    what was found out about that for the next reading.
    """
    answers = known if known is not None else {}

    def compare(charges: Charges) -> Superseded:
        if not needs_look(charges):
            return Superseded()
        state = state_of(charges)
        if state not in answers:
            answers[state] = superseded(charges)
        return answers[state]

    def read_all(charges: Charges) -> _Result | Superseded:
        left = compare(charges)
        return left if left.files else read(_noting(charges, left))

    opening = Opening(location, format_hint, skip_bad)
    found = opening.read(read_all, Superseded())
    return opening.read(read, found) if isinstance(found, Superseded) else found


def _noting(charges: Charges, left: Superseded) -> Charges:
    return replace(charges, notes=(*charges.notes, *left.notes))


@dataclass(frozen=True, slots=True)
class Opening:
    location: str
    format_hint: str | None
    skip_bad: bool

    def read(self, read: Callable[[Charges], _Result], left: Superseded) -> _Result:
        """What a reader finds in the bill without the superseded files.

        A csv file with both kinds of line end fails the engine's strict reading; if every row of
        it proves sound, it is read again leniently.
        """
        with self._charges(left, mixed_lines=False) as charges:
            try:
                return read(charges)
            except duckdb.Error as error:
                if not _may_be_broken_csv(error, charges):
                    raise our_error(error, self.location) from error
                fault = first_broken_row(charges.files)
                if fault is not None:
                    raise fault from error
        with self._charges(left, mixed_lines=True) as charges:
            try:
                return read(charges)
            except duckdb.Error as error:
                raise our_error(error, self.location) from error

    def _charges(self, left: Superseded, *, mixed_lines: bool) -> Charges:
        charges = open_charges(
            self.location,
            format_hint=self.format_hint,
            leniency=CsvLeniency(mixed_lines=mixed_lines, skip_bad=self.skip_bad),
            leave_out=left.files,
        )
        return _noting(charges, left)


def _may_be_broken_csv(error: duckdb.Error, charges: Charges) -> bool:
    elsewhere = isinstance(error, duckdb.OutOfMemoryException | duckdb.OutOfRangeException)
    return not elsewhere and any(file.kind == "csv" for file in charges.files)


def _count_rejects(charges: Charges) -> int:
    if not any(file.kind == "csv" for file in charges.files):
        return 0
    # A query that looked for superseded files may have rejected the same lines before.
    rows, quotes = charges.connection.execute(
        "SELECT count(DISTINCT (file_path, line)), "
        "count(*) FILTER (WHERE error_type::VARCHAR = 'UNQUOTED VALUE') "
        "FROM reject_errors JOIN reject_scans USING (scan_id, file_id)"
    ).fetchall()[0]
    if quotes and (fault := first_broken_row(charges.files)) is not None:
        raise fault  # an open quote may hide all rows after it, so they cannot be counted
    return int(rows)


def _unread_notes(named: Sequence[CostDataError]) -> tuple[str, ...]:
    return tuple(
        f"Not counted: {str(error).replace(error.file, short_path(error.file), 1)}"
        for error in named
    )
