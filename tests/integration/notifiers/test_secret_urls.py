# SPDX-License-Identifier: Apache-2.0
"""The URLs of the chat channels come out of a secret, and nothing of them into a text."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from cost_slo.adapters.notifiers.secret_urls import secret_urls
from cost_slo.domain.errors import SettingsError, SourceError
from tests.builders.messages import MARK

ONE, TWO = f"slack://T/{MARK}/c", "json://localhost:8080/x"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n{TWO}",
        f"\n  {ONE}  \r\n\r\n{TWO}\n",
        f'["{ONE}", "{TWO}"]',
        f' [\n"{ONE}",\n"{TWO}"]\n',
    ],
)
def test_a_secret_is_one_url_a_line_or_a_list(text: str) -> None:
    client = boto3.client("secretsmanager", "us-east-1")
    client.create_secret(Name="hooks", SecretString=text)

    assert list(secret_urls(client, "hooks")()) == [ONE, TWO]


@pytest.mark.parametrize(
    "text", ["", " \n", "[]", f'["{ONE}"', f'{{"url": "{ONE}"}}', f"{ONE}\n{MARK}", f"[1, {MARK}]"]
)
def test_a_secret_that_holds_something_else_is_refused_unquoted(text: str) -> None:
    client = boto3.client("secretsmanager", "us-east-1")
    client.create_secret(Name="hooks", SecretString=text or " ")

    with pytest.raises(SettingsError, match=r"^secret hooks: expected one URL a line") as caught:
        secret_urls(client, "hooks")()

    assert caught.value.__context__ is None


def test_a_secret_of_bytes_is_refused() -> None:
    client = boto3.client("secretsmanager", "us-east-1")
    client.create_secret(Name="hooks", SecretBinary=MARK.encode())

    with pytest.raises(SettingsError, match=r"^secret hooks: expected one URL a line"):
        secret_urls(client, "hooks")()


def test_a_secret_is_read_once_but_a_failure_is_not_remembered() -> None:
    client = boto3.client("secretsmanager", "us-east-1")
    urls = secret_urls(client, "hooks")

    with pytest.raises(SourceError, match=r"^secretsmanager:GetSecretValue: ResourceNotFound"):
        urls()
    client.create_secret(Name="hooks", SecretString=ONE)
    first = urls()
    client.put_secret_value(SecretId="hooks", SecretString=TWO)

    assert list(urls()) == list(first) == [ONE]
