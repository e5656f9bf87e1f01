# SPDX-License-Identifier: Apache-2.0
"""The hash and the sizes of a bundle."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections import Counter
from pathlib import Path

# 1980-01-01 UTC in seconds, the first day of a zip archive.
EPOCH = 315_532_800
EPOCH_DATE = (1980, 1, 1, 0, 0, 0)
FILE, FOLDER = 0o644, 0o755


def stamp(folder: Path) -> None:
    """Give every file and folder fixed times and permissions."""
    for path in (*folder.rglob("*"), folder):
        path.chmod(FOLDER if path.is_dir() else FILE)
        os.utime(path, (EPOCH, EPOCH))


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of all files."""
    total = hashlib.sha256()
    for path in _files(folder):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{content}  {path.relative_to(folder).as_posix()}\n".encode())
    return total.hexdigest()


def sizes(folder: Path) -> Counter[str]:
    """Bytes of each top-level package or file; all *.dist-info count as one."""
    found: Counter[str] = Counter()
    for path in _files(folder):
        top = path.relative_to(folder).parts[0]
        found["*.dist-info" if top.endswith(".dist-info") else top] += path.stat().st_size
    return found


def printed(folder: Path) -> str:
    """The sizes in MB (10^6 bytes), largest first, their sum and the hash."""
    found = sizes(folder)
    heaviest = sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
    lines = [f"{size / 1e6:8.2f} MB  {name}" for name, size in heaviest]
    total = f"{found.total() / 1e6:8.2f} MB  unzipped, {len(_files(folder))} files"
    return "\n".join([*lines, total, f"sha256:{digest(folder)}"]) + "\n"


def pack(folder: Path, archive: Path) -> Path:
    """Write the folder as an archive, sorted by name."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in _files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH_DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, FILE << 16
            packed.writestr(entry, path.read_bytes())
    return archive


def _files(folder: Path) -> list[Path]:
    """All files, in the order of their names."""
    return sorted((p for p in folder.rglob("*") if p.is_file()), key=Path.as_posix)
