# SPDX-License-Identifier: Apache-2.0
"""Which files does a location mean? Each is read once, and none is skipped without a note."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from cost_slo.domain.errors import CostDataError

# A file with one of these suffixes is taken to be a bill: its errors are reported.
BILL_SUFFIXES = frozenset({".csv", ".gz", ".json", ".jsonl", ".ndjson", ".parquet"})

# Folders of table formats that also keep the rows they replaced.
TABLES = {"_delta_log": "Delta", ".hoodie": "Hudi"}

# How many files a message names.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a location; `left_out` says why others there are not read.

    In a folder not every file must be a bill.
    """

    paths: tuple[str, ...]
    is_folder: bool
    left_out: dict[str, str]


def list_files(location: str) -> Listing:
    """The files of a file, folder or pattern. Raises CostDataError if there is none."""
    if "://" in location:
        raise CostDataError(
            "is not on this machine; download the bill, or read it with `ce:` or `athena:`",
            file=location,
        )
    path = Path(location)
    if path.is_file():
        return Listing((location,), is_folder=False, left_out={})
    if path.is_dir():
        return _listing(_walk(location), location)
    if glob.has_magic(location):
        matches = sorted(glob.glob(location, recursive=True))  # noqa: PTH207 - absolute or relative alike
        found = _listing([each for each in matches if not Path(each).is_dir()], None)
        if found.paths:
            return found
        raise CostDataError("no file matches this pattern", file=location)
    if os.path.lexists(location):
        raise CostDataError(f"is {_fault(location)}; give the file itself", file=location)
    raise CostDataError("there is no such file or folder", file=location)


def some(names: Iterable[str]) -> str:
    """The first few of these names, and whether there are more."""
    every = list(names)
    return ", ".join(every[:_NAMED]) + (", ..." if every[_NAMED:] else "")


def _listing(found: Iterable[str], folder: str | None) -> Listing:
    """The files that can be read, each under one of its names only."""
    left_out: dict[str, str] = {}
    empty: list[str] = []
    kept: dict[tuple[int, int], str] = {}
    for path in sorted(found, key=lambda each: (Path(each).is_symlink(), each)):
        fault = _fault(path)
        if fault is None and folder and _is_hidden(PurePath(path).relative_to(folder)):
            if not _means_data(path):
                continue
            fault = "hidden"
        if fault is not None:
            left_out[path] = fault
            continue
        status = Path(path).stat()
        first = kept.setdefault((status.st_dev, status.st_ino), path)
        if first != path:
            left_out[path] = f"the same file as {PurePath(first).name}"
        elif not status.st_size:
            empty.append(path)
    _refuse_empty([path for path in empty if not folder or _means_data(path)])
    left_out |= dict.fromkeys(empty, "empty")
    paths = sorted(set(kept.values()) - set(empty))
    return Listing(tuple(paths), is_folder=folder is not None, left_out=left_out)


def _walk(folder: str) -> Iterator[str]:
    """Every file below a folder, with links to folders last: what they repeat is skipped."""
    pending, links, seen = [folder], list[str](), set[tuple[int, int]]()
    above = {_identity(each) for each in Path(folder).resolve().parents}
    while pending or links:
        here = pending.pop() if pending else links.pop(0)
        if _identity(here) in seen | (above if here != folder else set()):
            continue
        seen.add(_identity(here))
        for entry in _entries(here):
            if not Path(entry.path).is_dir():
                if entry.name.endswith(".metadata.json") and Path(here).name == "metadata":
                    raise _is_a_table(str(Path(here).parent), "Iceberg")
                yield str(Path(entry.path))
            elif entry.name in TABLES:
                raise _is_a_table(here, TABLES[entry.name])
            elif entry.is_symlink():
                links.append(entry.path)
            else:
                pending.append(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise CostDataError(f"cannot be opened: {error.strerror}", file=folder) from error


def _identity(path: str | Path) -> tuple[int, int]:
    status = Path(path).stat()
    return status.st_dev, status.st_ino


def _fault(path: str) -> str | None:
    """Why a path is no file to read, None if it is one."""
    try:
        mode = Path(path).stat().st_mode
    except OSError as error:
        return "a link to nothing" if Path(path).is_symlink() else str(error.strerror)
    return None if stat.S_ISREG(mode) else "no regular file"


def _is_hidden(path: PurePath) -> bool:
    """Whether a file is internal to an engine: `_temporary/`, `.part-0.csv.crc`."""
    if "manifest" in path.name.lower() and path.suffix == ".json":
        return False
    return any(part.startswith((".", "_")) and "=" not in part for part in path.parts)


def _means_data(path: str) -> bool:
    """Whether the name says that charges are in the file."""
    return PurePath(path).suffix.lower() in BILL_SUFFIXES


def _refuse_empty(paths: list[str]) -> None:
    if len(paths) > 1:
        names = some(PurePath(path).name for path in paths)
        raise CostDataError(
            f"{len(paths)} files are empty ({names}); download them again, or move them away",
            file=str(PurePath(paths[0]).parent),
        )
    if paths:
        reason = "the file is empty; a bill has at least a header: download it again, or move it"
        raise CostDataError(f"{reason} away", file=paths[0])


def _is_a_table(folder: str, kind: str) -> CostDataError:
    return CostDataError(
        f"is a {kind} table, whose files also hold rows that were replaced; export the table as it "
        "is now to parquet or csv, and give that folder",
        file=folder,
    )
