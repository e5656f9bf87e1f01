# SPDX-License-Identifier: Apache-2.0
"""Calls of a fake Cost Explorer: through the SDK, as other people's programs call it."""

import functools
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from cost_slo.testing.fake_cost_explorer import FakeCostExplorer

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

SEPTEMBER: Any = {"Start": "2026-09-01", "End": "2026-10-01"}
ONE_TRY = Config(retries={"mode": "standard", "total_max_attempts": 1})


@functools.cache
def _session() -> boto3.Session:
    return boto3.Session("a-key", "a-secret", region_name="us-east-1")


def client(fake: FakeCostExplorer, config: Config = ONE_TRY) -> "CostExplorerClient":
    """An SDK client that tries once, unless configured otherwise."""
    return _client(fake.url, config)


@functools.lru_cache(8)
def _client(url: str, config: Config) -> "CostExplorerClient":
    return _session().client("ce", endpoint_url=url, config=config)


def costs(fake: FakeCostExplorer, **changes: Any) -> dict[str, Any]:
    """GetCostAndUsage of September's days, unblended, with changes."""
    asked = {
        "TimePeriod": SEPTEMBER,
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        **changes,
    }
    return {**client(fake).get_cost_and_usage(**asked)}


def amounts(answer: Mapping[str, Any], metric: str = "UnblendedCost") -> dict[Any, str]:
    """The amounts of an answer by start and keys; a total has its start alone."""
    found: dict[Any, str] = {}
    for period in answer["ResultsByTime"]:
        start = period["TimePeriod"]["Start"]
        if period["Total"]:
            found[start] = period["Total"][metric]["Amount"]
        for group in period["Groups"]:
            found[start, *group["Keys"]] = group["Metrics"][metric]["Amount"]
    return found


def refusal(fake: FakeCostExplorer, **changes: Any) -> tuple[str, str]:
    """The code and text that a request for costs is refused with."""
    try:
        costs(fake, **changes)
    except ClientError as error:
        return code_and_text(error)
    raise AssertionError("was answered")


def code_and_text(error: ClientError) -> tuple[str, str]:
    """What an SDK read of an error."""
    return error.response["Error"]["Code"], error.response["Error"]["Message"]


def raw(
    fake: FakeCostExplorer | str, operation: str, request: object
) -> tuple[int, dict[str, Any]]:
    """Status and body of a call without an SDK: nothing checked before, nothing left out after."""
    call = urllib.request.Request(
        fake if isinstance(fake, str) else fake.url,
        json.dumps(request).encode(),
        {"X-Amz-Target": f"AWSInsightsIndexService.{operation}"},
    )
    try:
        with urllib.request.urlopen(call) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
