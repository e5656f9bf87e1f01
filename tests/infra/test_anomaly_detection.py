# SPDX-License-Identifier: Apache-2.0
"""Is the detector told what to watch, once, and never made to forget?"""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.components.anomaly_detection import REPLACING
from tests.infra.conftest import QUICKSTART
from tests.synthesis import Synthesise, Synthesised

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


def monitors_of(synthesise: Synthesise, folder: Path, old: str, new: str) -> dict[str, Any]:
    text = QUICKSTART.read_text("utf-8")
    assert old in text
    spec = folder / "spec.yaml"
    spec.write_text(text.replace(old, new))
    return synthesise(spec=spec, tag_monitors=True).of(MONITOR)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("monthly: 4500", "monthly: 9000"),
        ("per_unit: 0.002", "per_unit: 0.1"),
        ("owner: platform", "owner: payments"),
        ("name: promptlib-api", "name: promptlib-everything"),
        ("not: {services: [AWS Support (Business)]}", "regions: [us-east-1]"),
    ],
)
def test_editing_an_slo_touches_no_monitor(
    synthesise: Synthesise, tmp_path: Path, old: str, new: str
) -> None:
    before = synthesise(tag_monitors=True).of(MONITOR)

    assert monitors_of(synthesise, tmp_path, old, new) == before


def test_another_tag_value_is_another_monitor_and_leaves_the_rest(
    synthesise: Synthesise, tmp_path: Path
) -> None:
    before = synthesise(tag_monitors=True).of(MONITOR)
    after = monitors_of(synthesise, tmp_path, "product: [promptlib]", "product: [promptlab]")
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()

    assert [before[each]["MonitorName"] for each in gone] == ["cost-slo-product-promptlib"]
    assert [after[each]["MonitorName"] for each in come] == ["cost-slo-product-promptlab"]
    assert all(before[each] == after[each] for each in before.keys() & after.keys())


def test_another_amount_changes_nothing_of_the_detector(
    synthesise: Synthesise, tmp_path: Path
) -> None:
    text = QUICKSTART.read_text("utf-8").replace("monthly: 4500", "monthly: 9000")
    (tmp_path / "spec.yaml").write_text(text)
    before, after = synthesise(), synthesise(spec=tmp_path / "spec.yaml")

    assert after.template == before.template


def replaced(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Monitors that stay in the template and still would start anew, by what replaces them."""
    return {
        f"{name}.{key}"
        for name in before.keys() & after.keys()
        for key in REPLACING
        if before[name].get(key) != after[name].get(key)
    }


@pytest.mark.parametrize(
    "values",
    [
        {"anomaly_percentage": 40},
        {"anomaly_absolute": 100},
        {"chat": True},
        {"customer_key": True},
        {"scope": "account", "tag_monitors": True},
        {"deployment": "costs-of-two"},
    ],
    ids=str,
)
def test_no_choice_makes_a_monitor_that_stays_start_anew(
    synthesise: Synthesise, values: dict[str, Any]
) -> None:
    before = synthesise(scope="organization").of(MONITOR)

    assert replaced(before, synthesise(**{"scope": "organization"} | values).of(MONITOR)) == set()


@pytest.mark.parametrize(
    ("edit", "property_"),
    [
        ({"MonitorType": "CUSTOM"}, "MonitorType"),
        ({"MonitorDimension": "LINKED_ACCOUNT"}, "MonitorDimension"),
        ({"MonitorSpecification": "{}"}, "MonitorSpecification"),
        ({"ResourceTags": [{"Key": "team", "Value": "finops"}]}, "ResourceTags"),
    ],
)
def test_these_edits_would_replace_a_monitor(
    plain: Synthesised, edit: dict[str, Any], property_: str
) -> None:
    ((name, monitor),) = plain.of(MONITOR).items()

    assert replaced({name: monitor}, {name: monitor | edit}) == {f"{name}.{property_}"}


def test_the_list_of_what_replaces_a_monitor_is_the_services_own() -> None:
    manager = pytest.importorskip("cfnlint.schema.manager").PROVIDER_SCHEMA_MANAGER
    schema = manager.get_resource_schema("us-east-1", MONITOR).schema
    names = {path.removeprefix("/properties/") for path in schema["createOnlyProperties"]}

    assert names == REPLACING
