# SPDX-License-Identifier: Apache-2.0
"""Is it heard when a deployment no longer does its work, and does watching cost what is said?"""

import json
from pathlib import Path
from typing import Any

import pytest

from cost_slo.adapters import emf_metrics
from cost_slo.domain.doctor.running_cost import ALARMS, METRICS, RUN_METRICS, running_cost
from cost_slo.domain.verdict.metrics import FAILED, measurements
from infra.components import measured
from tests.checks.synthesis import Synthesise, Synthesised

ALARM = "AWS::CloudWatch::Alarm"
SLOS = ["metalabs-infrastructure", "promptlib-api", "weel-ai-unit-cost"]
RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def alarms(stack: Synthesised) -> dict[str, dict[str, Any]]:
    found = stack.of(ALARM).values()
    return {each["AlarmName"].removeprefix("cost-slo-"): each for each in found}


def test_every_alarm_of_the_runbook_exists_and_every_alarm_is_in_it(plain: Synthesised) -> None:
    told = {
        line.split("`")[1]
        for line in RUNBOOK.read_text("utf-8").splitlines()
        if line.startswith("| `…-")
    }

    assert {f"…-{name}" for name in alarms(plain)} == told


def test_every_alarm_is_told_and_so_is_its_end(plain: Synthesised) -> None:
    for alarm in plain.of(ALARM).values():
        assert "TopicsAlerts" in str(alarm["AlarmActions"])
        assert alarm["OKActions"] == alarm["AlarmActions"]


def test_twenty_six_hours_without_an_evaluation_are_an_alarm_and_so_is_silence(
    plain: Synthesised,
) -> None:
    silent = alarms(plain)["no-evaluation"]

    assert silent["MetricName"] == FAILED.name == "EvaluationSucceeded"
    assert silent["Period"] * silent["EvaluationPeriods"] == 26 * 3600
    assert (silent["ComparisonOperator"], silent["Threshold"]) == ("LessThanThreshold", 1)
    assert silent["TreatMissingData"] == "breaching"


def test_stale_data_is_the_oldest_of_all_slos(plain: Synthesised) -> None:
    stale = alarms(plain)["stale-data"]
    *ages, oldest = sorted(stale["Metrics"], key=lambda each: "Expression" in each)
    dimensions = [each["MetricStat"]["Metric"]["Dimensions"] for each in ages]

    assert [each[1]["Value"] for each in dimensions] == SLOS
    assert oldest["Expression"] == "MAX([age0, age1, age2])"
    assert stale["Threshold"] == 3 * 24 * 3600


def test_more_slos_than_an_alarm_can_read_are_several_alarms(
    synthesise: Synthesise, tmp_path_factory: pytest.TempPathFactory
) -> None:
    slos = "".join(
        f"\n  - {{name: slo-{number}, product: p, owner: o, objective: {{monthly: 1}}}}"
        for number in range(21)
    )
    spec = tmp_path_factory.mktemp("many") / "spec.yaml"
    spec.write_text(f"apiVersion: cost-slo/v1\nslos:{slos}\n")

    stale = {
        name: sum("MetricStat" in each for each in alarm["Metrics"])
        for name, alarm in alarms(synthesise(spec=spec)).items()
        if name.startswith("stale")
    }

    assert stale == {"stale-data": 10, "stale-data-after-10": 10, "stale-data-after-20": 1}


def test_a_day_that_spends_a_tenth_of_the_cap_is_an_alarm(synthesise: Synthesise) -> None:
    daily = alarms(synthesise(ce_monthly_cap=45))["paid-requests"]

    assert (daily["MetricName"], daily["Period"], daily["Statistic"]) == (
        "RequestsSpent", 86400, "Sum",
    )  # fmt: skip
    assert daily["Threshold"] == 5  # 45 / 10, rounded up


