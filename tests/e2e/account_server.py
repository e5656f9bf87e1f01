# SPDX-License-Identifier: Apache-2.0
"""An AWS account on a port, that asks the caller's own role before it answers.

moto signs, collects policies and evaluates statements, but it asks for the operation's name on the
resource `*`: a statement with an ARN of its own would never permit anything. So each call is
translated to what AWS asks for, which is in `needed`; every question is written to a file. What
moto does not have is answered here: Cost Explorer by the fake, CloudTrail by no events.

Run as `account_server.py PORT FOLDER COST_EXPLORER_URL`. In the folder: `questions.jsonl` is what was
asked of policies, `mail.jsonl` the mail that topics sent, `clock` the instant at which stacks are
deployed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

from moto.cloudformation import models as cloudformation
from moto.core.exceptions import JsonRESTError
from moto.iam.access_control import (
    IAMPolicy,
    IAMPolicyStatement,
    IAMRequest,
    IAMRequestBase,
    PermissionResult,
)
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.models import s3_backends
from moto.sns.models import Subscription
from werkzeug.serving import run_simple

from tests.e2e.change_sets import say_not_found
from tests.e2e.placeholders import stand_in
from tests.e2e.transactions import copy_less

ACCOUNT, PARTITION = "123456789012", "aws"
Needs = Iterable[tuple[str, str]]

PREFIXES = {"monitoring": "cloudwatch"}
"""Services whose policies spell them otherwise than their signatures."""

WRITES = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
"""What a transaction of DynamoDB is allowed by."""

OBJECT_ACTIONS = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}


def needed(asked: IAMRequestBase, resource: str) -> Needs:
    """The actions and resources that AWS asks the caller's policies for."""
    service, _, operation = asked._action.partition(":")
    body = _body(asked)
    if service == "dynamodb":
        return list(_of_tables(operation, body, asked._region))
    if service == "s3":
        return list(_of_objects(operation, resource))
    if service == "sns" and operation == "Publish":
        return [("sns:Publish", body["TopicArn"])]
    if service == "secretsmanager":
        return [(f"secretsmanager:{operation}", _secret(body["SecretId"], asked._region))]
    if service == "sqs":
        name = str(body.get("QueueUrl", "*")).rpartition("/")[2]
        return [(f"sqs:{operation}", f"arn:aws:sqs:{asked._region}:{ACCOUNT}:{name}")]
    if service == "logs":
        group = f"arn:aws:logs:{asked._region}:{ACCOUNT}:log-group:{body.get('logGroupName')}"
        return [(f"logs:{operation}", f"{group}:log-stream:{body.get('logStreamName')}")]
    if service == "lambda":
        name = asked._path.split("/")[3]
        function = f"arn:aws:lambda:{asked._region}:{ACCOUNT}:function:{name}"
        action = "InvokeFunction" if operation == "Invoke" else operation
        return [(f"lambda:{action}", function)]
    if service == "cloudformation" and operation == "DescribeStacks" and "StackName" not in body:
        return [("cloudformation:ListStacks", "*"), ("cloudformation:DescribeStacks", "*")]
    if service == "cloudformation":
        return [(f"cloudformation:{operation}", _stack(body.get("StackName"), asked._region))]
    return [(f"{PREFIXES.get(service, service)}:{operation}", resource)]


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


def _secret(named: str, region: str) -> str:
    if named.startswith("arn:"):
        return named
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{named}-AbCdEf"


def _stack(named: str | None, region: str) -> str:
    if named is None:
        return "*"
    is_arn = named.startswith("arn:")
    return named if is_arn else f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{named}/1"


def _body(asked: IAMRequestBase) -> Mapping[str, Any]:
    raw = asked._body or b""
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
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


class Elsewhere:
    """In front of moto: the services that it does not have."""

    def __init__(self, moto: Any, cost_explorer: str) -> None:
        self._moto, self._cost_explorer = moto, cost_explorer

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
        service = scope[3] if len(scope) > 3 else ""
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if service != "ce" and not target.endswith("LookupEvents"):
            return self._moto(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        try:
            _authorise(environ, body, target.rpartition(".")[2])
            status, answer = self._ask(target, body) if service == "ce" else (200, b'{"Events":[]}')
        except JsonRESTError as denied:
            status, answer = 400, str(denied.description).encode()
        start_response(f"{status} ANSWERED", [("Content-Type", "application/x-amz-json-1.1")])
        return [answer]

    def _ask(self, target: str, body: bytes) -> tuple[int, bytes]:
        call = Request(self._cost_explorer, data=body, headers={"X-Amz-Target": target})
        try:
            with urlopen(call, timeout=60) as answered:
                return 200, answered.read()
        except HTTPError as refused:
            return refused.code, refused.read()


def _authorise(environ: Mapping[str, Any], body: bytes, operation: str) -> None:
    from moto import settings  # noqa: PLC0415  the value changes while the server runs

    if settings.INITIAL_NO_AUTH_ACTION_COUNT == float("inf"):
        return
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").title(): value
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    headers["Content-Type"] = environ.get("CONTENT_TYPE", "")
    asked = IAMRequest(
        account_id=ACCOUNT,
        method="POST",
        path=environ["PATH_INFO"],
        data={},
        body=body,
        headers=headers,
        action=operation,
    )
    asked.check_signature()
    asked.check_action_permitted("*")


def signed(check: Callable[[IAMRequestBase], None]) -> Callable[[IAMRequestBase], None]:
    """What takes the place of moto's check of signatures, which an Invoke without a body fails."""

    def check_signature(self: IAMRequestBase) -> None:
        if self._service != "lambda":
            check(self)

    return check_signature


def mailing(mail: Lines) -> Callable[..., None]:
    """What takes the place of moto's delivery, which forgets e-mail."""
    deliver = Subscription.publish

    def publish(self: Subscription, message: str, message_id: str, **told: Any) -> None:
        if self.protocol == "email":
            by_protocol = told.get("message_structure") == "json"
            text = json.loads(message).get("email") if by_protocol else message
            mail.add(self.endpoint, told.get("subject"), text)
        else:
            deliver(self, message, message_id, **told)

    return publish


def main(port: str, folder: str, cost_explorer: str) -> None:
    """Serve until killed."""
    room = Path(folder)
    clock = room / "clock"
    cloudformation.utcnow = lambda: datetime.fromisoformat(clock.read_text())
    IAMRequestBase.check_action_permitted = checking(Lines(room / "questions.jsonl"))  # type: ignore[method-assign]
    stand_in()
    copy_less()
    say_not_found()
    Subscription.publish = mailing(Lines(room / "mail.jsonl"))  # type: ignore[method-assign]
    IAMRequestBase.check_signature = signed(IAMRequestBase.check_signature)  # type: ignore[method-assign]
    IAMPolicyStatement._match = staticmethod(matches)  # type: ignore[method-assign]
    moto = DomainDispatcherApplication(create_backend_app)
    run_simple(
        "127.0.0.1",
        int(port),
        Elsewhere(moto, cost_explorer),
        threaded=True,
        request_handler=MotoRequestHandler,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
