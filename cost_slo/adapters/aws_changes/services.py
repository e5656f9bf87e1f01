# SPDX-License-Identifier: Apache-2.0
"""Which service of the bill does a call in the record of changes belong to?

The names are data, with their sources cited: `services.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any

import yaml

DOMAIN = ".amazonaws.com"


@dataclass(frozen=True, slots=True)
class BilledService:
    """A service as a bill names it, and whether a call deployed another version of something."""

    name: str
    billed_as: tuple[str, ...] = ()
    is_deploy: bool = False

    def as_named_in(self, wanted: Sequence[str]) -> str | None:
        """The wanted name that means this service; None if there is none."""
        return next((name for name in wanted if self._is(name)), None)

    def _is(self, name: str) -> bool:
        said = name.casefold()
        return any(fnmatchcase(said, each.casefold()) for each in (self.name, *self.billed_as))


def billed_service(source: str, action: str) -> BilledService:
    """The service of a call; an unknown one keeps the name of its source."""
    short = source.removesuffix(DOMAIN)
    is_deploy = action in _table()["deploys"].get(short, ())
    for entry in _table()["services"]:
        if entry["source"] == short and _is_about(entry, action):
            return BilledService(entry["service"], tuple(entry["billed_as"]), is_deploy)
    return BilledService(source, is_deploy=is_deploy)


def source_of_type(resource_type: str) -> str:
    """The source that serves a CloudFormation type, such as `ec2` for `AWS::EC2::Instance`."""
    family = [*resource_type.split("::"), ""][1]
    found = (entry["source"] for entry in _table()["services"] if family in entry.get("types", ()))
    return next(found, family.lower())


def _is_about(entry: Mapping[str, Any], action: str) -> bool:
    about = entry.get("about")
    return about is None or any(word in action for word in about)


@cache
def _table() -> Mapping[str, Any]:
    file = resources.files("cost_slo.adapters.aws_changes") / "services.yaml"
    table: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return table
