# SPDX-License-Identifier: Apache-2.0
"""Sends notifications to Slack, Teams, PagerDuty, webhooks and any other service of Apprise.

The URLs are secrets, and Apprise and its libraries log them. So every logger is silent while a
message is sent, and an error names only the service and the position in the list.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.alerts.message import cut, subject_line
from cost_slo.domain.errors import CostSloError, SettingsError, SourceError
from cost_slo.domain.incidents.incident import Severity

if TYPE_CHECKING:
    from apprise import NotifyBase

    from cost_slo.ports import Notifier

# The one channel that stands for all while their URLs cannot be read.
_CHAT = "chat"

LOUDNESS = {
    Severity.NONE: "success",
    Severity.INVESTIGATE: "info",
    Severity.PAGE: "warning",
    Severity.EMERGENCY: "failure",
}
LONGEST_MESSAGE = 16_000

# Schemes that an error may name; any other text before `://` may be part of a secret.
NAMEABLE = frozenset(
    {
        *("discord", "gchat", "http", "https", "json", "jsons", "mailto", "mailtos", "mmost"),
        *("mmosts", "msteams", "opsgenie", "pagerduty", "slack", "tgram", "webex", "workflows"),
    }
)

_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
_silence = threading.Lock()


class AppriseNotifier:
    """A Notifier to every URL of a list, or to one of them by its number from 1."""

    def __init__(self, urls: Callable[[], Sequence[str]], number: int | None = None) -> None:
        """`urls` is called for each message; it may raise SourceError or SettingsError."""
        self._urls = urls
        self._number = number

    def send_notification(self, notification: Notification) -> None:
        """Send one message to each URL. Raises SourceError naming those that failed."""
        urls = _urls(self._urls)
        chosen = range(1, len(urls) + 1) if self._number is None else (self._number,)
        failed = [
            error
            for number in chosen
            if (error := _failure(urls, number, notification)) is not None
        ]
        if failed:
            retryable = any(error.retryable for error in failed)
            raise SourceError("; ".join(map(str, failed)), retryable=retryable)


def chat_channels(urls: Callable[[], Sequence[str]]) -> Mapping[str, Notifier]:
    """One channel per URL, such as `slack-2` for the second of the list; each retries alone.

    If the URLs cannot be read there is one channel, `chat`, that fails for that reason.
    """
    try:
        listed = urls()
    except CostSloError as error:
        return {_CHAT: _OutOfReach(error)}
    numbers = range(1, len(listed) + 1)
    return {f"{_scheme(listed[it - 1])}-{it}": AppriseNotifier(urls, it) for it in numbers}


class _OutOfReach:
    """A Notifier whose URLs cannot be read."""

    def __init__(self, error: CostSloError) -> None:
        self._error = error

    def send_notification(self, notification: Notification) -> None:
        del notification
        raise _as_source_error(self._error)


def _urls(urls: Callable[[], Sequence[str]]) -> Sequence[str]:
    try:
        return urls()
    except SettingsError as error:
        raise _as_source_error(error) from None


def _as_source_error(error: CostSloError) -> SourceError:
    return error if isinstance(error, SourceError) else SourceError(str(error))


def _failure(urls: Sequence[str], number: int, notification: Notification) -> SourceError | None:
    if number > len(urls):
        return SourceError(f"the list no longer has a {_ordinal(number)} URL")
    place = f"{_scheme(urls[number - 1])}, {_ordinal(number)} of {len(urls)}"
    with _in_silence():
        service = _service(urls[number - 1])
        if service is None:
            return SourceError(f"{place}: Apprise cannot read this URL; correct it in the list")
        if _is_sent(service, notification):
            return None
    return SourceError(f"{place}: the service did not accept the message", retryable=True)


def _service(url: str) -> NotifyBase | None:
    """Apprise's notifier of a URL; None if it refuses it. Its errors may quote the URL."""
    try:
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415  the extra `chat`
    except ModuleNotFoundError:
        raise SourceError("Apprise is missing; install `cost-slo[chat]`") from None
    try:
        return Apprise.instantiate(url, asset=AppriseAsset(async_mode=False))
    except Exception:  # noqa: BLE001  a hundred services, each with its own errors
        return None


def _is_sent(service: NotifyBase, notification: Notification) -> bool:
    from apprise import Apprise, NotifyFormat, NotifyType  # noqa: PLC0415

    body = f"{cut(notification.body.rstrip(), LONGEST_MESSAGE)}\n\nMessage: {notification.key}\n"
    try:
        return bool(
            Apprise([service]).notify(
                title=subject_line(notification),
                body=body,
                notify_type=NotifyType(LOUDNESS[notification.severity]),
                body_format=NotifyFormat.TEXT,
            )
        )
    except Exception:  # noqa: BLE001  as above
        return False


@contextmanager
def _in_silence() -> Iterator[None]:
    """All loggers of the process are off; one message at a time, so that each restores them."""
    with _silence:
        before = logging.root.manager.disable
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(before)


def _scheme(url: str) -> str:
    scheme = url.partition("://")[0].lower()
    return scheme if scheme in NAMEABLE else "url"


def _ordinal(number: int) -> str:
    is_teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if is_teen else _ORDINALS.get(number % 10, 'th')}"
