# SPDX-License-Identifier: Apache-2.0
"""What is measured of an evaluation, and that nothing is made up."""

from __future__ import annotations

import json

import pytest

from cost_slo.adapters.emf_metrics import emit
from cost_slo.domain.verdict.metrics import Measurement, MeasurementUnit, measurements
from tests.builders.readings import monthly, per_request, september, units
from tests.worlds.rig import Rig


def of(found: tuple[Measurement, ...], slo: str) -> dict[str, float]:
    return {each.name: each.value for each in found if each.slo == slo}


def test_every_known_figure_of_an_slo_is_measured() -> None:
    rig = Rig(per_request("api"), monthly("web"))
    rig.units.readings = {"api": units(september(9, 10_000))}

    found = measurements(rig.run({"web": september(9, d9=400), "api": september(9)}, 10).document)

    web, api = of(found, "web"), of(found, "api")
    assert {"BurnRate", "BudgetRemaining", "Pace", "SpendToDate", "DataAge"} <= set(web)
    assert web["SpendToDate"] == 440
    assert web["DataAge"] == 30 * 3600
    assert "UnitCost" not in web
    assert api["UnitCost"] == pytest.approx(0.0005)


def test_what_is_not_known_is_not_measured() -> None:
    found = measurements(Rig(monthly("web")).run({"web": {}}, 10).document)

    assert of(found, "web") == {}
    assert of(found, "") == {"RequestsSpent": 0, "SlosNotJudged": 1, "EvaluationSucceeded": 1}


def test_an_evaluation_with_an_error_did_not_succeed() -> None:
    rig = Rig(per_request("api"), monthly("web"))
    rig.fail_units("api")

    found = measurements(rig.run({"web": september(9), "api": september(9)}, 10).document)

    assert of(found, "")["EvaluationSucceeded"] == 0
    assert of(found, "")["SlosNotJudged"] == 1


def test_measurements_leave_as_lines_in_the_embedded_metric_format(
    capsys: pytest.CaptureFixture[str],
) -> None:
    emit(
        [
            Measurement("BurnRate", 2.5, slo="web"),
            Measurement("Requests", 3, MeasurementUnit.COUNT),
        ],
        "prod",
    )

    run, web = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (run["slo"], run["Requests"], run["service"]) == ("all", [3.0], "prod")
    assert (web["slo"], web["BurnRate"]) == ("web", [2.5])
    assert web["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "CostSLO"
