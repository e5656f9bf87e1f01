# SPDX-License-Identifier: Apache-2.0
"""Did the channel only stumble? A few more tries at once, before the next run's."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import SourceError
from cost_slo.ports import Notifier

TRIES = 3
FIRST_PAUSE_SECONDS = 1.0


def jittered_pause(
    tried: int,
    *,
    sleep: Callable[[float], None] = time.sleep,
    share: Callable[[], float] = random.random,
) -> None:
    """Wait up to 1, 2, 4 ... seconds after the first, second, third try; at least half of it."""
    sleep(FIRST_PAUSE_SECONDS * 2 ** (tried - 1) * (1 + share()) / 2)


class RetryingNotifier:
    """A Notifier around one channel's, for a failure that may pass."""

    def __init__(
        self, notifier: Notifier, *, pause: Callable[[int], None] = jittered_pause
    ) -> None:
        """`pause` is called between two tries with how many there were."""
        self._notifier = notifier
        self._pause = pause

    def send_notification(self, notification: Notification) -> None:
        """Deliver one message. Raises the last try's SourceError."""
        for tried in range(1, TRIES):
            try:
                return self._notifier.send_notification(notification)
            except SourceError as error:
                if not error.retryable:
                    raise
            self._pause(tried)
        return self._notifier.send_notification(notification)
