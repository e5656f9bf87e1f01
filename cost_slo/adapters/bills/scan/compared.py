# SPDX-License-Identifier: Apache-2.0
"""Which cube answers a question about two periods, and what must its reader know?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cost_slo.adapters.bills.scan.coverage import Coverage
from cost_slo.adapters.bills.scan.cube import CubeAsked, cube_cells, cube_currency, in_scope, within
from cost_slo.adapters.bills.scan.dimensions import answered, proposed
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_sql import Parameters
from cost_slo.domain.drivers.comparable_periods import usual_baseline
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import MOST_DIMENSIONS, Cell, Cube

WINDOW, BASELINE = "window", "baseline"
_VALUELESS = "No charge of the two periods has a value for"


def periods(window: Period, baseline: Period | None, covered: Coverage) -> tuple[Period, Period]:
    """Window and baseline, both within what the bill can tell about."""
    covered.need(window, WINDOW)
    held = baseline or usual_baseline(window, covered.first, covered.instead(window))
    covered.need(held, BASELINE)
    if held.start < window.end and window.start < held.end:
        raise CostDataError("window and baseline share days; a change is between periods apart")
    return window, held


def question(
    charges: Charges,
    slo: Slo | None,
    currency: str | None,
    compared: tuple[Period, Period],
    dimensions: Sequence[str],
) -> tuple[CubeAsked, list[str]]:
    """What to ask the bill, and a note for each dimension it has not got."""
    window, baseline = compared
    if dimensions:
        chosen, notes = answered(dimensions, charges.answerable)
    else:
        parameters = Parameters()
        counted = f"{within(window)} AND {in_scope(slo, charges, parameters)}"
        chosen, notes = proposed(charges, counted, parameters), []
    if not chosen:
        asked = ", ".join(dimensions) or "any dimension"
        raise CostDataError(
            f"the bill does not tell charges apart by {asked}; leave --dimensions out to see "
            "by what it does",
            file=charges.location,
        )
    return CubeAsked(slo, currency, window, baseline, chosen), notes


def scanned_cube(
    charges: Charges, asked: CubeAsked, covered: Coverage, notes: Sequence[str]
) -> Cube:
    """The cube of a scan. CostDataError where a period has no charge, or two currencies."""
    currency = cube_currency(charges, asked)
    cells = cube_cells(charges, asked)
    if not cells:
        of = f"in the scope of {asked.slo.name} " if asked.slo else ""
        message = f"there is no charge {of}in either period; nothing changed, and nothing is known"
        raise CostDataError(message, file=charges.location)
    if not charges.has_currency:
        notes = (f"The bill names no currency: {currency or 'none'} is assumed.", *notes)
    said = (
        *charges.notes,
        *covered.notes(asked.window, WINDOW),
        *covered.notes(asked.baseline, BASELINE),
        *notes,
        *_valueless(asked.dimensions, cells),
    )
    return Cube(
        asked.dimensions,
        cells,
        asked.window,
        asked.baseline,
        currency,
        charges.description,
        tuple(dict.fromkeys(said)),
    )


def _valueless(dimensions: Sequence[str], cells: Sequence[Cell]) -> list[str]:
    return [
        f"{_VALUELESS} {name}."
        for index, name in enumerate(dimensions)
        if cells and not any(cell.values[index] for cell in cells)
    ]


def without_constant_dimensions(cube: Cube) -> Cube:
    """The cube without the dimensions in which all its cells agree, or beyond the first six."""
    differ = [
        index
        for index in range(len(cube.dimensions))
        if len({cell.values[index] for cell in cube.cells}) > 1
    ] or [0]
    kept = differ[:MOST_DIMENSIONS]
    return replace(
        cube,
        dimensions=tuple(cube.dimensions[index] for index in kept),
        cells=tuple(
            replace(cell, values=tuple(cell.values[index] for index in kept)) for cell in cube.cells
        ),
        notes=tuple(note for note in cube.notes if not note.startswith(_VALUELESS)),
    )
