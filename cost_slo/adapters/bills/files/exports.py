# SPDX-License-Identifier: Apache-2.0
"""Which files are one export, and how are two exports related by their names?

One export is the files of a manifest, or files of one folder and one format whose names differ in
a part number: `name-00001.csv.gz`, `part-00000-UUID.parquet`, `part_0_0001.csv`, `data_0.parquet`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath

from cost_slo.adapters.bills.columns.shape import squeezed
from cost_slo.adapters.bills.files.detect import BillFile
from cost_slo.adapters.bills.files.manifests import Manifest
from cost_slo.adapters.bills.files.versions import period_folder

_SUFFIXES = re.compile(r"((?:\.(?:csv|gz|parquet|snappy|json|jsonl|ndjson|txt|tsv))+)$")
UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    r"(?<!\d)20\d\d[-_./]?(?:0[1-9]|1[0-2])"
    r"(?:[-_./]?(?:0[1-9]|[12]\d|3[01]))?(?:[-_./t]{0,2}\d\d(?:[:_-]?\d\d){0,2})?(?!\d)"
    r"|(?:year=)20\d\d(?:/month=\d+)?(?:/day=\d+)?"
    rf"|(?<![a-z])(?:{MONTH})(?:[-_ ]?20\d\d)?(?![a-z])"
)
PART = re.compile(
    r"(?:(?:part|data|chunk)[-_]?\d+(?:[-_]\d+)*|[-_.]\d{4,}|^\d{6,}(?:_\d+)?)(?=$|[-_.~])"
)
LOOSE = re.compile(r"\d+")
# Words in names of files and folders, and which provider each means.
VENDORS = {
    "aws": "aws",
    "amazon": "aws",
    "azure": "azure",
    "microsoft": "azure",
    "gcp": "gcp",
    "google": "gcp",
    "oci": "oci",
    "oracle": "oci",
    "alibaba": "alibaba",
    "tencent": "tencent",
    "databricks": "databricks",
    "snowflake": "snowflake",
    "datadog": "datadog",
    "mongodb": "mongodb",
}


class Relation(StrEnum):
    """How two exports are related by name: others, other days of one, or parts of one."""

    OTHER = "other"
    DATED = "dated"
    LOOSE = "loose"


@dataclass(frozen=True, slots=True)
class Export:
    """Files that were written together, with what their names and manifests say."""

    files: tuple[BillFile, ...]
    pattern: str
    dates: tuple[str, ...]
    made: datetime | None
    vendors: frozenset[str]

    def has_another_vendor(self, other: Export) -> bool:
        """Whether the names of both name different providers."""
        both = self.vendors & other.vendors
        return bool(self.vendors - both and other.vendors - both)

    @property
    def header(self) -> frozenset[str]:
        return frozenset(squeezed(column.name) for file in self.files for column in file.columns)

    def relation(self, other: Export) -> Relation:
        """The relation by name; Spark gives the files of each job an id."""
        if self.pattern != other.pattern or self.header != other.header:
            return Relation.OTHER
        jobs = "part-#-~" in self.pattern
        return Relation.DATED if jobs or self.dates != other.dates else Relation.LOOSE

    def is_newer(self, other: Export) -> bool:
        """Whether manifests, or else the dates in the names, say that it was made later."""
        if self.made is not None and other.made is not None:
            return self.made > other.made
        digits = all(each[0].isdigit() for each in (*self.dates, *other.dates))
        return digits and self.pattern == other.pattern and self.dates > other.dates


def exports_of(
    files: Sequence[BillFile], manifests: Mapping[str, Sequence[Manifest]]
) -> list[Export]:
    """The exports of a bill, in the order of their files."""
    grouped: dict[tuple[str, ...], list[BillFile]] = {}
    by_manifest: dict[str, tuple[str, ...]] = {}
    for file in files:
        key = _identity(file)
        for manifest in manifests.get(file.path, ()):
            key = by_manifest.setdefault(manifest.path, key)
        grouped.setdefault(key, []).append(file)
    return [_export(group, manifests) for group in grouped.values()]


def _export(files: Sequence[BillFile], manifests: Mapping[str, Sequence[Manifest]]) -> Export:
    path = files[0].path
    made = [each.made for file in files for each in manifests.get(file.path, ()) if each.made]
    dated = _DATE.sub("@", UUID.sub("~", _lower(path)))
    hive = re.sub(r"=[^/]*", "=", dated)
    return Export(
        tuple(files),
        LOOSE.sub("#", hive),
        tuple(_DATE.findall(UUID.sub("~", _lower(path)))),
        max(made, default=None),
        frozenset(VENDORS[word] for word in re.findall("[a-z]+", _lower(path)) if word in VENDORS),
    )


def _identity(file: BillFile) -> tuple[str, ...]:
    """The same for all parts of one export: folder, name without its part number, columns."""
    path = PurePath(file.path)
    stem, suffix = _split(path.name.lower())
    folder = period_folder(file.path) or str(path.parent)
    columns = ",".join(sorted(squeezed(column.name) for column in file.columns))
    return folder, _without_part(stem), suffix, columns


def _without_part(stem: str) -> str:
    """The stem with its part number masked; dates and ids stay."""
    kept = [*_DATE.findall(stem), *UUID.findall(stem)]
    masked = _DATE.sub("@", UUID.sub("~", stem))
    return "|".join([PART.sub("#", masked), *kept])


def _split(name: str) -> tuple[str, str]:
    found = _SUFFIXES.search(name)
    return (name[: found.start()], found[1]) if found else (name, "")


def _lower(path: str) -> str:
    return PurePath(path).as_posix().lower()
