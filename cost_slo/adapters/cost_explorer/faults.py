# SPDX-License-Identifier: Apache-2.0
"""What does a refusal of Cost Explorer mean, and what can be done?"""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError

from cost_slo.adapter_kit.aws_calls import THROTTLES, failure, impersonal
from cost_slo.domain.errors import CostSloError, SourceError

Failure = ClientError | BotoCoreError

# Codes after which a request starts again from its first page, and how often.
FROM_THE_START = {
    "BillExpirationException": 1,
    "InvalidNextTokenException": 3,
    "RequestChangedException": 3,
}

NOT_YET = "DataUnavailableException"

# Parts of ValidationException messages, and what to do.
ADVICE = {
    "beyond the past 14 months": "it knows the days of 14 months; ask for later ones",
    "should be before end date": "the period has no day; ask from a day before its end",
    "must be before requested End": "the period has no day; ask from a day before its end",
    "past the beginning of next month": "ask for no day after this month; is --as-of to come?",
    "more than one roots": "a filter has one root; report this as a defect of cost-slo",
}


def code_of(error: Failure) -> str:
    """The code of a refusal, "" if AWS did not answer."""
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))


def text_of(error: Failure) -> str:
    """The message of AWS, without names."""
    said = error.response.get("Error", {}) if isinstance(error, ClientError) else {}
    return impersonal(str(said.get("Message", "")))


def is_throttle(error: Failure) -> bool:
    """Whether AWS asks to slow down."""
    return code_of(error) in THROTTLES


def may_be_paid(error: Failure) -> bool:
    """Whether AWS may have sent an answer that was lost, and charges for it; a refusal is free."""
    return isinstance(error, ReadTimeoutError | ConnectionClosedError)


def translated(error: Failure, operation: str, asked: str) -> CostSloError:
    """The error to raise; `asked` names the days."""
    code, said = code_of(error), text_of(error)
    if code in FROM_THE_START:
        message = f"{operation} of {asked} was asked again and again and not answered to the end"
        return SourceError(f"{message} ({code}); the next run tries again", retryable=True)
    if code == NOT_YET:
        message = f"Cost Explorer has no data for {asked} ({said or code})"
        advice = "a day passes until an account that is new to it can be asked"
        return SourceError(f"{message}; {advice}", retryable=True)
    for part, advice in ADVICE.items():
        if part in said:
            return SourceError(f"{operation} refuses {asked} ({said}); {advice}")
    return failure(error, operation)
