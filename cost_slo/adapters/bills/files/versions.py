# SPDX-License-Identifier: Apache-2.0
"""Which version of each billing period counts, if an export left several?

AWS keeps one folder a billing period (`BILLING_PERIOD=2026-09`, or `20260901-20261001`) and, when
it does not overwrite, one folder a run below it; Azure has one folder a run, too. Only the newest
run of a period is the bill; adding two up would double it. Manifests say which it is, else the
time in a run's name, else the newest files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath
from typing import NamedTuple

from cost_slo.adapters.bills.files.listing import some
from cost_slo.adapters.bills.files.manifests import Manifest, ManifestPart, time_in
from cost_slo.domain.errors import CostDataError

PERIOD = re.compile(r"^(?:billing_period=(\d{4}-\d{2}).*|(\d{8}-\d{8}))$", re.IGNORECASE)
# A period that is a month, its end inclusive or not.
_WHOLE = re.compile(r"^\d{4}-\d\d$|^(\d{4})(\d\d)01-(?:\1\2(?:2[89]|3[01])|\d{6}01)$")

# Azure names a file that is not partitioned `daily_RUN.csv`, for each run, in one folder.
RUN = re.compile(r"_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.csv(?:\.gz)?$", re.IGNORECASE)


class _Place(NamedTuple):
    """Where a file is in an export: of which period, and in which version of it."""

    export: str
    period: str
    version: str


@dataclass(slots=True)
class Claims:
    """Which files the manifests name, and which of those are not here."""

    found: defaultdict[str, list[Manifest]] = field(default_factory=lambda: defaultdict(list))
    missing: defaultdict[str, list[ManifestPart]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Current:
    """The files that count, the rows that manifests promise, and notes."""

    paths: list[str]
    rows: Mapping[str, int]
    manifests: Mapping[str, Sequence[Manifest]]
    notes: list[str]


def current_files(paths: Sequence[str], manifests: Sequence[Manifest]) -> Current:
    """The files that count, and a note for each period with versions left out.

    Raises CostDataError if a manifest of these names a file that is not here.
    """
    claims = claimed(paths, manifests)
    periods: defaultdict[tuple[str, str], defaultdict[str, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    kept: list[str] = []
    notes: list[str] = []
    for path in paths:
        place = _place_of(path, claims)
        if place is None:
            kept.append(path)
        else:
            periods[place.export, place.period][place.version].append(path)
    for (_, period), versions in sorted(periods.items()):
        newest = max(versions, key=lambda each: _rank(each, versions[each], claims))
        kept += versions[newest]
        if len(versions) > 1:
            notes.append(_superseded(period, versions, newest))
    _refuse_parts_missing(kept, claims)
    notes += _absent(manifests, claims, kept)
    strays = _strays(kept, claims)
    if strays:
        notes.append(f"Skipped (not in the manifest): {some(_tail(each) for each in strays)}.")
    whole = sorted(set(kept) - set(strays))
    return Current(whole, claims.rows, claims.found, notes)


def claimed(paths: Sequence[str], manifests: Iterable[Manifest]) -> Claims:
    """The file of each part of a manifest: the one that fits best."""
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        by_name[PurePath(path).name.removesuffix(".gz")].append(path)
    claims = Claims()
    best: dict[str, tuple[tuple[int, bool, int], ManifestPart, Manifest]] = {}
    for manifest in manifests:
        for part in manifest.parts:
            name = part.key.name.removesuffix(".gz").removesuffix(".zip")
            fits = [(part.match(path, manifest.path), path) for path in by_name[name]]
            fit, path = max(fits, default=((0, False, 0), ""))
            if not fit[0]:
                claims.missing[manifest.path].append(part)
                continue
            other = best.get(path)
            if other is None or other[1].key == part.key:
                claims.found[path].append(manifest)
            elif other[0] < fit:
                claims.missing[other[2].path].append(other[1])
                claims.found[path] = [manifest]
            else:
                claims.missing[manifest.path].append(part)
                continue
            best[path] = (fit, part, manifest)
            if part.rows is not None:
                claims.rows[path] = part.rows
    return claims


def period_folder(path: str) -> str | None:
    """The folder of a file with its billing period masked, None outside of whole periods.

    Of each period one version is left, and two periods have no charge in common.
    """
    place = _place(path)
    if place is None or not _WHOLE.match(place.period):
        return None
    return f"{place.export}/@"


def _place(path: str) -> _Place | None:
    parts = PurePath(path).parts
    for index in range(len(parts) - 2, -1, -1):
        match = PERIOD.match(parts[index])
        if match:
            export = str(PurePath(*parts[:index])) if index else ""
            version = "/".join(part for part in parts[index + 1 : -1] if "=" not in part)
            run = RUN.search(parts[-1]) if match[2] and not version else None
            return _Place(export, match[1] or match[2], run[1] if run else version)
    return None


def _place_of(path: str, claims: Claims) -> _Place | None:
    place = _place(path)
    run = next((each.run for each in claims.found.get(path, []) if each.run), None)
    if place is None and run is not None:
        return _Place(run[0], run[1], str(PurePath(path).parent))
    return place


def _rank(version: str, paths: Sequence[str], claims: Claims) -> tuple[bool, bool, float, str]:
    """Sort key of a version: named by a manifest, named above the runs, its time, its name."""
    naming = [each for path in paths for each in claims.found.get(path, [])]
    above = any(
        version and (place := _place(each.path)) is not None and not place.version
        for each in naming
    )
    made = [each.made for each in naming if each.made is not None]
    time = max(made, default=time_in(version))
    stamp = time.timestamp() if time else max(Path(path).stat().st_mtime for path in paths)
    return bool(naming), above, stamp, version


def _superseded(period: str, versions: Mapping[str, Sequence[str]], newest: str) -> str:
    left = sum(len(files) for files in versions.values()) - len(versions[newest])
    return (
        f"Billing period {period} has {len(versions)} versions: used "
        f"{newest or 'the files of the period folder'}, left out {left} superseded "
        f"file{'s' if left != 1 else ''}."
    )


def _refuse_parts_missing(kept: Sequence[str], claims: Claims) -> None:
    """Refuse a run of which some, but not all, of the files its manifest names are here."""
    for manifest in {
        each.path: each for path in kept for each in claims.found.get(path, [])
    }.values():
        missing = claims.missing.get(manifest.path)
        if missing:
            raise CostDataError(
                f"the manifest {manifest.name} names {len(manifest.parts)} files and "
                f"{len(missing)} of them are not here; download the whole export",
                file="/".join(missing[0].key.parts[-2:]),
            )


def _absent(manifests: Sequence[Manifest], claims: Claims, kept: Sequence[str]) -> Iterable[str]:
    """A note for each run of which no file is here, unless a newer run of its period is."""
    naming = {each.path for found in claims.found.values() for each in found}
    for manifest in manifests:
        if not manifest.parts or manifest.path in naming:
            continue
        place = _place(str(manifest.parts[0].key))
        if place is None or not _is_older(manifest, place, kept, claims):
            where = f" of {place.period}" if place else ""
            count = len(manifest.parts)
            yield (
                f"{manifest.name} names {count} file{'s' if count != 1 else ''}{where}, such as "
                f"{_tail(str(manifest.parts[0].key))}, and none is here."
            )


def _is_older(manifest: Manifest, place: _Place, kept: Sequence[str], claims: Claims) -> bool:
    made = manifest.made or time_in(place.version)
    return made is not None and any(
        other.period == place.period and (when := _made(path, other, claims)) and when >= made
        for path in kept
        if (other := _place(path)) is not None
    )


def _made(path: str, place: _Place, claims: Claims) -> datetime | None:
    made = [each.made for each in claims.found.get(path, []) if each.made is not None]
    return max(made, default=time_in(place.version))


def _strays(kept: Sequence[str], claims: Claims) -> list[str]:
    """Files named like those that a manifest names beside them: an earlier run left them."""
    named = {_pattern(path) for path in kept if claims.found.get(path)}
    return [path for path in kept if _pattern(path) in named and not claims.found.get(path)]


def _pattern(path: str) -> tuple[PurePath, str]:
    name = PurePath(path).name.removesuffix(".gz")
    return PurePath(path).parent, re.sub(r"\d+", "#", name)


def _tail(path: str) -> str:
    return "/".join(PurePath(path).parts[-2:])
