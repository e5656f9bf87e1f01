# SPDX-License-Identifier: Apache-2.0
"""How the AWS adapters make calls, and the errors of calls that fail.

What AWS answers may name people: e-mail addresses, user and session names. None of that is passed
on; an error keeps the operation, the code and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cost_slo.domain.errors import CostSloError, SettingsError, SourceError

# Set explicitly, because older botocore defaults do not retry Cost Explorer throttling.
CALLS = Config(
    retries={"mode": "standard", "max_attempts": 5},
    connect_timeout=5,
    read_timeout=60,
    user_agent_extra="cost-slo",
)

# Where Cost Explorer lives in each partition; us-east-1 in any other.
BILLING_REGIONS = {"aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}

THROTTLES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
)
NOT_ENABLED = "not enabled for cost explorer"
SERVER_ERROR = 500
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_IDENTITY = re.compile(r"arn:aws[\w-]*:(?:sts|iam)::\d{12}:(?:[^\s\"',]|,(?=\S))+")
# An access key or a principal, which a role's session may follow after a colon.
_KEY = re.compile(
    r"\b(?:A3T[A-Z0-9]|AKIA|ASIA|AROA|AIDA|ABIA|ACCA|AGPA|ANPA)[A-Z0-9]{8,}(?::[^\s\"']+)?"
)
_URL = re.compile(r"https?://\S+")
_NOT_PASSED_ON = {_URL: "[url]", _IDENTITY: "[identity]", _EMAIL: "[address]", _KEY: "[key]"}
_LONGEST = 200


def client(service: str, *, region: str | None = None) -> Any:  # noqa: ANN401  one type a service
    """A client of a service; Cost Explorer's is in the partition's billing region.

    Raises SettingsError where no region is set up.
    """
    import boto3  # noqa: PLC0415  an adapter's tests bring their own clients

    with calling(service):
        session = boto3.Session()
        if service == "ce":
            home = region or session.region_name or "us-east-1"
            partition = session.get_partition_for_region(home)
            region = BILLING_REGIONS.get(partition, "us-east-1")
        return session.client(service, region_name=region, config=CALLS)  # type: ignore[call-overload]


@contextmanager
def calling(operation: str) -> Iterator[None]:
    """Translate what a call of an operation raises, such as `ce:GetCostAndUsage`."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise failure(error, operation) from None


def failure(error: ClientError | BotoCoreError, operation: str) -> CostSloError:
    """The error for a failed call; its text names no person."""
    if not isinstance(error, ClientError):
        said = type(error).__name__
        is_set_up = "Credentials" not in said and "Region" not in said and "Profile" not in said
        if not is_set_up:
            return SettingsError(f"{operation}: {said}; set up AWS credentials and a region")
        return SourceError(f"{operation}: no answer from AWS ({said})", retryable=True)
    code = str(error.response.get("Error", {}).get("Code", "Unknown"))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in DENIED:
        return _denied(error, operation)
    if code in THROTTLES:
        return SourceError(f"{operation}: AWS asks to slow down ({code})", retryable=True)
    if status >= SERVER_ERROR:
        return SourceError(f"{operation}: AWS failed ({code}, {status})", retryable=True)
    message = impersonal(str(error.response.get("Error", {}).get("Message", "")))
    return SourceError(f"{operation}: {code}: {message}")


def _denied(error: ClientError, operation: str) -> SourceError:
    if NOT_ENABLED in str(error.response["Error"].get("Message", "")).lower():
        return SourceError(
            f"{operation}: Cost Explorer is not enabled here; enable it in the Billing console of "
            "the payer account, let member accounts use it there, and wait a day"
        )
    return SourceError(f"{operation}: AWS denied it; allow {operation} to this role")


def impersonal(text: str) -> str:
    """The text without addresses, identities, keys and URLs, on one line of bounded length."""
    for pattern, word in _NOT_PASSED_ON.items():
        text = pattern.sub(word, text)
    return " ".join(text.split())[:_LONGEST]
