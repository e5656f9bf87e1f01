# SPDX-License-Identifier: Apache-2.0
"""The notification channels of the settings."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from cost_slo.adapter_kit.aws_calls import client
from cost_slo.adapters.notifiers.apprise_notifier import chat_channels
from cost_slo.adapters.notifiers.chatbot_notifier import ChatbotNotifier
from cost_slo.adapters.notifiers.retrying_notifier import RetryingNotifier, jittered_pause
from cost_slo.adapters.notifiers.secret_urls import secret_urls
from cost_slo.adapters.notifiers.sns_notifier import SnsNotifier
from cost_slo.domain.errors import SettingsError
from cost_slo.ports import Notifier
from cost_slo.settings import Settings
from cost_slo.use_cases.outbox import FanOut

# Makes a client of a service, optionally for a `region`, as `adapter_kit.aws_calls.client` does.
Clients = Callable[..., Any]
# Waits for so many seconds.
Sleep = Callable[[float], None]


def live_channels(
    settings: Settings, clients: Clients = client, sleep: Sleep = time.sleep
) -> FanOut:
    """Every channel that the settings name.

    Raises SettingsError if chat and alerts share a topic: Amazon Q drops ordinary messages.
    """
    topics = _topics(settings, clients)
    if settings.channels_secret_id is None:
        return FanOut(lambda: topics)
    urls = secret_urls(clients("secretsmanager"), settings.channels_secret_id)
    pause = partial(jittered_pause, sleep=sleep)

    def channels() -> Mapping[str, Notifier]:
        chats = chat_channels(urls).items()
        return {**topics, **{name: RetryingNotifier(it, pause=pause) for name, it in chats}}

    return FanOut(channels)


def _topics(settings: Settings, clients: Clients) -> Mapping[str, Notifier]:
    alerts, chat = settings.alert_topic_arn, settings.chat_topic_arn
    if alerts and alerts == chat:
        raise SettingsError(
            "COST_SLO_CHAT_TOPIC_ARN equals COST_SLO_ALERT_TOPIC_ARN; give chat its own topic"
        )
    topics: dict[str, Notifier] = {}
    if alerts:
        topics["alert-topic"] = SnsNotifier(_of_topic(alerts, clients), alerts)
    if chat:
        topics["chat-topic"] = ChatbotNotifier(_of_topic(chat, clients), chat)
    return topics


def _of_topic(arn: str, clients: Clients) -> Any:  # noqa: ANN401  a client of SNS
    return clients("sns", region=arn.split(":")[3])
