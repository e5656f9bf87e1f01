# SPDX-License-Identifier: Apache-2.0
"""Which stacks were deployed, and what did that change?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from cost_slo.adapter_kit.aws_calls import calling, impersonal
from cost_slo.adapters.aws_changes.identity import PERSONAL_TYPES, role_in_words
from cost_slo.adapters.aws_changes.services import billed_service, source_of_type
from cost_slo.domain.account_changes.change import Change, Changes

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

MOST_STACKS = 20
MOST_EVENTS = 1000
STACK = "AWS::CloudFormation::Stack"
_DONE = {"CREATE_COMPLETE": "Create", "UPDATE_COMPLETE": "Update", "DELETE_COMPLETE": "Delete"}
_TIMES = ("CreationTime", "LastUpdatedTime", "DeletionTime")


class CloudFormationChangeSource:
    """Stack events of one account and region; who deployed is known to CloudTrail."""

    def __init__(self, client: CloudFormationClient) -> None:
        self._client = client

    def fetch_changes(self, start: datetime, end: datetime, services: Sequence[str]) -> Changes:
        """Stacks deployed, and their resources of these services; of all if none is given."""
        with calling("cloudformation:DescribeStacks"):
            touched = [stack for stack in self._stacks() if _may_have_changed(stack, start, end)]
        found: list[Change] = []
        for stack in touched[:MOST_STACKS]:
            with calling("cloudformation:DescribeStackEvents"):
                events = list(islice(self._events(stack["StackId"], start), MOST_EVENTS))
            changes = (_change(event, stack, services) for event in events)
            found += [change for change in changes if change and start <= change.at < end]
        note = f"{len(touched)} stacks were deployed; {MOST_STACKS} of them were read"
        return Changes(
            tuple(sorted(found, key=lambda change: change.at)),
            f"CloudFormation stack events in {self._client.meta.region_name}",
            () if len(touched) <= MOST_STACKS else (note,),
        )

    def _stacks(self) -> Iterator[Mapping[str, Any]]:
        for page in self._client.get_paginator("describe_stacks").paginate():
            yield from page["Stacks"]

    def _events(self, stack: str, start: datetime) -> Iterator[Mapping[str, Any]]:
        """The newest first, until before `start`."""
        for page in self._client.get_paginator("describe_stack_events").paginate(StackName=stack):
            for event in page["StackEvents"]:
                if event["Timestamp"] < start:
                    return
                yield event


def _may_have_changed(stack: Mapping[str, Any], start: datetime, end: datetime) -> bool:
    times: list[datetime] = [stack[name] for name in _TIMES if stack.get(name)]
    return min(times) < end and max(times) >= start


def _change(
    event: Mapping[str, Any], stack: Mapping[str, Any], services: Sequence[str]
) -> Change | None:
    done, type_ = _DONE.get(event.get("ResourceStatus", "")), event.get("ResourceType") or ""
    if done is None:
        return None
    is_stack = type_ == STACK and event.get("PhysicalResourceId") == event["StackId"]
    action = f"{done}{'Stack' if is_stack else type_.rsplit('::', 1)[-1]}"
    service = billed_service(source_of_type(type_), action)
    named = service.as_named_in(services)
    if services and named is None and not is_stack:
        return None
    _, _, _, region, account, *_ = stack["StackId"].split(":")
    logical = "" if is_stack or type_.startswith(PERSONAL_TYPES) else event["LogicalResourceId"]
    role = str(stack.get("RoleARN") or "").rsplit("/", 1)[-1]
    return Change(
        at=event["Timestamp"].astimezone(UTC),
        account=account,
        region=region,
        service=impersonal(named or _name(service.name)),
        action=impersonal(action),
        resource=impersonal("/".join(filter(None, [stack["StackName"], logical]))),
        made_by=role_in_words(role) if role else "CloudFormation",
        is_deploy=is_stack and done != "Delete",
    )


def _name(service: str) -> str:
    return "AWS CloudFormation" if service == "cloudformation" else service
