# SPDX-License-Identifier: Apache-2.0
"""Is it known whom the key of a topic lets encrypt?"""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cost_slo.adapters.account.keys import fetch_key_services
from cost_slo.adapters.account.look import AwsAccount
from tests.worlds.deployed import refusal

REGION = "eu-central-1"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


def client(service: str, *, region: str | None = None) -> Any:
    return boto3.client(service, region_name=region or REGION)  # type: ignore[call-overload]


def allowing(actions: str | list[str], *services: str, effect: str = "Allow") -> dict[str, Any]:
    principal = {"Service": list(services)}
    return {"Effect": effect, "Principal": principal, "Action": actions, "Resource": "*"}


def a_key(*statements: dict[str, Any]) -> str:
    owner = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [owner, *statements]})
    return str(client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])


def test_a_service_may_encrypt_where_it_is_allowed_both_calls() -> None:
    key = a_key(
        allowing(["kms:Decrypt", "kms:GenerateDataKey*"], "costalerts.amazonaws.com", "a.example"),
        allowing("kms:Decrypt", "budgets.amazonaws.com"),
        allowing("kms:GenerateDataKey", "budgets.amazonaws.com"),
        allowing("kms:Decrypt", "half.amazonaws.com"),
        allowing(["kms:Decrypt", "kms:GenerateDataKey"], "denied.amazonaws.com", effect="Deny"),
    )

    services = fetch_key_services(client("kms"), key)

    assert sorted(services or ()) == [
        "a.example", "budgets.amazonaws.com", "costalerts.amazonaws.com",
    ]  # fmt: skip


def test_what_a_policy_says_by_exception_allows_no_service() -> None:
    exceptional = [
        {"Effect": "Allow", "NotPrincipal": {"Service": "a.example"}, "Action": "kms:*"},
        {"Effect": "Allow", "Principal": {"Service": "a.example"}, "NotAction": "kms:Delete*"},
    ]

    class Told:
        def describe_key(self, **_: Any) -> Any:
            return {"KeyMetadata": {"Arn": "arn"}}

        def get_key_policy(self, **_: Any) -> Any:
            return {"Policy": json.dumps({"Statement": exceptional})}

    assert fetch_key_services(Told(), "arn") == frozenset()


def test_the_key_of_a_topic_may_be_named_by_an_alias() -> None:
    key = a_key(allowing("kms:*", "cloudwatch.amazonaws.com"))
    client("kms").create_alias(AliasName="alias/ours", TargetKeyId=key)
    topic = client("sns").create_topic(Name="t", Attributes={"KmsMasterKeyId": "alias/ours"})

    found = AwsAccount(client).fetch_topic(topic["TopicArn"])

    assert found.key == "alias/ours"
    assert found.key_services == frozenset({"cloudwatch.amazonaws.com"})


def test_a_topic_without_a_key_asks_for_none() -> None:
    topic = client("sns").create_topic(Name="t")["TopicArn"]

    def sns_alone(service: str, *, region: str) -> Any:
        assert service == "sns"
        return client(service, region=region)

    assert AwsAccount(sns_alone).fetch_topic(topic).key_services is None


class Denied:
    def describe_key(self, **_: Any) -> Any:
        raise refusal("DescribeKey", "AccessDeniedException")


def test_a_policy_that_may_not_be_read_is_not_known() -> None:
    assert fetch_key_services(Denied(), "alias/ours") is None
