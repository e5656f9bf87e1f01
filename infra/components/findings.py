# SPDX-License-Identifier: Apache-2.0
"""Accepted findings of the security checks, each with its reason beside the resource.

cdk-nag reads the reasons during synthesis; checkov reads them in the template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Acknowledgment, CfnResource, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import IConstruct

# The prefix of checkov's rule ids.
CHECKOV = "CKV"


def accept_finding(resource: IConstruct, *rules: str, because: str) -> None:
    """Accept the findings of rules about one resource, with a reason."""
    for rule in rules:
        if rule.startswith(CHECKOV):
            _skip(resource, rule, because)
        else:
            Validations.of(resource).acknowledge(Acknowledgment(id=rule, reason=because))


def _skip(resource: IConstruct, rule: str, because: str) -> None:
    written = resource.node.default_child
    if not isinstance(written, CfnResource):
        raise TypeError(f"{resource.node.path} is not a single resource of the template")
    before = written.get_metadata("checkov") or {"skip": []}
    skip = [*before["skip"], {"id": rule, "comment": because}]
    written.add_metadata("checkov", {"skip": skip})


def accept_patterns(
    role: iam.Role, statements: Sequence[iam.PolicyStatement], reasons: Mapping[str, str]
) -> None:
    """Accept each `*` in a role's resources; `reasons` by action.

    Raises KeyError for an action without a reason.
    """
    for statement in statements:
        for resource in statement.resources:
            written = _written(Stack.of(role).resolve(resource))
            if "*" in written:
                because = " ".join(dict.fromkeys(reasons[action] for action in statement.actions))
                accept_finding(role, f"AwsSolutions-IAM5[Resource::{written}]", because=because)


def _written(resource: Any) -> str:  # noqa: ANN401  a value of a template
    """A resource as the checks spell it: `<Bucket.Arn>/narratives/*`."""
    match resource:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_written, parts))
        case _:
            return str(resource)
