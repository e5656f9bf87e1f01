# SPDX-License-Identifier: Apache-2.0
"""What does the account keep for Cost Anomaly Detection?"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ID = "123456789012"


@dataclass(slots=True)
class AccountState:
    """Anomalies as they were set, monitors and subscriptions as they were made.

    Whoever changes it holds `lock`.
    """

    anomalies: list[dict[str, Any]] = field(default_factory=list)
    monitors: dict[str, dict[str, Any]] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    _made: int = 0

    def arn(self, kind: str) -> str:
        """The name of the next thing made; the same in every run."""
        self._made += 1
        return f"arn:aws:ce::{ID}:{kind}/{uuid5(NAMESPACE_URL, f'{kind}/{self._made}')}"
