# SPDX-License-Identifier: Apache-2.0
"""Which messages are due, on which channels, and did they leave?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import (
    CostSloError,
    GivenUpError,
    SettingsError,
    SourceError,
    in_words,
    is_fault,
    without_text,
)
from cost_slo.domain.incidents.delivery import Delivery, DeliveryState
from cost_slo.domain.incidents.transitions import alerted, given_up
from cost_slo.domain.wording import count
from cost_slo.ports import Notifier, StateChange, Store

# Channel name used when there is a single notifier.
ONLY = "alerts"

# The messages that were sent, and those that were not and why.
Deliveries = tuple[tuple[Notification, ...], tuple[tuple[Notification, SourceError], ...]]


@dataclass(frozen=True, slots=True)
class FanOut:
    """Several channels by name, as one Notifier; each has deliveries of its own.

    `channels` is asked at each use: which there are may be configured outside.
    """

    channels: Callable[[], Mapping[str, Notifier]]

    def send_notification(self, notification: Notification) -> None:
        """Send to every channel. Raises SourceError that says which of them failed, and why."""
        failed = [
            f"{name}: {error}"
            for name, channel in self.channels().items()
            if (error := _failure(channel, notification))
        ]
        if failed:
            raise SourceError("; ".join(failed))


def deliver(store: Store, notifier: Notifier, at: datetime) -> Deliveries:
    """Send what the outbox holds, oldest first: what was sent, and what was not and why.

    What fails holds up nothing behind it and no other channel, and stays in the outbox for the
    next run, which tries the channels that wait. One that has been tried for long enough is given
    up (GivenUpError), with a note on the timeline. Raises SettingsError where there is no channel
    for what is due.
    """
    pending = store.load_pending()
    if not pending:
        return (), ()
    channels = notifier.channels() if isinstance(notifier, FanOut) else {ONLY: notifier}
    if not channels:
        raise SettingsError("no channel to send alerts to is configured; name one")
    sent: list[Notification] = []
    failed: list[tuple[Notification, SourceError]] = []
    for message in pending:
        errors, is_over = _tried(store, channels, message, at)
        failed += [(message, error) for error in errors]
        if is_over:
            store.save_delivered(message.key, at)
        if not errors:
            sent.append(message)
    return tuple(sent), tuple(failed)


def insist(undone: Sequence[object], what: str = "message") -> None:
    """Raise SourceError where something is left to do, for who runs again when a run fails."""
    if undone:
        raise SourceError(
            f"{count(len(undone), what)} could not be read, written or delivered; run again",
            retryable=True,
        )


def _tried(
    store: Store, channels: Mapping[str, Notifier], message: Notification, at: datetime
) -> tuple[list[SourceError], bool]:
    """As `_deliver_one`; a fault of this program holds up no other message."""
    try:
        return _deliver_one(store, channels, message, at)
    except CostSloError:
        raise
    except Exception as error:  # noqa: BLE001  it is reported, and the message waits
        return [_as_source_error(error)], False


def _deliver_one(
    store: Store, channels: Mapping[str, Notifier], message: Notification, at: datetime
) -> tuple[list[SourceError], bool]:
    """Try each channel that waits for a message; the errors, and whether none waits any more.

    The timeline is told before a channel's delivery is over, so a crash between loses no line.
    """
    known = {delivery.channel: delivery for delivery in store.load_deliveries(message.key)}
    errors, is_over = [], True
    for name, channel in channels.items():
        before = known.get(name) or Delivery(message.key, name)
        if before.is_over:
            continue
        error = _failure(channel, message)
        after = before.failed(at, retryable=error.retryable) if error else before.delivered(at)
        _tell(store, message, after, at)
        store.save_delivery(after)
        is_over = is_over and after.is_over
        if error:
            said = f"{name}: {error}" if len(channels) > 1 else str(error)
            kind = GivenUpError if after.is_over else SourceError
            told = kind(said, retryable=error.retryable)
            errors.append(told.with_traceback(error.__traceback__))
    return errors, is_over


def _failure(channel: Notifier, message: Notification) -> SourceError | None:
    try:
        channel.send_notification(message)
    except SourceError as error:
        return error
    except Exception as error:  # noqa: BLE001  whatever it is, the other channels are tried
        return _as_source_error(error)
    return None


def _as_source_error(cause: Exception) -> SourceError:
    """The error of a message that waits for the next run, with the traceback of its cause.

    What a channel's library raises may quote the channel's address, so its text is left out.
    """
    said = in_words(cause) if isinstance(cause, CostSloError) else without_text(cause)
    return SourceError(said, retryable=is_fault(cause)).with_traceback(cause.__traceback__)


def _tell(store: Store, message: Notification, delivery: Delivery, at: datetime) -> None:
    if message.incident is None or not delivery.is_over:
        return
    if delivery.state is DeliveryState.DELIVERED:
        told = alerted(message.incident, message.slo, message.key, at)
    else:
        told = given_up(message.incident, message.slo, delivery, at)
    store.save(StateChange(events=(told,)))
