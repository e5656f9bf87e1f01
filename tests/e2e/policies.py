# SPDX-License-Identifier: Apache-2.0
"""May this caller do that? moto's own question, asked the way AWS asks it.

moto signs, collects policies and evaluates statements, but it asks for the operation's name on the
resource `*`: a statement with an ARN of its own would never permit anything. So each call is
translated to the actions and resources that AWS asks for, which is in `needed`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, TypeGuard
from urllib.parse import parse_qs

from moto.core.exceptions import JsonRESTError
from moto.iam.access_control import (
    IAMPolicy,
    IAMPolicyStatement,
    IAMRequestBase,
    PermissionResult,
)
from moto.s3.models import s3_backends

from tests.e2e.instead import instead

ACCOUNT, PARTITION = "123456789012", "aws"
Needs = Iterable[tuple[str, str]]

# Services whose policies spell them otherwise than their signatures.
PREFIXES = {"monitoring": "cloudwatch"}

# What a transaction of DynamoDB is allowed by.
WRITES = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}

OBJECT_ACTIONS = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}


def needed(asked: IAMRequestBase, resource: str) -> Needs:
    """The actions and resources that AWS asks the caller's policies for."""
    service, _, operation = asked._action.partition(":")
    body = _body(asked)
    if service == "dynamodb":
        return list(_of_tables(operation, body, asked._region))
    if service == "s3":
        return list(_of_objects(operation, resource))
    if service == "cloudformation" and operation == "DescribeStacks" and "StackName" not in body:
        return [("cloudformation:ListStacks", "*"), ("cloudformation:DescribeStacks", "*")]
    action = "InvokeFunction" if operation == "Invoke" else operation
    name = _named(service, body, asked._path)
    on = f"arn:aws:{service}:{asked._region}:{ACCOUNT}:{name}" if name else resource
    return [(f"{PREFIXES.get(service, service)}:{action}", name if is_arn(name) else on)]


def _named(service: str, body: Mapping[str, Any], path: str) -> str | None:
    """The resource that a call names: an ARN, or what stands in one after the account."""
    asked = {key: str(value) for key, value in body.items()}
    names: Mapping[str, Callable[[], str]] = {
        "cloudformation": lambda: _within("stack/{}/1", asked.get("StackName", "*")),
        "lambda": lambda: f"function:{path.split('/')[3]}",
        "logs": lambda: "log-group:{logGroupName}:log-stream:{logStreamName}".format(**asked),
        "secretsmanager": lambda: _within("secret:{}-AbCdEf", asked.get("SecretId", "*")),
        "sns": lambda: asked.get("TopicArn", "*"),
        "sqs": lambda: asked.get("QueueUrl", "*").rpartition("/")[2],
    }
    return names[service]() if service in names else None


def _within(shape: str, name: str) -> str:
    return name if is_arn(name) else shape.format(name)


def is_arn(name: str | None) -> TypeGuard[str]:
    """Whether a resource is named whole."""
    return name is not None and name.startswith("arn:")


def _of_tables(operation: str, body: Mapping[str, Any], region: str) -> Iterator[tuple[str, str]]:
    table = f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/"
    if operation == "TransactWriteItems":
        for item in body["TransactItems"]:
            for kind, write in item.items():
                yield f"dynamodb:{WRITES[kind]}", table + write["TableName"]
    else:
        index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
        yield f"dynamodb:{operation}", f"{table}{body.get('TableName', '*')}{index}"


def _of_objects(operation: str, resource: str) -> Iterator[tuple[str, str]]:
    bucket, _, key = resource.rpartition(":::")[2].partition("/")
    action = OBJECT_ACTIONS.get(operation, operation)
    yield f"s3:{action}", resource
    if action == "GetObject" and not _exists(bucket, key):
        yield "s3:ListBucket", f"arn:aws:s3:::{bucket}"  # else S3 says "denied", not "absent"


def _exists(bucket: str, key: str) -> bool:
    held = s3_backends[ACCOUNT][PARTITION].buckets.get(bucket)
    return held is None or key in held.keys


def _body(asked: IAMRequestBase) -> Mapping[str, Any]:
    text = (asked._body or b"").decode(errors="replace")
    if text.startswith("{"):
        return dict(json.loads(text))
    form = asked._data or parse_qs(text)
    return {key: held[0] if isinstance(held, list) else held for key, held in form.items()}


class Lines:
    """A file that gets a line of JSON each time."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()

    def add(self, *told: object) -> None:
        with self._lock, self._path.open("a") as log:
            log.write(f"{json.dumps(told)}\n")


def checking(questions: Lines) -> Callable[[IAMRequestBase, str], None]:
    """What takes the place of moto's question."""

    def check_action_permitted(self: IAMRequestBase, resource: str) -> None:
        if self._action == "sts:GetCallerIdentity":
            return
        policies = [IAMPolicy(_text(each)) for each in self._access_key.collect_policies()]
        principal = self._access_key.arn
        for action, on in needed(self, resource):
            said = [policy.is_action_permitted(action, on) for policy in policies]
            is_denied = PermissionResult.DENIED in said
            permitted = PermissionResult.PERMITTED in said and not is_denied
            questions.add(principal, action, on, permitted)
            if not permitted:
                _deny(self, action)

    return check_action_permitted


def _text(policy: Any) -> Any:
    """moto's CloudFormation keeps a role's own policies parsed, and cannot read them back."""
    return json.dumps(policy) if isinstance(policy, dict) and "Statement" in policy else policy


def _deny(asked: IAMRequestBase, action: str) -> None:
    """As AWS says it, in the form that the caller's protocol reads."""
    if asked._headers.get("X-Amz-Target"):
        said = f"{asked._access_key.arn} is not authorized to perform: {action}"
        raise JsonRESTError("AccessDeniedException", said)
    asked._raise_access_denied()


def matches(pattern: str, text: str) -> re.Match[str] | None:
    """Whether a policy's pattern, with its `*` and `?`, is the text; moto knows no `?`."""
    wild = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(wild, text)


def signed(check: Callable[[IAMRequestBase], None]) -> Callable[[IAMRequestBase], None]:
    """What takes the place of moto's check of signatures, which an Invoke without a body fails."""

    def check_signature(self: IAMRequestBase) -> None:
        if self._service != "lambda":
            check(self)

    return check_signature


def ask_policies(log: Path) -> None:
    """From now on each call is held against its caller's policies, once moto enforces them.

    Each question gets a line in the log: principal, action, resource, permitted.
    """
    instead(IAMRequestBase, "check_action_permitted", checking(Lines(log)))
    instead(IAMRequestBase, "check_signature", signed(IAMRequestBase.check_signature))
    instead(IAMPolicyStatement, "_match", staticmethod(matches))
