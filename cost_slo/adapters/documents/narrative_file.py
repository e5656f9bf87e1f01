# SPDX-License-Identifier: Apache-2.0
"""How is a narrative that people edit read and written, without losing a sign of it?"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile

from cost_slo.domain.errors import CostSloError, SourceError, StateConflictError
from cost_slo.ports import Narrative


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


class NarrativeFiles:
    """The Narratives of a folder, `INCIDENT.md` each."""

    def __init__(self, folder: Path) -> None:
        """The folder is made by the first write."""
        self._folder = folder

    def load_narrative(self, incident: str) -> Narrative | None:
        """The text as it stands; None where there is none yet."""
        file = self._file(incident)
        try:
            text = read_narrative(file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failed(file, error) from error
        return Narrative(text, _version(text))

    def save_narrative(self, incident: str, text: str, *, over: str | None) -> None:
        """Write where what is there still is the version `over`, or nothing where that is None.

        An edit saved in the instant between the look and the write is not seen: a folder is for
        one person at a time.
        """
        file = self._file(incident)
        found = self.load_narrative(incident)
        if (found.version if found else None) != over:
            raise StateConflictError(f"{file} was edited since it was read; merge again")
        try:
            write_narrative(file, text)
        except OSError as error:
            raise _failed(file, error) from error

    def _file(self, incident: str) -> Path:
        return self._folder / f"{incident}.md"


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _failed(file: Path, error: OSError) -> SourceError:
    return SourceError(f"{file}: {error.strerror}")
