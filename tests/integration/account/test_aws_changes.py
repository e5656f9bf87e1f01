# SPDX-License-Identifier: Apache-2.0
"""What CloudTrail and CloudFormation record becomes changes, and never names a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from cost_slo.adapters.aws_changes.all_sources import (
    AllChangeSources,
    CloudFormationChangeSource,
    CloudTrailChangeSource,
)
from cost_slo.adapters.aws_changes.cloudtrail import MOST_PAGES, change_of
from cost_slo.adapters.aws_changes.identity import made_by, role_in_words
from cost_slo.adapters.aws_changes.services import billed_service, source_of_type
from cost_slo.domain.account_changes.change import Change, Changes
from cost_slo.domain.errors import SourceError
from tests.fakes.ports import FakeChangeSource

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudtrail import CloudTrailClient

START, END = datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 13, tzinfo=UTC)
AT = datetime(2026, 11, 11, 22, tzinfo=UTC)
PIPELINE: Mapping[str, Any] = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE00000001:ann.smith@example.com",
    "arn": "arn:aws:sts::111122223333:assumed-role/ci-deploy/ann.smith@example.com",
    "accountId": "111122223333",
    "accessKeyId": "ASIAEXAMPLE000000001",
    "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "ci-deploy"}},
}


ANYONE = boto3.Session("a", "b", region_name="us-east-1")


def cloudtrail() -> CloudTrailClient:
    return ANYONE.client("cloudtrail")


def cloudformation() -> CloudFormationClient:
    return ANYONE.client("cloudformation")


def recorded(
    action: str = "UpdateFunctionCode20150331v2",
    source: str = "lambda.amazonaws.com",
    *,
    at: datetime = AT,
    resources: Iterable[tuple[str, str]] = (("AWS::Lambda::Function", "weel-api"),),
    **more: object,
) -> dict[str, Any]:
    """One event as LookupEvents gives it."""
    record = {
        "eventName": action,
        "eventSource": source,
        "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "userIdentity": PIPELINE,
    }
    return {
        "EventId": "1",
        "EventName": action,
        "EventTime": at,
        "EventSource": source,
        "Resources": [{"ResourceType": type_, "ResourceName": name} for type_, name in resources],
        "CloudTrailEvent": json.dumps(record | more),
    }


def looked_up(*pages: Mapping[str, Any], services: Iterable[str] = ()) -> Changes:
    """What the source makes of these pages; it waits for nobody."""
    client = cloudtrail()
    source = CloudTrailChangeSource(client, pause=lambda _: None)
    with Stubber(client) as stub:
        for page in pages:
            stub.add_response("lookup_events", page)
        changes = source.fetch_changes(START, END, list(services))
        stub.assert_no_pending_responses()
    return changes


def test_a_write_becomes_a_change_by_a_role() -> None:
    changes = looked_up({"Events": [recorded()]})

    assert changes.description == "CloudTrail LookupEvents ReadOnly=false in us-east-1"
    assert changes.found == (
        Change(
            AT,
            "111122223333",
            "us-east-1",
            "AWS Lambda",
            "UpdateFunctionCode",
            "weel-api",
            "role ci-deploy",
            is_deploy=True,
        ),
    )


def test_writes_are_asked_for_page_by_page_with_a_pause_between() -> None:
    client = cloudtrail()
    pauses: list[float] = []
    asked = {
        "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
        "StartTime": START,
        "EndTime": END,
        "MaxResults": 50,
    }
    with Stubber(client) as stub:
        first = {"Events": [recorded(at=AT + timedelta(hours=1))], "NextToken": "more"}
        stub.add_response("lookup_events", first, asked)
        stub.add_response("lookup_events", {"Events": [recorded()]}, asked | {"NextToken": "more"})
        changes = CloudTrailChangeSource(client, pause=pauses.append).fetch_changes(START, END, ())

    assert [change.at for change in changes.found] == [AT, AT + timedelta(hours=1)]
    assert (pauses, changes.notes) == ([0.5], ())


def test_a_record_too_long_to_read_says_so() -> None:
    page = {"Events": [recorded()], "NextToken": "more"}

    changes = looked_up(*[page] * MOST_PAGES)

    assert len(changes.found) == MOST_PAGES
    assert changes.notes == (
        "CloudTrail had more than 1000 writes in these hours; the oldest were not read",
    )


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(recorded(errorCode="AccessDenied"), id="a failed call"),
        pytest.param(recorded(readOnly=True), id="a read"),
        pytest.param(recorded("ConsoleLogin", eventType="AwsConsoleSignIn"), id="a sign-in"),
        pytest.param(recorded(at=END), id="what came at the end"),
        pytest.param(recorded() | {"CloudTrailEvent": "{"}, id="what is no JSON"),
        pytest.param(recorded() | {"CloudTrailEvent": "[]"}, id="what is no record"),
    ],
)
def test_what_changed_nothing_in_time_is_left_out(event: Mapping[str, Any]) -> None:
    assert looked_up({"Events": [event]}).found == ()


def test_changes_go_by_the_name_that_the_bill_has_and_deployments_of_any_service_stay() -> None:
    events = [
        recorded("RunInstances", "ec2.amazonaws.com"),
        recorded("CreateBucket", "s3.amazonaws.com"),
        recorded(),
    ]

    changes = looked_up({"Events": events}, services=["EC2 - Other"])

    named = [(change.service, change.action) for change in changes.found]
    assert named == [("EC2 - Other", "RunInstances"), ("AWS Lambda", "UpdateFunctionCode")]


@pytest.mark.parametrize(
    ("source", "action", "service"),
    [
        ("ec2.amazonaws.com", "RunInstances", "Amazon Elastic Compute Cloud"),
        ("ec2.amazonaws.com", "CreateNatGateway", "Amazon Virtual Private Cloud"),
        ("bedrock.amazonaws.com", "CreateModelInvocationJob", "Amazon Bedrock"),
        ("quantum.amazonaws.com", "CreateQubit", "quantum.amazonaws.com"),
    ],
)
def test_a_source_is_named_as_its_bill_names_it(source: str, action: str, service: str) -> None:
    assert billed_service(source, action).name == service


@pytest.mark.parametrize(
    ("type_", "source"),
    [
        ("AWS::EC2::Instance", "ec2"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "elasticloadbalancing"),
        ("AWS::SQS::Queue", "sqs"),
        ("Custom", ""),
    ],
)
def test_a_type_of_cloudformation_leads_to_its_source(type_: str, source: str) -> None:
    assert source_of_type(type_) == source


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        (PIPELINE, "role ci-deploy"),
        ({k: v for k, v in PIPELINE.items() if k != "sessionContext"}, "role ci-deploy"),
        ({"type": "AssumedRole"}, "a role"),
        (
            {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/dev-ann/ann@a.b"},
            "a role",
        ),
        ({"type": "IAMUser", "userName": "ann"}, "an IAM user"),
        ({"type": "Root", "arn": "arn:aws:iam::1:root"}, "the root user"),
        ({"type": "Root", "invokedBy": "autoscaling.amazonaws.com"}, "autoscaling.amazonaws.com"),
        ({"type": "AWSService", "invokedBy": "ecs.amazonaws.com"}, "ecs.amazonaws.com"),
        ({"type": "AWSService", "invokedBy": "ann"}, "an AWS service"),
        ({"type": "AWSAccount", "accountId": "2"}, "another AWS account"),
        ({"type": "FederatedUser"}, "a federated user"),
        ({"type": "Martian"}, "somebody unknown"),
        ({}, "somebody unknown"),
    ],
)
def test_people_are_reduced_to_what_they_acted_as(identity: Mapping[str, Any], words: str) -> None:
    assert made_by(identity) == words


def test_a_role_of_sso_is_named_by_its_permission_set() -> None:
    assert role_in_words("AWSReservedSSO_PowerUser_0123456789abcdef") == "SSO role PowerUser"


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("AWS::IAM::User", "bob"),
        ("AWS::IAM::AccessKey", "AKIAEXAMPLE000000001"),
        ("", "arn:aws:iam::111122223333:user/bob"),
        ("", "mail/bob@example.com"),
        ("AWS::Cloud9::EnvironmentEC2", "ann.smith-sandbox"),
    ],
)
def test_a_resource_that_names_a_person_is_not_named(type_: str, name: str) -> None:
    changes = looked_up({"Events": [recorded(resources=[(type_, name), ("X", "queue")])]})

    assert changes.found[0].resource == "queue"


MARK = "zqx"
MARKED = st.text(alphabet="abcdefghij.-+", max_size=8).map(lambda text: f"{MARK}{text}")


@given(MARKED, MARKED, MARKED, MARKED, st.sampled_from(["AssumedRole", "IAMUser", "Root", "Other"]))
def test_no_name_of_a_person_passes(
    session: str, user: str, principal: str, key: str, kind: str
) -> None:
    identity = {
        "type": kind,
        "principalId": f"AROAEXAMPLE:{principal}",
        "userName": user,
        "arn": f"arn:aws:sts::111122223333:assumed-role/ci/{session}",
        "accessKeyId": key,
        "onBehalfOf": {"userId": user},
        "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "ci"}},
    }
    names = [session, user, principal, f"{user}@example.com", f"box-of-{session}", key]
    event = recorded(resources=[("X", name) for name in names], userIdentity=identity)

    change = change_of(event | {"Username": user, "AccessKeyId": key}, ())

    assert change is not None
    assert MARK not in repr(change)


def foreign(record: Mapping[str, Any]) -> dict[str, Any]:
    """A published CloudTrail record as LookupEvents would give it."""
    return recorded() | {
        "CloudTrailEvent": json.dumps(record),
        "Resources": [
            {"ResourceType": each.get("type") or "", "ResourceName": each.get("ARN") or ""}
            for each in record.get("resources") or ()
            if isinstance(each, Mapping)
        ],
    }


def published(folder: Path) -> Iterator[Mapping[str, Any]]:
    for line in (folder / "cloudtrail_events_panther/events.jsonl").read_text().splitlines():
        yield json.loads(line)["event"]
    for file in sorted((folder / "cloudtrail_events_c7n").glob("event-cloud-trail-*.json")):
        record = json.loads(file.read_text())
        yield record.get("detail") or record
    for file in sorted((folder / "cloudtrail_stratus_detonation").glob("*.json")):
        yield from json.loads(file.read_text())


def secrets_of(identity: Mapping[str, Any]) -> Iterator[str]:
    """The session and user names of a published record, longer than a chance match."""
    arn, kind = str(identity.get("arn", "")), identity.get("type")
    names = [identity.get("accessKeyId"), identity.get("principalId")]
    names += [identity.get("userName")] if kind == "IAMUser" else []
    names += [arn.rsplit("/", 1)[-1]] if ":assumed-role/" in arn else []
    yield from (name for name in names if isinstance(name, str) and len(name) > 4)


def test_published_records_are_read_and_name_nobody(third_party: Path) -> None:
    told = 0
    for record in published(third_party):
        change = change_of(foreign(record), ())
        if change is None:
            continue
        told += 1
        identity = record.get("userIdentity")
        names = set(secrets_of(identity if isinstance(identity, Mapping) else {}))
        assert [name for name in names if name in change.resource] == [], record
        assert "@" not in repr(change)
        assert change.made_by

    assert told > 100


def stack_template(queues: int) -> str:
    resources = {f"Queue{n}": {"Type": "AWS::SQS::Queue"} for n in range(queues)}
    return json.dumps({"Resources": resources})


def test_a_deployed_stack_is_a_change_with_its_resources() -> None:
    with mock_aws():
        client = cloudformation()
        client.create_stack(StackName="weel", TemplateBody=stack_template(1))
        now = datetime.now(UTC)
        source = CloudFormationChangeSource(client)
        window = (now - timedelta(hours=1), now + timedelta(hours=1))

        every = source.fetch_changes(*window, ()).found
        storage = source.fetch_changes(*window, ["Amazon S3"]).found
        day = timedelta(days=1)
        earlier = source.fetch_changes(window[0] - day, window[1] - day, ()).found

    named = {(change.action, change.service, change.is_deploy) for change in every}
    assert ("CreateStack", "AWS CloudFormation", True) in named
    assert {change.action for change in storage} == {"CreateStack"}
    assert {change.made_by for change in every} == {"CloudFormation"}
    assert {change.region for change in every} == {"us-east-1"}
    assert earlier == ()


def stack_event(type_: str, status: str, **more: object) -> dict[str, Any]:
    return {
        "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/weel/guid",
        "StackName": "weel",
        "EventId": "1",
        "LogicalResourceId": "Box",
        "PhysicalResourceId": "box-1",
        "ResourceType": type_,
        "ResourceStatus": status,
        "Timestamp": AT,
    } | more


def test_what_a_stack_changed_is_told_by_the_role_that_deploys_it() -> None:
    client = cloudformation()
    own = stack_event("AWS::CloudFormation::Stack", "UPDATE_COMPLETE")
    stack = {
        "StackId": own["StackId"],
        "StackName": "weel",
        "StackStatus": "UPDATE_COMPLETE",
        "CreationTime": START - timedelta(days=90),
        "LastUpdatedTime": AT,
        "RoleARN": "arn:aws:iam::111122223333:role/deployer",
    }
    events = [
        own | {"PhysicalResourceId": own["StackId"]},
        stack_event("AWS::EC2::NatGateway", "CREATE_COMPLETE"),
        stack_event("AWS::EC2::NatGateway", "CREATE_IN_PROGRESS"),
        stack_event("AWS::IAM::User", "CREATE_COMPLETE"),
        stack_event("AWS::EC2::Instance", "CREATE_COMPLETE", Timestamp=START - timedelta(hours=1)),
    ]
    with Stubber(client) as stub:
        stub.add_response("describe_stacks", {"Stacks": [stack]})
        stub.add_response("describe_stack_events", {"StackEvents": events})
        found = CloudFormationChangeSource(client).fetch_changes(START, END, ()).found
        stub.add_response("describe_stacks", {"Stacks": [stack]})
        stub.add_response("describe_stack_events", {"StackEvents": events})
        network = CloudFormationChangeSource(client).fetch_changes(START, END, ["AmazonVPC"]).found

    assert [(it.action, it.service) for it in network] == [
        ("UpdateStack", "AWS CloudFormation"),
        ("CreateNatGateway", "AmazonVPC"),
    ]
    assert [(it.action, it.service, it.resource) for it in found] == [
        ("UpdateStack", "AWS CloudFormation", "weel"),
        ("CreateNatGateway", "Amazon Virtual Private Cloud", "weel/Box"),
        ("CreateUser", "iam", "weel"),
    ]
    assert {it.made_by for it in found} == {"role deployer"}
    assert {(it.account, it.region) for it in found} == {("111122223333", "eu-west-1")}


def test_a_denied_look_up_says_which_permission_it_needs() -> None:
    client = cloudtrail()
    with Stubber(client) as stub:
        stub.add_client_error("lookup_events", "AccessDenied", "ann is not authorized")
        with pytest.raises(SourceError, match=r"allow cloudtrail:LookupEvents") as refused:
            CloudTrailChangeSource(client).fetch_changes(START, END, ())

    assert "ann" not in str(refused.value)


def test_one_failed_source_is_told_beside_what_the_other_knows() -> None:
    made = looked_up({"Events": [recorded()]}).found
    works = FakeChangeSource(Changes(made, "a trail", ("half of it",)))
    broken = SourceError("no stacks today")
    fails = FakeChangeSource(error=broken)

    changes = AllChangeSources(fails, works).fetch_changes(START, END, ())

    assert changes == Changes(made, "a trail", ("half of it",), (broken,))
    with pytest.raises(SourceError, match="no stacks today"):
        AllChangeSources(fails, fails).fetch_changes(START, END, ())
