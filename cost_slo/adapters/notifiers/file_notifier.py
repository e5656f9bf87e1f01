# SPDX-License-Identifier: Apache-2.0
"""Writes notifications to text files, atomically; the same notification is the same file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import SourceError

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST = 120


class FileNotifier:
    """A Notifier that writes `<folder>/<key>.txt`: subject, empty line, body."""

    def __init__(self, folder: Path, echo: Callable[[Notification], None] | None = None) -> None:
        """`echo` is called after each message is written, such as to print it."""
        self._folder = folder
        self._echo = echo

    def send_notification(self, notification: Notification) -> None:
        """Write one message. Raises SourceError if the folder cannot be written."""
        file = self._folder / file_name(notification.key)
        try:
            _write(file, f"{notification.subject}\n\n{notification.body.rstrip()}\n")
        except OSError as error:
            raise SourceError(f"{file}: the alert cannot be written: {error.strerror}") from error
        if self._echo is not None:
            self._echo(notification)


def file_name(key: str) -> str:
    """A portable file name; the digest distinguishes keys that differ in replaced characters.

    >>> file_name("web-2026-09/2026-09-05T00:00:00+00:00/opened")
    'web-2026-09_2026-09-05T00_00_00_00_00_opened-61b629d7.txt'
    """
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{_UNSAFE.sub('_', key)[:_LONGEST]}-{digest}.txt"


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=".", suffix=".tmp", delete=False) as draft:
        draft.write(text.encode())
    try:
        Path(draft.name).replace(file)
    finally:
        Path(draft.name).unlink(missing_ok=True)
