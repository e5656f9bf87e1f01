# SPDX-License-Identifier: Apache-2.0
"""Chat, pagers and webhooks through Apprise, against a webhook on this machine."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from cost_slo.adapters.notifiers.apprise_notifier import (
    LONGEST_MESSAGE,
    AppriseNotifier,
    chat_channels,
)
from cost_slo.domain.alerts.message import CUT
from cost_slo.domain.errors import SettingsError, SourceError
from cost_slo.domain.incidents.incident import Severity
from cost_slo.ports import StateChange
from cost_slo.use_cases.outbox import FanOut, deliver
from tests.builders.messages import paged, plain
from tests.builders.stories import OPENED
from tests.fakes.ports import FakeStore
from tests.worlds.webhook import Webhook, webhook

REFUSED = "slack://nothing-apprise-can-read"


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as listening:
        yield listening


@pytest.fixture
def down() -> Iterator[Webhook]:
    """A webhook that answers 500."""
    with webhook() as listening:
        listening.status = 500
        yield listening


def test_a_webhook_gets_subject_text_and_key(hook: Webhook) -> None:
    AppriseNotifier(lambda: [hook.url()]).send_notification(paged())

    (told,) = hook.told
    assert told["title"] == paged().subject
    assert told["message"] == f"{paged().body.rstrip()}\n\nMessage: {paged().key}"
    assert told["type"] == "warning"


@pytest.mark.parametrize(
    ("severity", "loudness"),
    [
        (Severity.NONE, "success"),
        (Severity.INVESTIGATE, "info"),
        (Severity.PAGE, "warning"),
        (Severity.EMERGENCY, "failure"),
    ],
)
def test_the_severity_is_how_loud_the_service_is(
    hook: Webhook, severity: Severity, loudness: str
) -> None:
    AppriseNotifier(lambda: [hook.url()]).send_notification(replace(plain(), severity=severity))

    assert [told["type"] for told in hook.told] == [loudness]


def test_a_text_that_no_chat_would_take_is_cut_and_says_so(hook: Webhook) -> None:
    AppriseNotifier(lambda: [hook.url()]).send_notification(replace(plain(), body="line\n" * 9000))

    (told,) = hook.told
    assert len(told["message"]) < LONGEST_MESSAGE + 100
    assert CUT in told["message"]


def test_one_of_several_that_fails_is_named_by_kind_and_position(
    hook: Webhook, down: Webhook
) -> None:
    urls = [hook.url(), down.url(), hook.url("again")]

    with pytest.raises(
        SourceError, match=r"^json, 2nd of 3: the service did not accept the message$"
    ) as caught:
        AppriseNotifier(lambda: urls).send_notification(plain())

    assert caught.value.retryable
    assert len(hook.told) == 2


def test_a_url_that_cannot_be_read_is_no_matter_of_time(hook: Webhook) -> None:
    urls = [hook.url(), hook.url(), REFUSED]

    with pytest.raises(
        SourceError, match=r"^slack, 3rd of 3: Apprise cannot read this URL"
    ) as caught:
        AppriseNotifier(lambda: urls).send_notification(plain())

    assert not caught.value.retryable


def test_a_text_that_is_no_url_at_all_is_named_by_position_alone() -> None:
    urls = ["json://"] * 10 + ["just words"]

    with pytest.raises(SourceError, match="url, 11th of 11: Apprise cannot read"):
        AppriseNotifier(lambda: urls, 11).send_notification(plain())


def test_each_url_is_a_channel_so_that_a_retry_goes_where_it_must(
    hook: Webhook, down: Webhook
) -> None:
    urls = [hook.url(), down.url(), REFUSED]
    store, channels = FakeStore(), FanOut(lambda: chat_channels(lambda: urls))
    store.save(StateChange(notifications=(plain(),)))

    _, failed = deliver(store, channels, OPENED)
    down.status = 200
    deliver(store, channels, OPENED + timedelta(hours=1))

    assert [str(error).partition(":")[0] for _, error in failed] == ["json-2", "slack-3"]
    assert [len(found.told) for found in (hook, down)] == [1, 1]


def test_urls_that_cannot_be_had_are_a_channel_that_fails_for_that_reason() -> None:
    def out_of_reach() -> Sequence[str]:
        raise SettingsError("secret hooks: expected one URL a line")

    channels = chat_channels(out_of_reach)

    with pytest.raises(SourceError, match=r"^secret hooks: expected one URL a line$"):
        channels["chat"].send_notification(plain())
    with pytest.raises(SourceError, match=r"^secret hooks: expected one URL a line$"):
        AppriseNotifier(out_of_reach).send_notification(plain())


def test_a_url_that_was_taken_off_the_list_is_said_to_be_gone() -> None:
    with pytest.raises(SourceError, match=r"^the list no longer has a 2nd URL$"):
        AppriseNotifier(lambda: ["json://localhost"], 2).send_notification(plain())


def test_without_apprise_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    with pytest.raises(SourceError, match=r"install `cost-slo\[chat\]`"):
        AppriseNotifier(lambda: ["json://localhost"]).send_notification(plain())


def test_logging_goes_on_as_it_was_before(hook: Webhook) -> None:
    logging.disable(logging.INFO)
    try:
        AppriseNotifier(lambda: [hook.url()]).send_notification(plain())

        assert logging.root.manager.disable == logging.INFO
    finally:
        logging.disable(logging.NOTSET)
