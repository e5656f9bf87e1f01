# SPDX-License-Identifier: Apache-2.0
"""A Cost Explorer to test against: its clock, its calls, its failures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from os import PathLike, fspath
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from cost_slo.testing.fake_cost_explorer.account import AccountState
from cost_slo.testing.fake_cost_explorer.arrival import Arrival
from cost_slo.testing.fake_cost_explorer.bill import Bill
from cost_slo.testing.fake_cost_explorer.constraints import check
from cost_slo.testing.fake_cost_explorer.faults import Fault, Faults
from cost_slo.testing.fake_cost_explorer.look import FakeAnswer, Look
from cost_slo.testing.fake_cost_explorer.operations import FREE, PAID
from cost_slo.testing.fake_cost_explorer.paging import Pages
from cost_slo.testing.fake_cost_explorer.refusal import BAD_REQUEST, RefusedError
from cost_slo.testing.fake_cost_explorer.server import DroppedError, Server

PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class ReceivedCall:
    """A call that arrived, answered or not."""

    operation: str
    parameters: Mapping[str, Any]


class FakeCostExplorer:
    """A Cost Explorer over a bill, on a port of the loopback interface.

    `clock` is what the server takes for now; set it, and other charges are visible. `page_size`
    is how many groups a page of GetCostAndUsage holds. `requests` counts the pages that AWS
    would charge for: those answered without an error. `calls` has all that arrived.
    """

    def __init__(
        self,
        bill: str | PathLike[str],
        *,
        clock: datetime,
        arrival: Arrival | None = None,
        page_size: int = PAGE_SIZE,
        port: int = 0,
    ) -> None:
        """Raises CostDataError for a bill that cannot be read."""
        self.clock = clock
        self.page_size = page_size
        self.requests = 0
        self.calls: list[ReceivedCall] = []
        self.faults = Faults()
        self._bill = Bill(fspath(bill), arrival or Arrival())
        self._pages = Pages()
        self._account = AccountState()
        self._lock = Lock()
        self._server = Server(self._handle, port)
        self._server.start()

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def clock(self) -> datetime:
        return self._clock

    @clock.setter
    def clock(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"clock: {now} has no time zone")
        self._clock = now

    @property
    def anomalies(self) -> list[FakeAnswer]:
        """What GetAnomalies answers from, in AWS's shape; add to it, or set it."""
        return self._account.anomalies

    @anomalies.setter
    def anomalies(self, anomalies: Iterable[Mapping[str, Any]]) -> None:
        self._account.anomalies = [dict(each) for each in anomalies]

    @property
    def monitors(self) -> Mapping[str, FakeAnswer]:
        """The anomaly monitors, by ARN."""
        return self._account.monitors

    @property
    def subscriptions(self) -> Mapping[str, FakeAnswer]:
        """The anomaly subscriptions, by ARN."""
        return self._account.subscriptions

    def snapshot(self, path: str | PathLike[str]) -> Path:
        """Write the charges visible now as FOCUS Parquet with every digit; the path."""
        written = Path(path)
        self._bill.write(written, self.clock)
        return written

    def fail_next(
        self,
        operation: str,
        code: str,
        message: str,
        *,
        status: int = BAD_REQUEST,
        times: int = 1,
        after_effect: bool = False,
    ) -> None:
        """Let the next calls of an operation ("*": of any) answer an error."""
        self.faults.add(Fault(operation, RefusedError(code, message, status), times, after_effect))

    def drop_next(self, operation: str, *, times: int = 1, after_effect: bool = False) -> None:
        """Let the next calls of an operation ("*": of any) end without an answer."""
        self.faults.add(Fault(operation, None, times, after_effect))

    def throttle_every(self, count: int | None) -> None:
        """Throttle every n-th call of all; None: none."""
        self.faults.throttle_every = count

    def close(self) -> None:
        self._server.stop()
        self._bill.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _handle(self, operation: str, parameters: dict[str, Any]) -> FakeAnswer:
        with self._lock:
            self.calls.append(ReceivedCall(operation, deepcopy(parameters)))
            fault = self.faults.take(operation)
        if fault is not None and not fault.after_effect:
            _fail(fault)
        answer = self._answer(operation, parameters)
        if fault is not None and fault.error is not None:
            _fail(fault)
        with self._lock:
            self.requests += operation in PAID
        if fault is not None:
            _fail(fault)
        return answer

    def _answer(self, operation: str, parameters: dict[str, Any]) -> FakeAnswer:
        answering = PAID.get(operation) or FREE.get(operation)
        if answering is None:
            raise RefusedError("UnknownOperationException", f"{operation} is not faked")
        check(operation, parameters)
        if view := parameters.get("BillingViewArn"):
            raise RefusedError("ResourceNotFoundException", f"There is no billing view {view}")
        look = Look(self._bill, self.clock, self._pages, self.page_size, self._account)
        return answering(look, parameters)


def _fail(fault: Fault) -> None:
    if fault.error is None:
        raise DroppedError
    raise fault.error
