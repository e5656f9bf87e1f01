# SPDX-License-Identifier: Apache-2.0
"""What changed in a real account's months."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from cost_slo.domain.drivers.movers import MoverKind
from cost_slo.domain.drivers.segments.segments import Breakdown, breakdown
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Month
from cost_slo.domain.spend.cube import Cell, Cube
from tests.checks.third_party import third_party


def months(before: str, after: str) -> Breakdown:
    answer = json.loads(
        (third_party("ce_monthly_by_service_real") / "get_cost_and_usage.json").read_text("utf-8")
    )
    spend = {
        found["TimePeriod"]["Start"][:7]: {
            group["Keys"][0]: Decimal(group["Metrics"]["UnblendedCost"]["Amount"])
            for group in found["Groups"]
        }
        for found in answer["ResultsByTime"]
    }
    old, new = spend[before], spend[after]
    cells = tuple(
        Cell((name,), old.get(name, ZERO), new.get(name, ZERO)) for name in sorted({*old, *new})
    )
    window, baseline = (
        Month.containing(date.fromisoformat(f"{name}-01")) for name in (after, before)
    )
    return breakdown(Cube(("service",), cells, window, baseline))


def test_september_is_explained_to_the_last_digit() -> None:
    found = months("2023-08", "2023-09")

    assert [(one.where[0][1], f"{one.change:.2f}") for one in found.segments[:2]] == [
        ("Amazon Elastic Container Service", "50.72"),
        ("AWS Config", "39.72"),
    ]
    total = sum(part.change for part in (*found.segments, found.rest))
    assert total == Decimal("99.4076295413")


def test_a_service_that_began_in_may_is_new() -> None:
    first = months("2023-04", "2023-05").segments[0]

    assert first.where == (("service", "Amazon Relational Database Service"),)
    assert (first.kind, f"{first.change:.2f}") == (MoverKind.NEW, "217.77")
