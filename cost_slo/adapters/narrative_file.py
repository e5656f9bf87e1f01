# SPDX-License-Identifier: Apache-2.0
"""How is a narrative that people edit read and written, without losing a sign of it?"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile

from cost_slo.domain.errors import CostSloError


def read_narrative(file: Path) -> str:
    """The text with its own line endings. Raises CostSloError for what is not UTF-8."""
    raw = file.read_bytes()
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"{file}:{line}: not UTF-8; save the file as UTF-8, then run again"
        raise CostSloError(message) from error


def write_narrative(file: Path, text: str) -> None:
    """All of the text or none of it; a file that is there keeps its permissions and links."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.is_file():
        file.write_bytes(text.encode())
        return
    target = file.resolve()
    with NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".tmp", delete=False) as copy:
        copy.write(text.encode())
    try:
        shutil.copymode(target, copy.name)
        Path(copy.name).replace(target)
    finally:
        Path(copy.name).unlink(missing_ok=True)
