# SPDX-License-Identifier: Apache-2.0
"""Deployed functions, run: their own code, environment and role, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from tests.e2e.account import REGION, Account
from tests.e2e.deployment import Stack

WORKER = Path(__file__).with_name("worker.py")
GRANTED = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass(frozen=True)
class Answer:
    """What came of an invocation."""

    returned: Any
    raised: str | None
    printed: str

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The lines in the embedded metric format."""
        lines = [json.loads(line) for line in self.printed.splitlines() if line.startswith("{")]
        return [line for line in lines if "_aws" in line]


class Function:
    """One function's process."""

    _requests = count(1)

    def __init__(self, account: Account, stack: Stack, logical: str, unpacked: Path) -> None:
        properties = stack.resources[logical]["Properties"]
        self.name = stack.physical[logical]
        self.account, self.stack, self.properties = account, stack, properties
        self.role = stack.resolved(properties["Role"])
        self.role_name = self.role.rpartition("/")[2]
        self.keys = account.credentials(self.role)
        self.environment = stack.resolved(properties.get("Environment", {}).get("Variables", {}))
        self.folder = unpacked
        self._clients: dict[str, Any] = {}
        self._errors = (account.folder / f"{self.name}.log").open("w+")
        self._process = subprocess.Popen(
            [
                getattr(sys, "_base_executable", sys.executable),
                *("-I", "-S", "-B", str(WORKER), str(unpacked), properties["Handler"]),
            ],
            cwd=unpacked,
            env=self._variables(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def __call__(self, event: Mapping[str, Any], at: datetime) -> Answer:
        """Invoke it; what it prints goes to its log group, with its own role."""
        request = f"request-{next(self._requests)}"
        asked = json.dumps({"event": event, "at": at.isoformat(), "request": request})
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{asked}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            said = Path(self._errors.name).read_text()
            raise AssertionError(f"{self.name} ended: {said}")
        answered = json.loads(line)
        self._log(request, answered["printed"])
        return Answer(answered.get("returned"), answered.get("raised"), answered["printed"])

    def _log(self, request: str, printed: str) -> None:
        """What the Lambda service does with what is printed, as the function's role."""
        group = self.stack.resolved(self.properties["LoggingConfig"]["LogGroup"])
        logs, now = self.client("logs"), int(time.time() * 1000)
        logs.create_log_stream(logGroupName=group, logStreamName=request)
        logs.put_log_events(
            logGroupName=group,
            logStreamName=request,
            logEvents=[{"timestamp": now, "message": f"END RequestId: {request}\n{printed}"}],
        )

    def client(self, service: str) -> Any:
        """A client with the function's own role."""
        if service not in self._clients:
            self._clients[service] = self.account.client(service, self.keys)
        return self._clients[service]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def _variables(self) -> dict[str, str]:
        url = self.account.url
        assert urlparse(url).hostname == "localhost"
        given = {key: str(value) for key, value in self.environment.items()}
        return {
            **given,
            **GRANTED,
            **self.keys,
            "AWS_ENDPOINT_URL": url,
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "LAMBDA_TASK_ROOT": str(self.folder),
            "POWERTOOLS_TRACE_DISABLED": "true",
        }


@contextmanager
def running(
    account: Account, stack: Stack, folder: Path, *, role: str | None = None
) -> Iterator[dict[str, Function]]:
    """Every function of a stack, or of a role, whose code is ours, by the name of its module."""
    made: dict[str, Function] = {}
    try:
        for logical, resource in stack.of_type("AWS::Lambda::Function").items():
            handler = resource["Properties"]["Handler"]
            is_meant = role in (None, stack.resolved(resource["Properties"]["Role"]))
            if handler.startswith("lambdas.") and is_meant:
                unpacked = stack.unpacked(logical, folder)
                made[handler.split(".")[1]] = Function(account, stack, logical, unpacked)
        yield made
    finally:
        for each in made.values():
            each.close()
