# SPDX-License-Identifier: Apache-2.0
"""Reads and checks playbooks.

Shipped playbooks are package data: one file per family of services; each entry cites its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from cost_slo.domain.drivers.movers import MoverKind
from cost_slo.domain.errors import SpecError
from cost_slo.domain.postmortem.facts.playbook import Playbook

_SHIPPED = resources.files("cost_slo") / "playbooks"
_TEXTS = ("name", "mitigation", "because", "action", "source")
_FIELDS = {*_TEXTS, "services", "usage_types", "kinds", "share"}
PLACES = {"what": "", "target": "", "due": ""}
_DUE = "{due}"


@cache
def shipped_playbooks() -> tuple[Playbook, ...]:
    """Every playbook of the package, in the order of files and entries."""
    files = sorted((file for file in _SHIPPED.iterdir() if ".yaml" in file.name), key=str)
    return load_playbooks(files)


def load_playbooks(files: Iterable[Traversable]) -> tuple[Playbook, ...]:
    """The playbooks of these files.

    Raises SpecError naming file, entry, field, the expected and the found value; also for a
    duplicate name.
    """
    found: dict[str, Playbook] = {}
    for file in files:
        for place, entry in enumerate(_entries(file), start=1):
            playbook = _playbook(entry, str(file), f"playbooks[{place}]")
            if playbook.name in found:
                raise _fault(str(file), f"playbooks[{place}].name", "a unique name", playbook.name)
            found[playbook.name] = playbook
    return tuple(found.values())


def _entries(file: Traversable) -> list[Any]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SpecError(f"the playbooks cannot be read: {error}", file=str(file)) from error
    entries = document.get("playbooks") if isinstance(document, Mapping) else None
    if not isinstance(entries, list):
        raise _fault(str(file), "playbooks", "a list of playbooks", document)
    return entries


def _playbook(entry: object, file: str, field: str) -> Playbook:
    if not isinstance(entry, Mapping):
        raise _fault(file, field, "keys and values", entry)
    unknown = {str(key) for key in entry} - _FIELDS
    if unknown:
        raise _fault(
            file, f"{field}.{min(unknown)}", f"one of {', '.join(sorted(_FIELDS))}", min(unknown)
        )
    texts = {name: _text(entry.get(name), file, f"{field}.{name}") for name in _TEXTS}
    return Playbook(
        services=_texts(entry.get("services"), file, f"{field}.services"),
        usage_types=_texts(entry.get("usage_types", []), file, f"{field}.usage_types"),
        kinds=_kinds(entry.get("kinds", [MoverKind.UP, MoverKind.NEW]), file, f"{field}.kinds"),
        share=_share(entry.get("share"), file, f"{field}.share"),
        **texts | {"action": _action(texts["action"], file, f"{field}.action")},
    )


def _text(value: object, file: str, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _fault(file, field, "a text", value)
    return value


def _texts(value: object, file: str, field: str) -> tuple[str, ...]:
    if not isinstance(value, list) or (not value and not field.endswith("usage_types")):
        raise _fault(file, field, "a list of patterns", value)
    return tuple(_text(item, file, field) for item in value)


def _kinds(value: object, file: str, field: str) -> tuple[MoverKind, ...]:
    kinds = {str(kind): kind for kind in (MoverKind.UP, MoverKind.NEW)}
    if not isinstance(value, list) or not value or not {*map(str, value)} <= {*kinds}:
        raise _fault(file, field, "a list of up and new", value)
    return tuple(kinds[str(item)] for item in value)


def _share(value: object, file: str, field: str) -> Decimal:
    try:
        share = Decimal(str(value))
    except InvalidOperation:
        share = Decimal(0)
    if not 0 < share <= 1:
        raise _fault(file, field, "a number above 0 and at most 1", value)
    return share


def _action(text: str, file: str, field: str) -> str:
    """An action must contain {due}, and no placeholder that is not in PLACES."""
    try:
        text.format(**PLACES)
    except (KeyError, IndexError, ValueError) as error:
        expected = "no placeholders but {what}, {target} and {due}"
        raise _fault(file, field, expected, text) from error
    if _DUE not in text:
        raise _fault(file, field, "a text with the placeholder {due}", text)
    return text


def _fault(file: str, field: str, expected: str, found: object) -> SpecError:
    return SpecError(f"expected {expected}, found {found!r}", file=file, field=field)
