# SPDX-License-Identifier: Apache-2.0
"""Whose credentials are these, and what is their account in its organization?"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.domain.doctor.account import Identity, Membership
from cost_slo.domain.errors import SettingsError

# Where STS answers callers who have set up no region.
NO_REGION = "aws-global"

WHO = "sts:GetCallerIdentity"
INVALID = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_ALONE = "AWSOrganizationsNotInUseException"


def fetch_identity(client: Any) -> Identity:  # noqa: ANN401  no type of STS is installed
    """The account, and the region set up. Raises SettingsError for credentials that are no good.

    The caller's own name, which may be a person's, is not kept.
    """
    with calling(WHO):
        try:
            found = client.get_caller_identity()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in INVALID:
                message = f"{WHO}: {code}; set up AWS credentials that are valid today"
                raise SettingsError(message) from None
            raise
    region = client.meta.region_name
    return Identity(found["Account"], None if region == NO_REGION else region)


def fetch_membership(client: Any, account: str) -> Membership:  # noqa: ANN401  the same
    """What an account is in its organization. Raises SourceError."""
    with calling("organizations:DescribeOrganization"):
        try:
            found = client.describe_organization()["Organization"]
        except ClientError as error:
            if error.response["Error"]["Code"] == _ALONE:
                return Membership.ALONE
            raise
    return Membership.PAYER if found["MasterAccountId"] == account else Membership.MEMBER
