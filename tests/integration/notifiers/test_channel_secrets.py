# SPDX-License-Identifier: Apache-2.0
"""A marked value goes in as URL, path, answer and exception; no text that comes out has it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator

import apprise
import boto3
import pytest
import requests
from botocore.stub import Stubber

from cost_slo.adapters.notifiers.apprise_notifier import AppriseNotifier, chat_channels
from cost_slo.adapters.notifiers.retrying_notifier import RetryingNotifier
from cost_slo.adapters.notifiers.secret_urls import secret_urls
from cost_slo.domain.errors import CostSloError
from cost_slo.ports import Notifier, StateChange
from cost_slo.use_cases.outbox import FanOut, deliver
from tests.builders.messages import MARK, plain
from tests.builders.stories import OPENED
from tests.fakes.ports import FakeStore
from tests.worlds.webhook import Webhook, webhook

UNREADABLE = [
    f"slack://{MARK}",
    f"msteams://{MARK}/a",
    f"{MARK}",
    f"{MARK}://host/x",
    f"json://:{MARK}@/",
    f"pagerduty://{MARK}",
    f"discord://{MARK}",
    f"mailto://user:{MARK}@",
    f"https://hooks.slack.com/services/{MARK}",
]


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as listening:
        yield listening


def said_by(notifier: Notifier) -> str:
    """Everything a failing notifier lets out: itself, its error, the whole traceback."""
    with pytest.raises(CostSloError) as caught:
        notifier.send_notification(plain())
    told = "".join(traceback.format_exception(caught.value))
    return f"{notifier!r}\n{notifier}\n{caught.value!r}\n{told}\n{caught.value.__cause__!r}"


def assert_unmarked(caplog: pytest.LogCaptureFixture, said: str) -> None:
    for text in (said, caplog.text, *(repr(vars(record)) for record in caplog.records)):
        assert MARK.lower() not in text.lower()


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_url_that_cannot_be_read(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)

    assert_unmarked(caplog, said_by(AppriseNotifier(lambda: [url])))


@pytest.mark.parametrize("status", [301, 403, 404, 500])
def test_a_webhook_that_refuses_and_repeats_its_path(
    hook: Webhook, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    hook.status = status

    assert_unmarked(caplog, said_by(AppriseNotifier(lambda: [hook.url(MARK)])))


def test_a_webhook_that_takes_it(hook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)

    AppriseNotifier(lambda: [hook.url(MARK)]).send_notification(plain())

    assert hook.told
    assert_unmarked(caplog, "")


def test_a_host_that_nobody_answers_at(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)

    assert_unmarked(caplog, said_by(AppriseNotifier(lambda: [f"json://127.0.0.1:1/{MARK}"])))


def _raises(*_: object, **__: object) -> None:
    logging.getLogger("some.library").error("calling %s", MARK)
    raise RuntimeError(f"cannot call https://host/{MARK}")


@pytest.mark.parametrize(
    ("owner", "name"),
    [(apprise.Apprise, "instantiate"), (apprise.Apprise, "notify"), (requests, "request")],
)
def test_a_library_that_logs_and_raises_the_url(
    owner: object, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    monkeypatch.setattr(owner, name, _raises)
    url = f"json://127.0.0.1:1/{MARK}"

    assert_unmarked(caplog, said_by(AppriseNotifier(lambda: [url])))


@pytest.mark.parametrize("secret", [f"{MARK}", f'["json://host/{MARK}"', f'{{"a": "{MARK}"}}'])
def test_a_secret_that_holds_something_else(secret: str, caplog: pytest.LogCaptureFixture) -> None:
    client = boto3.client(
        "secretsmanager", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    caplog.set_level(logging.INFO)
    with Stubber(client) as stub:
        stub.add_response("get_secret_value", {"SecretString": secret})

        said = said_by(chat_channels(secret_urls(client, "hooks"))["chat"])

    assert_unmarked(caplog, said)


def test_what_the_outbox_keeps_and_says(hook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)
    hook.status = 500
    urls: Callable[[], list[str]] = lambda: [hook.url(MARK), f"slack://{MARK}"]  # noqa: E731
    store = FakeStore()
    store.save(StateChange(notifications=(plain(),)))
    retrying = FanOut(
        lambda: {
            name: RetryingNotifier(channel, pause=lambda _: None)
            for name, channel in chat_channels(urls).items()
        }
    )

    failed = [deliver(store, retrying, OPENED) for _ in range(12)]

    assert_unmarked(caplog, f"{failed}\n{store}")
