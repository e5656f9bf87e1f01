# SPDX-License-Identifier: Apache-2.0
"""An account to deploy to: a server of its own, and what its callers were asked for."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import Request, urlopen

import boto3

from tests.e2e import account_server, policies

ROOT = Path(__file__).parents[2]
ACCOUNT, REGION = policies.ACCOUNT, "us-east-1"
DUMMY = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
ANYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
PATIENCE = 30.0


class Question(NamedTuple):
    """May this role do that?"""

    principal: str
    action: str
    resource: str
    permitted: bool

    @property
    def role(self) -> str:
        """The role's name; the user's where a user asked."""
        return self.principal.split("/")[1]


class Mail(NamedTuple):
    """A mail that a topic sent."""

    to: str
    subject: str
    text: str


@dataclass
class Account:
    """Clients of an administrator, and the questions asked of everybody's policies."""

    url: str
    folder: Path
    administrator: Mapping[str, str] = field(default_factory=lambda: DUMMY)

    def client(self, service: str, keys: Mapping[str, str] | None = None) -> Any:
        """A client of a service, with the administrator's keys or those given."""
        keys = keys or self.administrator
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=keys.get("AWS_SESSION_TOKEN"),
        )

    def questions(self) -> list[Question]:
        """Every question since the last were forgotten."""
        return [Question(*told) for told in self._told("questions.jsonl")]

    def forget_questions(self) -> None:
        """Start from none."""
        (self.folder / "questions.jsonl").unlink(missing_ok=True)

    def mail(self) -> list[Mail]:
        """All mail that topics sent."""
        return [Mail(*told) for told in self._told("mail.jsonl")]

    def _told(self, name: str) -> list[list[Any]]:
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def set_clock(self, at: datetime) -> None:
        """Stacks are deployed at this instant from now on."""
        (self.folder / "clock").write_text(at.astimezone(UTC).replace(tzinfo=None).isoformat())

    def credentials(self, role_arn: str) -> dict[str, str]:
        """Those of a role, as the Lambda service gives them to a function."""
        found = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="function")
        given = found["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Every call is held against its caller's policies."""
        self._unchecked_calls("0")
        try:
            yield
        finally:
            self._unchecked_calls("inf")

    def _unchecked_calls(self, count: str) -> None:
        _post(f"{self.url}/moto-api/reset-auth", count, "text/plain")


@contextmanager
def account(folder: Path, cost_explorer: str, at: datetime) -> Iterator[Account]:
    """A running account with nothing in it but its administrator."""
    port, opened = _free_port(), Account("", folder)
    opened.set_clock(at)
    opened.url = f"http://localhost:{port}"
    command = [sys.executable, account_server.__file__, str(port), str(folder), cost_explorer]
    with (folder / "account.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=_server_environment(port))
    try:
        _wait_for(opened.url, server)
        _configure(opened)
        opened.administrator = _administrator(opened)
        yield opened
    finally:
        server.terminate()
        server.wait()


def _server_environment(port: int) -> dict[str, str]:
    return {**os.environ, **DUMMY, "PYTHONPATH": str(ROOT), "MOTO_PORT": str(port)}


def _configure(opened: Account) -> None:
    """moto runs no function: this machine has no Docker, and the test runs them itself."""
    simple = json.dumps({"lambda": {"use_docker": False}})
    _post(f"{opened.url}/moto-api/config", simple, "application/json")


def _post(url: str, body: str, kind: str) -> None:
    urlopen(Request(url, data=body.encode(), headers={"Content-Type": kind})).close()


def _administrator(opened: Account) -> dict[str, str]:
    iam = opened.client("iam")
    iam.create_user(UserName="administrator")
    iam.put_user_policy(
        UserName="administrator", PolicyName="all", PolicyDocument=json.dumps(ANYTHING)
    )
    key = iam.create_access_key(UserName="administrator")["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(f"{url}/moto-api/config").close()
        except URLError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
