# SPDX-License-Identifier: Apache-2.0
"""Which messages are due, and did they leave?"""

from __future__ import annotations

from datetime import datetime

from cost_slo.domain.errors import SourceError
from cost_slo.domain.incident_change import alerted
from cost_slo.domain.notification import Notification
from cost_slo.ports import Notifier, StateChange, Store


def deliver(
    store: Store, notifier: Notifier, at: datetime
) -> tuple[tuple[Notification, ...], tuple[tuple[Notification, SourceError], ...]]:
    """Send what the outbox holds, oldest first: what was sent, and what was not and why.

    What fails holds up nothing behind it, and stays in the outbox for the next run. The timeline
    is told before the outbox forgets, so a crash between the two loses no line of it.
    """
    sent, failed = [], []
    for message in store.load_pending():
        try:
            notifier.send_notification(message)
        except SourceError as error:
            failed.append((message, error))
            continue
        if message.incident is not None:
            told = alerted(message.incident, message.slo, message.key, at)
            store.save(StateChange(events=(told,)))
        store.save_delivered(message.key, at)
        sent.append(message)
    return tuple(sent), tuple(failed)
