# SPDX-License-Identifier: Apache-2.0
"""Inside, outside or unknown: a scope is decided only by what an anomaly tells."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cost_slo.domain.anomalies.anomaly import Anomaly, RootCause, anomaly_to_json
from cost_slo.domain.anomalies.scope import MonitorTag, Placing, ScopeMatch, placing
from cost_slo.domain.spec.scope import Scope
from cost_slo.domain.stored import from_json
from tests.builders.anomalies import EC2, S3, anomaly

INSIDE, OUTSIDE, UNKNOWN = ScopeMatch.INSIDE, ScopeMatch.OUTSIDE, ScopeMatch.UNKNOWN
PLACELESS = RootCause()


def scope(**keys: Any) -> Scope:
    return Scope.model_validate(keys)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, INSIDE),
        ({"services": ["Amazon EC2"]}, INSIDE),
        ({"services": ["amazon ec2", "Amazon S3"]}, INSIDE),
        ({"services": ["Amazon S3"]}, OUTSIDE),
        ({"accounts": ["111122223333"]}, INSIDE),
        ({"accounts": ["999900001111"]}, OUTSIDE),
        ({"regions": ["us-east-1"]}, INSIDE),
        ({"regions": ["eu-west-1"]}, OUTSIDE),
        ({"providers": ["AWS"]}, INSIDE),
        ({"providers": ["Google Cloud"]}, OUTSIDE),
        ({"services": ["Amazon EC2"], "regions": ["eu-west-1"]}, OUTSIDE),
        ({"tags": {"product": ["weel"]}}, UNKNOWN),
        ({"tags": {"product": ["weel"]}, "services": ["Amazon EC2"]}, UNKNOWN),
        ({"tags": {"product": ["weel"]}, "services": ["Amazon S3"]}, OUTSIDE),
        ({"not": {"services": ["Amazon EC2"]}}, OUTSIDE),
        ({"not": {"services": ["Amazon S3"]}}, INSIDE),
        ({"not": {"tags": {"product": ["weel"]}}}, UNKNOWN),
        ({"product_attributes": {"model": ["nova-pro"]}}, UNKNOWN),
        ({"product_attributes": {"model": ["nova-pro"]}, "regions": ["eu-west-1"]}, OUTSIDE),
        ({"not": {"product_attributes": {"model": ["nova-pro"]}}}, UNKNOWN),
    ],
)
def test_each_key_of_a_scope_is_decided_by_a_root_cause(
    keys: Mapping[str, object], expected: ScopeMatch
) -> None:
    assert placing(anomaly(), scope(**keys), {}).match is expected


def test_cost_explorer_tells_a_service_by_its_parts() -> None:
    cause = RootCause("Amazon Elastic Compute Cloud - Compute")

    found = placing(anomaly(causes=(cause,)), scope(services=["Amazon Elastic Compute Cloud"]), {})

    assert found.match is INSIDE


@pytest.mark.parametrize("key", ["services", "accounts", "regions"])
def test_what_a_root_cause_does_not_tell_is_unknown(key: str) -> None:
    found = placing(anomaly(causes=(PLACELESS,)), scope(**{key: ["us-east-1"]}), {})

    assert found == Placing(UNKNOWN)


@pytest.mark.parametrize(
    ("keys", "dimension", "expected"),
    [
        ({"services": ["Amazon EC2"]}, "Amazon EC2", INSIDE),
        ({"accounts": ["111122223333"]}, "111122223333", INSIDE),
        ({"services": ["Amazon S3"]}, "Amazon EC2", UNKNOWN),
        ({"accounts": ["999900001111"]}, "111122223333", UNKNOWN),
        ({}, "", INSIDE),
    ],
)
def test_without_root_cause_the_dimension_may_put_it_inside_but_never_outside(
    keys: Mapping[str, object], dimension: str, expected: ScopeMatch
) -> None:
    found = placing(anomaly(causes=(), dimension=dimension), scope(**keys), {})

    assert found.match is expected


@pytest.mark.parametrize(
    ("tag", "dimension", "expected"),
    [
        (MonitorTag("product", "weel"), "whatever", INSIDE),
        (MonitorTag("product", "metalabs"), "weel", OUTSIDE),
        (MonitorTag("product"), "weel", INSIDE),
        (MonitorTag("product"), "metalabs", OUTSIDE),
        (MonitorTag("team", "weel"), "weel", UNKNOWN),
    ],
)
def test_a_monitor_of_a_tag_decides_a_scope_by_that_tag(
    tag: MonitorTag, dimension: str, expected: ScopeMatch
) -> None:
    heard = anomaly(dimension=dimension)

    found = placing(heard, scope(tags={"product": ["weel"]}), {heard.monitor: tag})

    assert found.match is expected


def test_the_impact_in_a_scope_is_the_whole_or_the_sum_of_its_root_causes() -> None:
    in_ec2, nowhere = scope(services=["Amazon EC2"]), RootCause("Amazon EC2")

    assert placing(anomaly(1001), in_ec2, {}) == Placing(INSIDE, Decimal(1001))
    assert placing(anomaly(1001, causes=(EC2, S3)), in_ec2, {}) == Placing(INSIDE, Decimal(601))
    assert placing(anomaly(1001, causes=(nowhere, S3)), in_ec2, {}) == Placing(INSIDE)


def test_an_anomaly_comes_back_from_json_as_it_was() -> None:
    for heard in (anomaly(causes=(EC2, nothing())), anomaly(causes=(), expected=0)):
        assert from_json(Anomaly, anomaly_to_json(heard)) == heard


def nothing() -> RootCause:
    return RootCause("Amazon S3")


@pytest.mark.parametrize(("match", "expected"), [("exact", OUTSIDE), ("insensitive", INSIDE)])
def test_letter_case_matters_unless_the_scope_says_otherwise(
    match: str, expected: ScopeMatch
) -> None:
    cause = RootCause("Amazon EC2", "111122223333", "us-east-1")
    found = replace(anomaly(causes=(cause,)), monitor="m")
    wanted = {"tags": {"TEAM": [" Search"]}, "regions": ["US-East-1"], "match": match}

    assert placing(found, scope(**wanted), {"m": MonitorTag("team", "search")}).match is expected
