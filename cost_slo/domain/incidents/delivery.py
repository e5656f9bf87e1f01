# SPDX-License-Identifier: Apache-2.0
"""How far has a message come on one channel?

A message has a delivery of its own on each channel, so that a retry reaches the channels that still
wait, and no other. A delivery that is over never changes again.

| state | a try succeeds | a try fails |
|---|---|---|
| waiting | delivered | waiting, or dead once it has been tried for long enough |
| delivered, dead | | not tried |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# So many runs try a message that the channel refuses for good.
MOST_TRIES = 10

# So long after its first failure a message is tried, whatever the channel says.
LONGEST_TRY = timedelta(hours=48)


class DeliveryState(StrEnum):
    """Whether a channel has had a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message, by key, on a channel, by name.

    `failures` is how many runs tried in vain, `failed_since` when the first did, `at` when it was
    last tried.
    """

    key: str
    channel: str
    state: DeliveryState = DeliveryState.WAITING
    failures: int = 0
    failed_since: datetime | None = None
    at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be sent any more."""
        return self.state is not DeliveryState.WAITING

    def delivered(self, at: datetime) -> Delivery:
        """The channel took it."""
        return replace(self, state=DeliveryState.DELIVERED, at=at)

    def failed(self, at: datetime, *, retryable: bool) -> Delivery:
        """A run tried in vain; `retryable` says whether the same message may pass later."""
        since, failures = self.failed_since or at, self.failures + 1
        is_hopeless = failures >= MOST_TRIES and not retryable
        is_dead = is_hopeless or at - since >= LONGEST_TRY
        state = DeliveryState.DEAD if is_dead else DeliveryState.WAITING
        return replace(self, state=state, failures=failures, failed_since=since, at=at)
