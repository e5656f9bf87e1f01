# SPDX-License-Identifier: Apache-2.0
"""Paid requests: counted before they are made, refused beyond the cap, retried if throttled."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cost_slo.adapters.cost_explorer.faults import is_throttle, may_be_paid
from cost_slo.domain.errors import CapReachedError
from cost_slo.domain.request_price import REQUEST_PRICE
from cost_slo.domain.wording import money
from cost_slo.ports import RequestLedger

Request = Mapping[str, Any]
Answer = Mapping[str, Any]
Send = Callable[..., Answer]

MONTHLY_CAP = 300


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a throttled request waits, beyond what the SDK does: full jitter, doubling."""

    tries: int = 5
    base: float = 1.0
    most: float = 20.0
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random

    def wait(self, failed: int) -> None:
        self.sleep(self.draw() * min(self.most, self.base * 2 ** (failed - 1)))


class PaidRequests:
    """Makes requests one by one; counts each in the ledger before it is made."""

    def __init__(
        self,
        ledger: RequestLedger,
        *,
        monthly_cap: int = MONTHLY_CAP,
        patience: Patience | None = None,
    ) -> None:
        """`monthly_cap` is the most requests a calendar month may have, $0.01 each."""
        self._ledger = ledger
        self._patience = patience or Patience()
        self.monthly_cap = monthly_cap
        self.made = 0

    def made_in(self, month: date) -> int:
        """Paid requests made in a month, by all users of the same ledger."""
        return self._ledger.load_requests(month)

    def send(self, send: Send, request: Request, month: date) -> Answer:
        """The answer to one request. Raises CapReachedError, and what the SDK raises."""
        failed = 0
        while True:
            self._count(month)
            try:
                return send(**request)
            except (ClientError, BotoCoreError) as error:
                if not may_be_paid(error):
                    self._give_back(month)
                failed += 1
                if not is_throttle(error) or failed == self._patience.tries:
                    raise
            self._patience.wait(failed)

    def _count(self, month: date) -> None:
        total = self._ledger.add_requests(month, 1)
        self.made += 1
        if total > self.monthly_cap:
            self._give_back(month)
            raise CapReachedError(
                f"the cap of {self.monthly_cap} paid requests "
                f"({dollars(self.monthly_cap)}) for {month:%B %Y} is reached, so no request is "
                "made; raise COST_SLO_CE_MONTHLY_CAP, or evaluate an export of the bill "
                "(--costs FILE), which costs nothing"
            )

    def _give_back(self, month: date) -> None:
        self._ledger.add_requests(month, -1)
        self.made -= 1


def dollars(requests: int) -> str:
    """What requests cost.

    >>> dollars(300)
    '$3.00'
    """
    return money(requests * REQUEST_PRICE, "USD")
