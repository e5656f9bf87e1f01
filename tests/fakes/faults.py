# SPDX-License-Identifier: Apache-2.0
"""Which call of which client goes wrong, and how? Clients that fail where a test says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError


class Fault(StrEnum):
    """What can happen at a call, before it has its effect or after."""

    FAIL_BEFORE = "fails before its effect"
    FAIL_AFTER = "fails after its effect"
    THROTTLE = "is throttled"
    KILL_BEFORE = "the process dies before it"
    KILL_AFTER = "the process dies after it"


class Killed(BaseException):
    """The process is gone: nothing catches this."""


@dataclass
class Faults:
    """Counts the calls of all its clients; the one numbered `at` goes wrong, once."""

    make: Callable[..., Any]
    at: int | None = None
    fault: Fault = Fault.FAIL_BEFORE
    calls: list[str] = field(default_factory=list)

    def client(self, service: str, *, region: str | None = None) -> Any:
        """A client of a service whose calls are counted."""
        return _Client(self, service, self.make(service, region=region))

    def called(self, name: str, call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Make a call, or what is to happen instead of it."""
        self.calls.append(name)
        if len(self.calls) - 1 != self.at:
            return call(**arguments)
        if self.fault is Fault.KILL_BEFORE:
            raise Killed(name)
        if self.fault in (Fault.FAIL_AFTER, Fault.KILL_AFTER):
            call(**arguments)
        if self.fault is Fault.KILL_AFTER:
            raise Killed(name)
        raise _refusal(name, self.fault)


class _Client:
    """Passes everything through but the calls."""

    def __init__(self, faults: Faults, service: str, real: Any) -> None:
        self._faults, self._service, self._real = faults, service, real

    def get_paginator(self, name: str) -> Any:
        """Pages whose calls are counted, too."""
        paginator = self._real.get_paginator(name)
        paginator._method = getattr(self, name)
        return paginator

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name not in self._real.meta.method_to_api_mapping:
            return found
        operation = self._real.meta.method_to_api_mapping[name]
        return lambda **arguments: self._faults.called(
            f"{self._service}:{operation}", found, arguments
        )


def _refusal(name: str, fault: Fault) -> ClientError:
    code, status = (
        ("ThrottlingException", 400) if fault is Fault.THROTTLE else ("InternalError", 500)
    )
    answer: Any = {
        "Error": {"Code": code, "Message": f"{name} did not work"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, name.partition(":")[2])
