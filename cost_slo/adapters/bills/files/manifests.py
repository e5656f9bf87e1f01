# SPDX-License-Identifier: Apache-2.0
"""Which files and rows does the manifest of an export name?

AWS Data Exports list `dataFiles`, legacy reports `reportKeys`, Azure exports `blobs`, and Redshift
manifests `entries`. Each names the files of one run by their keys in the bucket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import PurePath, PurePosixPath
from typing import Any

from cost_slo.adapters.bills.files.detect import BillFile, open_bytes
from cost_slo.domain.errors import CostDataError

# Bytes; a larger JSON file is a bill.
MOST_BYTES = 16 << 20

_LISTS = ("dataFiles", "reportKeys", "blobs", "entries")
_KEYS = ("blobName", "url", "path", "key")
_TIMES = (("runInfo", "submittedTime"), ("executionStartTime",), ("createdAt",), ("assemblyId",))
TIME = re.compile(r"(?<!\w)(20\d\d)-?(\d\d)-?(\d\d)T?(\d\d)[:_-]?(\d\d)[:_-]?(\d\d)?")
PACKED = re.compile(r"\.(gz|zip)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ManifestPart:
    """One file that a manifest names; `rows` is None if it does not say."""

    key: PurePosixPath
    rows: int | None = None

    def match(self, path: str, manifest: str) -> tuple[int, bool, int]:
        """How well a path fits: names that agree from the end on, exactness, nearness.

        The first is 0 if the file is another one. A file may have been unpacked. A name alone is
        enough beside the manifest only: every run has a `part_0_0001.csv`.
        """
        here = PurePath(path)
        agree = _common(_unpacked(self.key), _unpacked(here))
        beside = here.parent == PurePath(manifest).parent
        needed = 1 if beside else 3 if here.parent.name.startswith("month=") else 2
        fits = agree >= min(needed, len(self.key.parts))
        near = _common(PurePath(manifest).parts, here.parts)
        return agree if fits else 0, self.key.name == here.name, near


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of one run of an export, and when it ran, if it says so.

    `run` is the export's name and the first day of the run's period, if it says so.
    """

    path: str
    parts: tuple[ManifestPart, ...]
    made: datetime | None = None
    run: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        return PurePath(self.path).name


def load_manifest(file: BillFile) -> Manifest | None:
    """The manifest in a JSON file, None if the JSON is something else.

    Raises CostDataError if a file that is named a manifest cannot be read as one.
    """
    try:
        with open_bytes(file.path, gzipped=file.gzipped) as binary:
            text = binary.read(MOST_BYTES + 1)
        document = json.loads(text.decode("utf-8-sig")) if len(text) <= MOST_BYTES else None
    except (OSError, EOFError, ValueError) as error:
        if "manifest" in PurePath(file.path).name.lower():
            reason = "the manifest cannot be read; download it again"
            raise CostDataError(reason, file=file.path) from error
        return None
    if not isinstance(document, dict):
        return None
    listed = next((document[name] for name in _LISTS if isinstance(document.get(name), list)), None)
    if listed is None:
        return None
    return Manifest(file.path, tuple(_parts(listed)), _made(document), _run(document))


def time_in(text: str) -> datetime | None:
    """The first instant written in a text such as a folder's name, UTC."""
    found = TIME.search(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(each or 0) for each in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _parts(listed: list[Any]) -> Iterator[ManifestPart]:
    for entry in listed:
        fields: Mapping[str, Any] = entry if isinstance(entry, dict) else {"key": entry}
        key = next((fields[name] for name in _KEYS if isinstance(fields.get(name), str)), None)
        rows = fields.get("dataRowCount")
        if key:
            path = re.sub(r"^[a-z0-9]+://[^/]+/", "", key)
            yield ManifestPart(
                PurePosixPath(path.lstrip("/")), rows if isinstance(rows, int) else None
            )


def _run(document: Mapping[str, Any]) -> tuple[str, str] | None:
    config, run = document.get("exportConfig"), document.get("runInfo")
    if not isinstance(config, dict) or not isinstance(run, dict):
        return None
    name, start = config.get("exportName"), run.get("startDate")
    return (name, start[:10]) if isinstance(name, str) and isinstance(start, str) else None


def _unpacked(path: PurePath) -> tuple[str, ...]:
    """The names of a path from the end on, the file's without its compression."""
    return (PACKED.sub("", path.name), *reversed(path.parts[:-1]))


def _common(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """The number of equal names at the start."""
    pairs = zip(ours, theirs, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _made(document: Mapping[str, Any]) -> datetime | None:
    for names in _TIMES:
        value: Any = document
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str) and (made := time_in(value)) is not None:
            return made
    return None
