# SPDX-License-Identifier: Apache-2.0
"""Which version of each billing period counts, when an export left several?

AWS keeps one folder a billing period (`BILLING_PERIOD=2026-09`, or `20260901-20261001`) and, when
it does not overwrite, one folder a run below it. Only the newest run of a period is the bill;
adding two up would double it. The manifest names it; without one, the newest files are it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from cost_slo.domain.errors import CostDataError

PERIOD = re.compile(r"^(?:billing_period=(\d{4}-\d{2}).*|(\d{8}-\d{8}))$", re.IGNORECASE)

Key = tuple[str, str]


def current_files(
    paths: Sequence[str], manifests: Iterable[Mapping[str, Any]]
) -> tuple[list[str], list[str]]:
    """The files that count, and a note for each period with versions left out."""
    named = {name for manifest in manifests for name in manifest_files(manifest)}
    periods: defaultdict[Key, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    kept: list[str] = []
    notes: list[str] = []
    for path in paths:
        place = _place(path)
        if place is None:
            kept.append(path)
        else:
            periods[place[0], place[1]][place[2]].append(path)
    for (_, period), versions in sorted(periods.items()):
        newest = _newest(versions, named)
        kept += versions[newest]
        if len(versions) > 1:
            left = sum(len(files) for files in versions.values()) - len(versions[newest])
            notes.append(
                f"Billing period {period} has {len(versions)} versions: used "
                f"{newest or 'the files of the period folder'}, left out {left} superseded "
                f"file{'s' if left != 1 else ''}."
            )
    return sorted(kept), notes


def load_manifest(path: str) -> Mapping[str, Any] | None:
    """The manifest in a JSON file, None when the JSON is something else."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    if isinstance(document, dict) and manifest_files(document):
        return document
    return None


def manifest_files(manifest: Mapping[str, Any]) -> list[str]:
    """The last folder and name of each file a manifest lists."""
    listed = manifest.get("reportKeys") or manifest.get("dataFiles") or []
    if not isinstance(listed, list):
        return []
    return [_tail(name) for name in listed if isinstance(name, str)]


def check_complete(paths: Sequence[str], manifests: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a period of which some, but not all, of the files its manifest names are here."""
    here = {_tail(path) for path in paths}
    for manifest in manifests:
        listed = manifest_files(manifest)
        missing = [name for name in listed if name not in here]
        if missing and len(missing) < len(listed):
            raise CostDataError(
                f"the manifest names {len(listed)} files and {len(missing)} of them "
                "are not here; download the whole export",
                file=missing[0],
            )


def _place(path: str) -> tuple[str, str, str] | None:
    parts = PurePath(path).parts
    for index in range(len(parts) - 2, -1, -1):
        match = PERIOD.match(parts[index])
        if match:
            export = str(PurePath(*parts[:index])) if index else ""
            return export, match[1] or match[2], "/".join(parts[index + 1 : -1])
    return None


def _newest(versions: Mapping[str, list[str]], named: set[str]) -> str:
    def rank(version: str) -> tuple[bool, float, str]:
        files = versions[version]
        current = any(_tail(path) in named for path in files)
        return current, max(Path(path).stat().st_mtime for path in files), version

    return max(versions, key=rank)


def _tail(path: str) -> str:
    return "/".join(PurePath(path).parts[-2:])
