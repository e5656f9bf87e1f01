# SPDX-License-Identifier: Apache-2.0
"""A failed call of AWS becomes an error of ours that says what to do and names nobody."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError

from cost_slo.adapter_kit.aws_calls import DENIED, THROTTLES, calling, client, failure, impersonal
from cost_slo.domain.errors import CostSloError, SettingsError, SourceError


def refusal(code: str, message: str = "no", status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "GetCostAndUsage")


@pytest.mark.parametrize("code", sorted(THROTTLES))
def test_a_throttle_may_be_tried_again(code: str) -> None:
    error = failure(refusal(code), "ce:GetCostAndUsage")

    assert isinstance(error, SourceError)
    assert error.retryable


@pytest.mark.parametrize("code", sorted(DENIED))
def test_a_denied_call_says_which_action_to_allow(code: str) -> None:
    said = "User: arn:aws:sts::111122223333:assumed-role/Ops/jane.doe is not authorized"

    error = failure(refusal(code, said), "ce:GetCostAndUsage")

    assert str(error) == "ce:GetCostAndUsage: AWS denied it; allow ce:GetCostAndUsage to this role"


def test_a_fault_of_the_service_may_be_tried_again() -> None:
    error = failure(refusal("InternalFailure", status=503), "dynamodb:Query")

    assert isinstance(error, SourceError)
    assert error.retryable


def test_any_other_refusal_keeps_its_code_and_its_message_without_names() -> None:
    said = "bad\nfilter for jane@example.com at https://hooks.example.com/T0/secret"

    error = failure(refusal("ValidationException", said), "ce:GetCostAndUsage")

    assert isinstance(error, SourceError)
    assert not error.retryable
    assert str(error) == (
        "ce:GetCostAndUsage: ValidationException: bad filter for [address] at [url]"
    )


def test_every_failure_of_the_client_library_is_one_of_ours() -> None:
    kinds = [
        kind
        for kind in vars(botocore.exceptions).values()
        if isinstance(kind, type) and issubclass(kind, botocore.exceptions.BotoCoreError)
    ]

    translated = [failure(kind.__new__(kind), "sns:Publish") for kind in kinds]

    assert len(kinds) > 50
    assert all(isinstance(error, CostSloError) for error in translated)


def test_missing_credentials_are_a_matter_of_the_deployment() -> None:
    with pytest.raises(SettingsError, match="set up AWS credentials"), calling("sns:Publish"):
        raise botocore.exceptions.NoCredentialsError


def test_what_the_client_says_of_an_endpoint_is_not_passed_on() -> None:
    lost = botocore.exceptions.EndpointConnectionError(endpoint_url="https://secret.example")

    with pytest.raises(SourceError) as caught, calling("sns:Publish"):
        raise lost

    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_text_is_cut_to_a_readable_length() -> None:
    assert len(impersonal("x" * 1000)) == 200


@pytest.mark.parametrize(
    ("region", "billing"),
    [
        ("eu-west-1", "us-east-1"),
        (None, "us-east-1"),
        ("cn-north-1", "cn-northwest-1"),
        ("us-gov-east-1", "us-gov-west-1"),
    ],
)
def test_cost_explorer_is_called_in_the_billing_region_of_the_partition(
    region: str | None, billing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")

    made = client("ce", region=region)

    assert made.meta.endpoint_url.startswith(f"https://ce.{billing}.amazonaws.com")
    assert made.meta.config.retries["mode"] == "standard"


@pytest.mark.parametrize(
    ("text", "passed_on"),
    [
        ("no AROAEXAMPLEROLE01:jane.doe here", "no [key] here"),
        ("no AIDAEXAMPLEUSER01, sorry", "no [key], sorry"),
        ("arn:aws:iam::111122223333:user/doe,jane is gone", "[identity] is gone"),
        ("arn:aws:iam::111122223333:user/jane, or nobody", "[identity], or nobody"),
    ],
)
def test_a_text_names_no_session_and_no_user(text: str, passed_on: str) -> None:
    assert impersonal(text) == passed_on
