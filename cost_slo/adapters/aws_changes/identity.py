# SPDX-License-Identifier: Apache-2.0
"""Which role, pipeline or service made a change? Never which person.

Of a CloudTrail `userIdentity` the kind and the role's name are kept; user names, session names,
principals and keys are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cost_slo.adapter_kit.aws_calls import impersonal

_UNKNOWN = "somebody unknown"
_KINDS = {
    "Root": "the root user",
    "IAMUser": "an IAM user",
    "FederatedUser": "a federated user",
    "SAMLUser": "a federated user",
    "WebIdentityUser": "a federated user",
    "IdentityCenterUser": "an SSO user",
    "Directory": "a directory user",
    "AWSAccount": "another AWS account",
    "AWSService": "an AWS service",
}
# Resources that are people, or that are named after them.
PERSONAL_TYPES = (
    "AWS::Cognito",
    "AWS::IAM::AccessKey",
    "AWS::IAM::User",
    "AWS::IdentityStore",
    "AWS::SES",
    "AWS::SSO",
    "AWS::STS",
)
# Minimum length of a name to redact; shorter ones match too many resource names.
LEAST_LENGTH = 3
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?")
_ROLE = re.compile(r":assumed-role/([^/]+)/")
_SSO = re.compile(r"AWSReservedSSO_(.+)_[0-9a-z]{16}")
_KEPT = frozenset({"type", "accountId", "invokedBy", "mfaAuthenticated", "creationDate"})
_ADDRESSEE = re.compile(r"([^\s/:@]+)@")
_WORDS = re.compile(r"[/:@]")


def made_by(identity: Mapping[str, Any]) -> str:
    """The role, service or kind of user that acted."""
    kind = str(identity.get("type", ""))
    service = str(identity.get("invokedBy", ""))
    if kind in ("AWSService", "Root") and _SERVICE.fullmatch(service):
        return service
    if kind == "AssumedRole":
        role = _role(identity)
        is_personal = any(name in role.casefold() for name in _addressees(identity))
        return "a role" if is_personal else role_in_words(role)
    return _KINDS.get(kind, _UNKNOWN)


def role_in_words(name: str) -> str:
    """A role by its name; by its permission set if SSO made it."""
    if not name:
        return "a role"
    reserved = _SSO.fullmatch(name)
    said = f"SSO role {reserved[1]}" if reserved else f"role {name}"
    return impersonal(said)


def resource_name(name: str, type_: str, identity: Mapping[str, Any]) -> str:
    """What was changed; empty where its name may be that of a person."""
    if type_.startswith(PERSONAL_TYPES) or impersonal(name) != name:
        return ""
    role, said = _role(identity).casefold(), name.casefold()
    is_personal = any(word in said for word in personal_words(identity) if word != role)
    return "" if is_personal else name


def personal_words(identity: Mapping[str, Any]) -> frozenset[str]:
    """The words that name the person in an identity, folded; they are never passed on."""
    words = {
        word.casefold()
        for text in _texts(identity)
        for word in (text, *_WORDS.split(text)[-2:])
        if len(word) >= LEAST_LENGTH
    }
    account = str(identity.get("accountId", ""))
    return frozenset(words - {account, "root", "user", "role", "assumed-role"})


def _addressees(identity: Mapping[str, Any]) -> Iterator[str]:
    """The local parts of the e-mail addresses in an identity."""
    found = (_ADDRESSEE.findall(text) for text in _texts(identity))
    return (name.casefold() for names in found for name in names if len(name) >= LEAST_LENGTH)


def _role(identity: Mapping[str, Any]) -> str:
    """The role's own name, from its issuer or from the session's ARN."""
    issuer = _mapping(_mapping(identity.get("sessionContext")).get("sessionIssuer"))
    if issuer.get("type") == "Role" and issuer.get("userName"):
        return str(issuer["userName"])
    found = _ROLE.search(str(identity.get("arn", "")))
    return found[1] if found else ""


def _texts(identity: Mapping[str, Any]) -> Iterator[str]:
    for key, value in identity.items():
        if isinstance(value, Mapping):
            if key != "sessionIssuer":
                yield from _texts(value)
        elif isinstance(value, str) and key not in _KEPT:
            yield value


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
