# SPDX-License-Identifier: Apache-2.0
"""Which services may encrypt with a key?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.adapters.account.policies import listed
from cost_slo.domain.errors import SourceError

ENCRYPTS = frozenset({"kms:decrypt", "kms:generatedatakey"})


def fetch_key_services(client: Any, key: str) -> frozenset[str] | None:  # noqa: ANN401  no stubs of KMS here
    """The services that a key's policy lets encrypt what they publish; None if it cannot be read.

    `key` is an id, an ARN or an alias. Statements that deny and conditions are left out.
    """
    try:
        with calling("kms:DescribeKey"):
            arn = client.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
        with calling("kms:GetKeyPolicy"):
            policy = json.loads(client.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    except SourceError:
        return None
    allowing = [each for each in listed(policy.get("Statement")) if each.get("Effect") == "Allow"]
    services = {service for each in allowing for service in _services(each)}
    return frozenset(
        service
        for service in services
        if {action for each in allowing for action in _allowed(each, service)} == ENCRYPTS
    )


def _services(statement: Mapping[str, Any]) -> Iterable[str]:
    principal = statement.get("Principal")
    return listed(principal.get("Service")) if isinstance(principal, dict) else ()


def _allowed(statement: Mapping[str, Any], service: str) -> set[str]:
    """The actions on a key that a statement allows a service."""
    if service not in _services(statement):
        return set()
    patterns = [str(action).lower() for action in listed(statement.get("Action"))]
    return {it for it in ENCRYPTS if any(fnmatchcase(it, pattern) for pattern in patterns)}
