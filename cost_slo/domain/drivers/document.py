# SPDX-License-Identifier: Apache-2.0
"""A change as a documented object, `cost-slo/explanation/v1`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from cost_slo.domain.drivers.comparable_periods import scaling
from cost_slo.domain.drivers.inflection import Inflection
from cost_slo.domain.drivers.segments.segments import Segment
from cost_slo.domain.drivers.sentences import (
    change_headline,
    driver_sentence,
    unit_cost_sentence,
)
from cost_slo.domain.drivers.unit_split import UnitSplit, unit_split_to_json
from cost_slo.domain.drivers.what_changed import Driver, WhatChanged, used_quantity
from cost_slo.domain.exact import difference
from cost_slo.domain.money import plain
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Metric, Slo
from cost_slo.domain.spend.cube import Where

_SCHEMA = "cost-slo/explanation/v1"


def explanation(whole: WhatChanged, slo: Slo | None = None) -> Mapping[str, Any]:
    """The object `cost-slo explain --format json` prints."""
    cube = whole.cube
    return {
        "schema": _SCHEMA,
        "slo": slo.name if slo else None,
        "metric": (slo.metric if slo else Metric.BILLED).value,
        "currency": cube.currency,
        "window": _period(cube.window),
        "baseline": _period(cube.baseline) | {"scaling": scaling(cube.window, cube.baseline).value},
        "dimensions": list(cube.dimensions),
        "text": change_headline(whole),
        "total": _amounts(whole.before, whole.after),
        "unit_cost": _unit_cost(whole.unit_cost, cube.currency),
        "drivers": [_driver(driver, whole) for driver in whole.drivers],
        "rest": _part(whole.rest),
        "source": {"description": cube.description, "notes": list(cube.notes)},
    }


def _driver(driver: Driver, whole: WhatChanged) -> dict[str, Any]:
    segment = driver.segment
    return {
        "name": driver.name,
        "where": _values(segment.where),
        "shared": _values(driver.shared),
        "kind": segment.kind.value,
        **_part(driver),
        "quantity": _quantity(segment),
        "since": _since(driver.since),
        "text": driver_sentence(driver, whole),
    }


def _values(where: Where) -> list[dict[str, str]]:
    return [{"dimension": name, "value": value} for name, value in where]


def _part(driver: Driver) -> dict[str, Any]:
    return {
        **_amounts(driver.segment.before, driver.segment.after),
        "share": None if driver.share is None else float(driver.share),
        "effects": {name: plain(part) for name, part in asdict(driver.effects).items()},
    }


def _unit_cost(split: UnitSplit | None, currency: str) -> dict[str, Any] | None:
    if split is None:
        return None
    return unit_split_to_json(split) | {"text": unit_cost_sentence(split, currency)}


def _amounts(before: Decimal, after: Decimal) -> dict[str, str]:
    return {
        "before": plain(before),
        "after": plain(after),
        "change": plain(difference(after, before)),
    }


def _period(period: Period) -> dict[str, Any]:
    days = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    return {**days, "days": period.days}


def _quantity(segment: Segment) -> dict[str, str] | None:
    used = used_quantity(segment)
    if used is None:
        return None
    before, after, unit = used
    return {"before": plain(before), "after": plain(after), "unit": unit}


def _since(found: Inflection | None) -> dict[str, Any] | None:
    if found is None:
        return None
    day = found.day.isoformat()
    return {"day": day, "shape": found.shape.value, "confidence": found.confidence}
