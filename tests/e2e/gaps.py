# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation does and moto's does not, done from the template as it was deployed.

`GAPS` is all of it, in the order in which one refers to another. A type of resource that is neither
moto's nor here fails the test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.cloudformation.parsing import get_model_map

from tests.e2e.account import Account
from tests.e2e.deployment import Stack

Properties = Mapping[str, Any]
# Makes a resource good; its physical id where it has one.
Fill = Callable[[Account, Stack, str, Properties], str | None]


def _subscription(account: Account, stack: Stack, name: str, properties: Properties) -> str:
    del stack, name
    raw = {"RawMessageDelivery": "true"} if properties.get("RawMessageDelivery") else {}
    made = account.client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes=raw,
        ReturnSubscriptionArn=True,
    )
    return str(made["SubscriptionArn"])


def _topic_policy(account: Account, stack: Stack, name: str, properties: Properties) -> None:
    del stack, name
    for topic in properties["Topics"]:
        account.client("sns").set_topic_attributes(
            TopicArn=topic,
            AttributeName="Policy",
            AttributeValue=json.dumps(properties["PolicyDocument"]),
        )


def _queue_policy(account: Account, stack: Stack, name: str, properties: Properties) -> None:
    del stack, name
    policy = json.dumps(properties["PolicyDocument"])
    for queue in properties["Queues"]:
        account.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})


def _monitor(account: Account, stack: Stack, name: str, properties: Properties) -> str:
    del stack, name
    about = {key: value for key, value in properties.items() if key != "ResourceTags"}
    if "MonitorSpecification" in about:
        about["MonitorSpecification"] = json.loads(about["MonitorSpecification"])
    made = account.client("ce").create_anomaly_monitor(AnomalyMonitor=about)
    return str(made["MonitorArn"])


def _anomaly_subscription(account: Account, stack: Stack, name: str, properties: Properties) -> str:
    del stack, name
    about = {key: value for key, value in properties.items() if key != "ResourceTags"}
    about["ThresholdExpression"] = json.loads(about["ThresholdExpression"])
    made = account.client("ce").create_anomaly_subscription(AnomalySubscription=about)
    return str(made["SubscriptionArn"])


def _schedule(account: Account, stack: Stack, name: str, properties: Properties) -> str:
    named = stack.physical[name]
    account.client("scheduler").create_schedule(Name=named, **_without(properties, "Name"))
    return str(named)


def _alarm(account: Account, stack: Stack, name: str, properties: Properties) -> str:
    named = stack.physical[name]
    account.client("cloudwatch").put_metric_alarm(AlarmName=named, **_alarm_of(properties))
    return str(named)


def _alarm_of(properties: Properties) -> dict[str, Any]:
    renamed = {"AlarmName", "Tags"}
    return {key: value for key, value in properties.items() if key not in renamed}


def _queue_polled(account: Account, stack: Stack, name: str, properties: Properties) -> None:
    """moto has it, and would swallow the messages without running a function: the test polls."""
    del properties
    account.client("lambda").update_event_source_mapping(UUID=stack.physical[name], Enabled=False)


def _nothing(account: Account, stack: Stack, name: str, properties: Properties) -> None:
    del account, stack, name, properties


GAPS: Mapping[str, tuple[Fill, str]] = {
    "AWS::CE::AnomalyMonitor": (_monitor, "created in the fake Cost Explorer"),
    "AWS::CE::AnomalySubscription": (_anomaly_subscription, "created in the fake Cost Explorer"),
    "AWS::CloudWatch::Alarm": (_alarm, "created through moto's API"),
    "AWS::Lambda::EventSourceMapping": (_queue_polled, "disabled; the test polls as it would"),
    "AWS::S3::BucketPolicy": (_nothing, "left out: the test speaks HTTP, which it denies"),
    "AWS::SNS::Subscription": (_subscription, "created through moto's API"),
    "AWS::SNS::TopicPolicy": (_topic_policy, "set through moto's API, which does not enforce it"),
    "AWS::SQS::QueuePolicy": (_queue_policy, "set through moto's API, which does not enforce it"),
    "AWS::Lambda::EventInvokeConfig": (_nothing, "left out: the test sees each failure itself"),
    "AWS::Scheduler::Schedule": (_schedule, "created through moto's API; the test keeps the time"),
}
NOTHING_TO_MAKE = frozenset({"AWS::CDK::Metadata"})


def fill(account: Account, stack: Stack) -> list[str]:
    """Make good every gap of a stack; a line for each resource. Raises for an unknown type."""
    done, order = [], list(GAPS)
    for name, kind in sorted(_gaps(stack).items(), key=lambda gap: order.index(gap[1])):
        make, how = GAPS[kind]
        properties = stack.resolved(stack.resources[name].get("Properties", {}))
        if made := make(account, stack, name, properties):
            stack.filled[name] = stack.physical[name] = made
        done.append(f"{kind} {name}: {how}")
    return done


def _gaps(stack: Stack) -> dict[str, str]:
    kinds = {name: each["Type"] for name, each in stack.resources.items()}
    known = {*get_model_map(), *GAPS, *NOTHING_TO_MAKE}
    unknown = {kind for kind in kinds.values() if kind not in known}
    assert not unknown, f"neither moto nor the table has {', '.join(sorted(unknown))}"
    return {name: kind for name, kind in kinds.items() if kind in GAPS}


def _without(properties: Properties, *names: str) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in names}
