# SPDX-License-Identifier: Apache-2.0
"""The cube that answers a question about two periods, with its notes."""

from __future__ import annotations

from collections.abc import Sequence

from cost_slo.adapters.bills.scan.cell_notes import lacking_notes
from cost_slo.adapters.bills.scan.coverage import Coverage
from cost_slo.adapters.bills.scan.cube import CubeScan, cube_cells, cube_currency, in_scope, within
from cost_slo.adapters.bills.scan.dimensions import answered, proposed
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_sql import Parameters
from cost_slo.domain.drivers.comparable_periods import usual_baseline
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spend.cube import Cell, Cube, CubeQuestion

WINDOW, BASELINE = "window", "baseline"
_VALUELESS = "No charge of the two periods has a value for"


def scan_for(
    charges: Charges, asked: CubeQuestion, covered: Coverage
) -> tuple[CubeScan, list[str]]:
    """The scan that answers a question, and a note for each dimension that the bill lacks."""
    covered.need(asked.window, WINDOW)
    instead = covered.instead(asked.window)
    baseline = asked.baseline or usual_baseline(asked.window, covered.first, instead)
    covered.need(baseline, BASELINE)
    if asked.dimensions:
        chosen, notes = answered(asked.dimensions, charges.answerable)
    else:
        parameters = Parameters()
        counted = f"{within(asked.window)} AND {in_scope(asked.slo, charges, parameters)}"
        chosen, notes = proposed(charges, counted, parameters), []
    if not chosen:
        by = ", ".join(asked.dimensions) or "any dimension"
        raise CostDataError(
            f"the bill cannot be grouped by {by}; leave --dimensions out to see its dimensions",
            file=charges.location,
        )
    return CubeScan(asked.window, baseline, asked.slo, asked.currency, chosen), notes


def scanned_cube(
    charges: Charges, asked: CubeScan, covered: Coverage, notes: Sequence[str]
) -> Cube:
    """The cube of a scan. Raises CostDataError if a period has no charge, or two currencies."""
    currency = cube_currency(charges, asked)
    cells = cube_cells(charges, asked)
    if not cells:
        of = f"in the scope of {asked.slo.name} " if asked.slo else ""
        message = f"there is no charge {of}in either period, so there is nothing to compare"
        raise CostDataError(message, file=charges.location)
    if not charges.has_currency:
        notes = (f"The bill names no currency: {currency or 'none'} is assumed.", *notes)
    said = (
        *charges.notes,
        *covered.notes(asked.window, WINDOW),
        *covered.notes(asked.baseline, BASELINE),
        *lacking_notes(charges, [asked.slo] if asked.slo else []),
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
