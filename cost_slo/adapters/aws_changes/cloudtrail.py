# SPDX-License-Identifier: Apache-2.0
"""Which changes did CloudTrail record?

Writes alone, those that succeeded, at most 1,000 of them: LookupEvents answers two calls a second.
No parameter of a request is read, and no person is named.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cost_slo.adapter_kit.aws_calls import calling, impersonal
from cost_slo.adapters.aws_changes.identity import made_by, resource_name
from cost_slo.adapters.aws_changes.services import billed_service
from cost_slo.domain.account_changes.change import Change, Changes

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient

MOST_PAGES = 20
PAGE = 50
# Seconds between two calls; AWS answers two a second in an account and region.
PAUSE = 0.5
SIGN_IN = "AwsConsoleSignIn"
_VERSION = re.compile(r"\d{8}(?:v\d+)?$")


class CloudTrailChangeSource:
    """Management events of one account and region, of the last 90 days."""

    def __init__(
        self, client: CloudTrailClient, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """`pause` waits a number of seconds between two pages."""
        self._client = client
        self._pause = pause

    def fetch_changes(self, start: datetime, end: datetime, services: Sequence[str]) -> Changes:
        """Changes to these services and deployments of any; of all services if none is given."""
        with calling("cloudtrail:LookupEvents"):
            events, is_all = self._events(start, end)
        changes = (change_of(event, services) for event in events)
        found = [change for change in changes if change and start <= change.at < end]
        note = (
            f"CloudTrail had more than {MOST_PAGES * PAGE} writes in these hours; "
            "the oldest were not read"
        )
        region = self._client.meta.region_name
        return Changes(
            tuple(sorted(found, key=lambda change: change.at)),
            f"CloudTrail LookupEvents ReadOnly=false in {region}",
            () if is_all else (note,),
        )

    def _events(self, start: datetime, end: datetime) -> tuple[list[Mapping[str, Any]], bool]:
        """The events, and whether these are all."""
        asked: dict[str, Any] = {
            "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
            "StartTime": start,
            "EndTime": end,
            "MaxResults": PAGE,
        }
        events: list[Mapping[str, Any]] = []
        for number in range(MOST_PAGES):
            if number:
                self._pause(PAUSE)
            page: Mapping[str, Any] = self._client.lookup_events(**asked)
            events.extend(page.get("Events", ()))
            if not page.get("NextToken"):
                return events, True
            asked["NextToken"] = page["NextToken"]
        return events, False


def change_of(event: Mapping[str, Any], services: Sequence[str]) -> Change | None:
    """The change in an event of LookupEvents; None if it changed nothing."""
    record = _record(event)
    if not _is_change(record):
        return None
    source = str(record.get("eventSource", ""))
    action = _VERSION.sub("", str(record.get("eventName", "")))
    service = billed_service(source, action)
    named = service.as_named_in(services)
    if services and named is None and not service.is_deploy:
        return None
    identity = record.get("userIdentity")
    identity = identity if isinstance(identity, Mapping) else {}
    return Change(
        at=event["EventTime"].astimezone(UTC),
        account=str(record.get("recipientAccountId") or identity.get("accountId") or ""),
        region=str(record.get("awsRegion", "")),
        service=impersonal(named or service.name),
        action=impersonal(action),
        resource=next(_resources(event, identity), ""),
        made_by=made_by(identity),
        is_deploy=service.is_deploy,
    )


def _record(event: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        record = json.loads(event.get("CloudTrailEvent") or "{}")
    except ValueError:
        return {}
    return record if isinstance(record, Mapping) else {}


def _is_change(record: Mapping[str, Any]) -> bool:
    failed = record.get("errorCode") or record.get("errorMessage")
    is_read = str(record.get("readOnly", "")).lower() == "true"
    said = record.get("eventName") and record.get("eventSource")
    return bool(said) and not failed and not is_read and record.get("eventType") != SIGN_IN


def _resources(event: Mapping[str, Any], identity: Mapping[str, Any]) -> Iterator[str]:
    for resource in event.get("Resources") or ():
        name, type_ = resource.get("ResourceName") or "", resource.get("ResourceType") or ""
        if said := resource_name(name, type_, identity):
            yield said