def test_alarms_and_graphs_read_what_a_run_writes(plain: Synthesised) -> None:
    entry = {
        "name": "a",
        "burn": [{"rate": 1}],
        "budget": {"remaining": "1", "remaining_ratio": 1},
        "pace": 1,
        "spend": {"to_date": "1"},
        "unit_cost": {"to_date": "1"},
        "verdict": "within",
        "data_through": "2026-11-01T00:00:00+00:00",
    }
    document = {
        "as_of": "2026-11-02T00:00:00+00:00",
        "slos": [entry],
        "source": {"requests": 1},
        "errors": [],
    }
    written = {each.name for each in measurements(document)}
    assert len(written) == METRICS + RUN_METRICS
    shown = json.dumps(plain.one("AWS::CloudWatch::Dashboard")).replace("\\", "")
    watched = json.dumps(plain.of(ALARM))

    assert (measured.METRIC_NAMESPACE, measured.EVERY_SLO) == (
        emf_metrics.NAMESPACE,
        emf_metrics.WHOLE_RUN,
    )
    drawn = {name for name in written if f'"CostSLO","{name}"' in shown}
    assert drawn == {
        "BudgetRemainingRatio", "BurnRate", "RequestsSpent", "SpendToDate", "UnitCost",
    }  # fmt: skip
    assert {"DataAge", "EvaluationSucceeded", "RequestsSpent"} == {
        name for name in written if f'"MetricName": "{name}"' in watched
    }


def test_the_doctors_estimate_counts_the_metrics_that_alarms_and_the_dashboard_read(
    plain: Synthesised,
) -> None:
    watched = [
        each.get("MetricName", "") or [it for it in each["Metrics"] if "MetricStat" in it]
        for each in plain.of(ALARM).values()
    ]
    shown = json.dumps(plain.one("AWS::CloudWatch::Dashboard")).count('\\"CostSLO\\"')

    assert sum(1 if isinstance(each, str) else len(each) for each in watched) == ALARMS + len(SLOS)
    assert shown == 3 * len(SLOS) + 2  # the one unit cost, and the requests


def test_the_runbook_tells_the_doctors_prices() -> None:
    lines = RUNBOOK.read_text("utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if line.startswith("| ")]
    told = {row[0].strip("| *").split(":")[0]: [it.strip("|* ") for it in row[1:]] for row in rows}
    account, organization = (
        running_cost(scope, requests=1, runs=3, slos=slos, deployments=1)
        for scope, slos in (("account", 3), ("organization", 20))
    )

    for item in account.items:
        assert told[item] == [f"${account.items[item]}", f"${organization.items[item]}"]
    assert told["together"] == [f"${account.total}", f"${organization.total}"]


@pytest.mark.parametrize("function", ["evaluate", "anomaly", "rituals"])
def test_one_run_that_failed_is_an_alarm(plain: Synthesised, function: str) -> None:
    failed = alarms(plain)[f"{function}-failed"]
    ((_, watched),) = [each.values() for each in failed["Dimensions"]]

    assert (failed["MetricName"], failed["Statistic"], failed["Threshold"]) == ("Errors", "Sum", 1)
    assert watched["Ref"].startswith(f"{function.title()}Function")
    assert failed["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize("function", ["Evaluate", "Rituals"])
def test_a_run_that_failed_is_run_again_twice_within_the_hour(
    plain: Synthesised, function: str
) -> None:
    again = plain.one("AWS::Lambda::EventInvokeConfig", function)

    assert (again["MaximumRetryAttempts"], again["MaximumEventAgeInSeconds"]) == (2, 3600)


def test_one_message_in_any_dead_letter_queue_is_an_alarm(plain: Synthesised) -> None:
    queues = {name for name in plain.of("AWS::SQS::Queue") if "DeadLetters" in name}
    left_over = [each for name, each in alarms(plain).items() if name.endswith("left-over")]

    watched = {each["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for each in left_over}

    assert watched == queues
    assert {each["MetricName"] for each in left_over} == {"ApproximateNumberOfMessagesVisible"}
    assert {(each["Threshold"], each["Statistic"]) for each in left_over} == {(1, "Maximum")}
