# SPDX-License-Identifier: Apache-2.0
"""Retries a failed message twice at once; the outbox retries it in the next run."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import SourceError
from cost_slo.ports import Notifier

_TRIES = 3
FIRST_PAUSE_SECONDS = 1.0


def jittered_pause(
    tried: int,
    *,
    sleep: Callable[[float], None] = time.sleep,
    share: Callable[[], float] = random.random,
) -> None:
    """Wait 0.5 to 1 s after the first try, 1 to 2 s after the second, and so on, at random."""
    sleep(FIRST_PAUSE_SECONDS * 2 ** (tried - 1) * (1 + share()) / 2)


class RetryingNotifier:
    """Wraps a Notifier and retries its retryable failures."""

    def __init__(
        self, notifier: Notifier, *, pause: Callable[[int], None] = jittered_pause
    ) -> None:
        """`pause` is called between two tries with their number so far."""
        self._notifier = notifier
        self._pause = pause

    def send_notification(self, notification: Notification) -> None:
        """Deliver one message. Raises the last try's SourceError."""
        for tried in range(1, _TRIES):
            try:
                return self._notifier.send_notification(notification)
            except SourceError as error:
                if not error.retryable:
                    raise
            self._pause(tried)
        return self._notifier.send_notification(notification)
