# SPDX-License-Identifier: Apache-2.0
"""Which figures of an evaluation does a dashboard draw?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class MeasurementUnit(StrEnum):
    """What a measurement counts in; money is without a unit, its currency stands in the spec."""

    COUNT = "count"
    NONE = "none"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number of one SLO, or of the whole run where `slo` is "".

    What is not known is not measured: there is no measurement with a made-up zero.
    """

    name: str
    value: float
    unit: MeasurementUnit = MeasurementUnit.NONE
    slo: str = ""


# A run that came to no evaluation at all.
FAILED = Measurement("EvaluationSucceeded", 0.0, MeasurementUnit.COUNT)


def measurements(document: Mapping[str, Any]) -> tuple[Measurement, ...]:
    """The measurements of a `cost-slo/evaluation/v1`, ready for a time series."""
    return (
        *(each for entry in document["slos"] for each in _of(entry, document["as_of"])),
        Measurement("RequestsSpent", float(document["source"]["requests"]), MeasurementUnit.COUNT),
        Measurement("SlosNotJudged", float(_unjudged(document)), MeasurementUnit.COUNT),
        Measurement("EvaluationSucceeded", float(not document["errors"]), MeasurementUnit.COUNT),
    )


def _of(entry: Mapping[str, Any], as_of: str) -> Iterator[Measurement]:
    unit_cost = entry["unit_cost"] or {}
    figures = {
        "BurnRate": entry["burn"][0]["rate"] if entry["burn"] else None,
        "BudgetRemaining": entry["budget"]["remaining"],
        "BudgetRemainingRatio": entry["budget"]["remaining_ratio"],
        "Pace": entry["pace"],
        "SpendToDate": entry["spend"]["to_date"],
        "UnitCost": unit_cost.get("to_date"),
    }
    for name, value in figures.items():
        if value is not None:
            yield Measurement(name, float(value), slo=entry["name"])
    if entry["data_through"] is not None:
        age = datetime.fromisoformat(as_of) - datetime.fromisoformat(entry["data_through"])
        yield Measurement("DataAge", age.total_seconds(), MeasurementUnit.SECONDS, entry["name"])


def _unjudged(document: Mapping[str, Any]) -> int:
    blind = [entry for entry in document["slos"] if entry["verdict"] in ("no_data", "stale_data")]
    return len(blind) + len({error["slo"] for error in document["errors"]})
