# SPDX-License-Identifier: Apache-2.0
"""Small cubes of two periods, with only what a test wants to vary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from cost_slo.domain.drivers.segments.segments import Breakdown, Segment
from cost_slo.domain.drivers.what_changed import WhatChanged, what_changed
from cost_slo.domain.period import Period
from cost_slo.domain.spend.cube import Cell, Cube

FIRST_WEEK = Period(date(2026, 9, 1), date(2026, 9, 8))
SECOND_WEEK = Period(date(2026, 9, 8), date(2026, 9, 15))
DIMENSIONS = ("service", "meter", "account", "region")
NAT = ("VPC", "NatGateway-Bytes", "1111", "us-east-1")
BOX = ("EC2", "BoxUsage", "1111", "us-east-1")
SPOT = ("EC2", "SpotUsage", "2222", "eu-west-1")


def cell(values: tuple[str, ...], before: str, after: str, **more: str) -> Cell:
    amounts = {name: Decimal(text) for name, text in more.items() if name != "unit"}
    unit = more.get("unit", "")
    return Cell(values, Decimal(before), Decimal(after), unit=unit, **amounts)


def cube(*cells: Cell, dimensions: tuple[str, ...] = DIMENSIONS, **more: object) -> Cube:
    return Cube(
        dimensions,
        cells,
        **{"window": SECOND_WEEK, "baseline": FIRST_WEEK, "currency": "USD"} | more,  # type: ignore[arg-type]  # what a test varies
    )


def segment(where: Mapping[str, str], *cells: Cell) -> Segment:
    before = sum((each.before for each in cells), Decimal(0))
    after = sum((each.after for each in cells), Decimal(0))
    return Segment(tuple(where.items()), before, after, cells)


def changed(*segments: Segment, rest: tuple[Cell, ...] = (), of: Cube | None = None) -> WhatChanged:
    """What changed, without a series of days."""
    cells = tuple(each for part in segments for each in part.cells)
    found = Breakdown(segments, segment({}, *rest))
    return what_changed(of or cube(*cells, *rest), found, [()] * len(segments), FIRST_WEEK.start)
