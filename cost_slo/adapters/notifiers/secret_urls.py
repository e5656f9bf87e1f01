# SPDX-License-Identifier: Apache-2.0
"""The URLs of chat channels, from Secrets Manager. No error or log repeats them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.domain.errors import SettingsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_EXPECTED = "expected one URL a line, or a JSON list of URLs"


def secret_urls(client: SecretsManagerClient, secret_id: str) -> Callable[[], Sequence[str]]:
    """A function that reads the URLs, once per process.

    It raises SourceError, and SettingsError if the secret holds anything else.
    """

    @cache
    def urls() -> Sequence[str]:
        with calling("secretsmanager:GetSecretValue"):
            secret = client.get_secret_value(SecretId=secret_id)
        return _listed(secret.get("SecretString", ""), secret_id)

    return urls


def _listed(text: str, secret_id: str) -> tuple[str, ...]:
    if text.lstrip().startswith(("[", "{")):
        found = _decoded(text)
        listed = found if isinstance(found, list) else []
    else:
        listed = text.splitlines()
    urls = tuple(url.strip() for url in listed if isinstance(url, str) and url.strip())
    if not urls or not all("://" in url for url in urls):
        raise SettingsError(f"secret {secret_id}: {_EXPECTED}")
    return urls


def _decoded(text: str) -> object:
    """The JSON value, None for invalid JSON: json's error would quote the text."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None
