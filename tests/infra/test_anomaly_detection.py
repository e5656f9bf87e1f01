# SPDX-License-Identifier: Apache-2.0
"""Is the detector told what to watch, once?"""

import json
from typing import Any

from tests.checks.synthesis import Synthesise, Synthesised

MONITOR, SUBSCRIPTION = "AWS::CE::AnomalyMonitor", "AWS::CE::AnomalySubscription"
ADOPTED = "arn:aws:ce::111122223333:anomalymonitor/0c4e1c2a-0000-4000-8000-000000000000"


def at_least(dimension: str, value: str) -> dict[str, Any]:
    options = ["GREATER_THAN_OR_EQUAL"]
    return {"Dimensions": {"Key": dimension, "MatchOptions": options, "Values": [value]}}


def test_a_product_account_has_the_one_monitor_of_services(plain: Synthesised) -> None:
    assert plain.one(MONITOR) == {
        "MonitorName": "cost-slo-services",
        "MonitorType": "DIMENSIONAL",
        "MonitorDimension": "SERVICE",
    }


def test_an_account_that_has_the_monitor_already_keeps_it(synthesise: Synthesise) -> None:
    adopting = synthesise(monitor_arn=ADOPTED)

    assert adopting.of(MONITOR) == {}
    assert adopting.one(SUBSCRIPTION)["MonitorArnList"] == [ADOPTED]


def test_nothing_to_watch_is_nothing_to_subscribe_to(synthesise: Synthesise) -> None:
    assert synthesise(monitor_create=False).of(SUBSCRIPTION) == {}


def test_the_payers_account_watches_each_tag_value_of_the_spec_by_itself(full: Synthesised) -> None:
    custom = [each for each in full.of(MONITOR).values() if each["MonitorType"] == "CUSTOM"]
    watched = [json.loads(each["MonitorSpecification"])["Tags"] for each in custom]

    assert sorted((each["Key"], each["Values"]) for each in watched) == [
        ("feature", ["weel-ai"]),
        ("product", ["metalabs"]),
        ("product", ["promptlib"]),
    ]


def test_anomalies_are_told_at_once_to_the_topic_that_is_open_by_then(plain: Synthesised) -> None:
    (subscription,) = plain.whole(SUBSCRIPTION).values()
    (policy,) = (name for name in plain.of("AWS::SNS::TopicPolicy") if "Anomalies" in name)

    assert subscription["Properties"]["Frequency"] == "IMMEDIATE"
    assert [each["Type"] for each in subscription["Properties"]["Subscribers"]] == ["SNS"]
    assert policy in subscription["DependsOn"]


def test_a_fifth_above_what_was_expected_is_told(plain: Synthesised) -> None:
    told = json.loads(plain.one(SUBSCRIPTION)["ThresholdExpression"])

    assert told == at_least("ANOMALY_TOTAL_IMPACT_PERCENTAGE", "20")
    assert "Threshold" not in plain.one(SUBSCRIPTION)


def test_with_a_floor_an_anomaly_must_reach_both(full: Synthesised) -> None:
    assert json.loads(full.one(SUBSCRIPTION)["ThresholdExpression"]) == {
        "And": [
            at_least("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "50"),
            at_least("ANOMALY_TOTAL_IMPACT_PERCENTAGE", "20"),
        ]
    }
