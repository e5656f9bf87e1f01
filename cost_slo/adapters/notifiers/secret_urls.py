# SPDX-License-Identifier: Apache-2.0
"""Which channels' URLs are in the secret? They are secrets: no text of ours repeats them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.domain.errors import SettingsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_EXPECTED = "expected one URL a line, or a JSON list of URLs; write it so"


def secret_urls(client: SecretsManagerClient, secret_id: str) -> Callable[[], Sequence[str]]:
    """Reads the URLs at the first call that succeeds, once for the process.

    The call raises SourceError, and SettingsError where the secret holds something else.
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
    """The JSON value, None where it is none; json's own error would carry the text along."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None
