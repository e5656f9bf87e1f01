# SPDX-License-Identifier: Apache-2.0
"""Which files hold the same bytes, packed or not? Each content counts once."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container, Sequence
from pathlib import Path, PurePath

from cost_slo.adapters.bills.files.detect import BillFile, open_bytes, reading_file

_BLOCK = 1 << 20


def without_copies(
    files: Sequence[BillFile], named: Container[str]
) -> tuple[list[BillFile], dict[str, str]]:
    """The files without copies, and the original of each copy.

    Files that a manifest names are its parts, and never copies of each other.
    """
    by_size: defaultdict[int, list[BillFile]] = defaultdict(list)
    for file in files:
        if file.kind != "json":
            by_size[_size(file)].append(file)
    copies: dict[str, str] = {}
    for alike in by_size.values():
        first: dict[bytes, str] = {}
        for file in sorted(alike, key=lambda each: each.path not in named) if alike[1:] else ():
            original = first.setdefault(_digest(file), file.path)
            if original != file.path and file.path not in named:
                copies[file.path] = f"a copy of {PurePath(original).name}"
    return [file for file in files if file.path not in copies], copies


def _size(file: BillFile) -> int:
    """The bytes of the content, modulo 2^32 as gzip writes it at the end of a file."""
    with reading_file(file.path), Path(file.path).open("rb") as binary:
        size = binary.seek(0, 2)
        if not file.gzipped:
            return size % 2**32
        binary.seek(max(size - 4, 0))
        return int.from_bytes(binary.read(4), "little")


def _digest(file: BillFile) -> bytes:
    digest = hashlib.blake2b()
    with reading_file(file.path), open_bytes(file.path, gzipped=file.gzipped) as binary:
        while block := binary.read(_BLOCK):
            digest.update(block)
    return digest.digest()
