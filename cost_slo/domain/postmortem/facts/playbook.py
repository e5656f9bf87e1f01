# SPDX-License-Identifier: Apache-2.0
"""What can be done about a rise, and what would it save?

A playbook matches a rise by its service and usage type. What it saves is at most a share of what
the rise adds a day at today's volume; the share is the playbook's own, and it says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from cost_slo.domain.drivers.movers import MoverKind

SERVICE = "service"
METER = "meter"
MOST_EACH = 2


@dataclass(frozen=True, slots=True)
class Rise:
    """A part of the bill that cost more than before; amounts a day."""

    name: str
    where: tuple[tuple[str, str], ...]
    before: Decimal
    after: Decimal
    kind: MoverKind

    @property
    def excess(self) -> Decimal:
        """What it adds a day."""
        return self.after - self.before

    def value(self, dimension: str) -> str:
        """Its value in a dimension, empty where it names none."""
        return dict(self.where).get(dimension, "")


@dataclass(frozen=True, slots=True)
class Playbook:
    """One mitigation: which rises it fits, what it saves of their excess and why, where it is said.

    Patterns are shell patterns without regard to case. `share` is above 0 and at most 1. `action`
    has the places {what}, {target} and {due}.
    """

    name: str
    services: tuple[str, ...]
    usage_types: tuple[str, ...]
    kinds: tuple[MoverKind, ...]
    mitigation: str
    share: Decimal
    because: str
    action: str
    source: str

    def fits(self, rise: Rise) -> bool:
        """Whether the rise is of its kind; a rise that names no usage type may be of any."""
        meter = rise.value(METER)
        return (
            rise.kind in self.kinds
            and _any(self.services, rise.value(SERVICE))
            and (not self.usage_types or not meter or _any(self.usage_types, meter))
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mitigation of one rise; `saves` is the most it saves a day."""

    rise: Rise
    playbook: Playbook

    @property
    def saves(self) -> Decimal:
        """Up to this much a day: the playbook's share of what the rise adds."""
        return self.playbook.share * self.rise.excess

    @property
    def is_sure(self) -> bool:
        """Whether nothing about the fit is left to be looked up."""
        return not self.playbook.usage_types or bool(self.rise.value(METER))


def candidates(
    rises: Iterable[Rise], playbooks: Iterable[Playbook], *, most: int = MOST_EACH
) -> list[Candidate]:
    """The mitigations of each rise, at most so many: sure ones first, then the largest saving.

    Equal ones keep the order of the playbooks.
    """
    known, found = list(playbooks), list[Candidate]()
    for rise in rises:
        fitting = [Candidate(rise, playbook) for playbook in known if playbook.fits(rise)]
        found += sorted(fitting, key=_rank)[:most]
    return found


def _rank(candidate: Candidate) -> tuple[bool, Decimal]:
    return not candidate.is_sure, -candidate.saves


def _any(patterns: Iterable[str], value: str) -> bool:
    return any(fnmatchcase(value.casefold(), pattern.casefold()) for pattern in patterns)
