# SPDX-License-Identifier: Apache-2.0
"""Who changed what, before the spend changed?

A person is never named: `made_by` is the role, pipeline or service that acted. That a change came
shortly before a rise does not make it the cause: what is said of it is inferred.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.period import DAY
from cost_slo.domain.wording import duration, one_line

# Verbs of calls that may begin a cost; tagging, detaching and deleting do not.
RAISING = (
    "Allocate",
    "Create",
    "Enable",
    "Execute",
    "Import",
    "Increase",
    "Invoke",
    "Launch",
    "Modify",
    "Put",
    "Register",
    "Request",
    "Resize",
    "Restore",
    "Run",
    "Scale",
    "Set",
    "Start",
    "Update",
)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded write to an account.

    `service` is a FOCUS ServiceName if it is known, else the source's own name of it. `action`
    is what was called, such as `RunInstances`; `resource` what it was done to, "" where unknown.
    """

    at: datetime
    account: str
    region: str
    service: str
    action: str
    resource: str
    made_by: str
    is_deploy: bool = False
    """Whether it deployed another version of something."""

    @property
    def may_raise_cost(self) -> bool:
        """Whether it is of a kind that can begin a cost."""
        return self.is_deploy or self.action.startswith(RAISING)


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes that were found, oldest first.

    `notes` say what the source does not know, `failures` which sources did not answer.
    """

    found: tuple[Change, ...] = ()
    description: str = ""
    notes: tuple[str, ...] = ()
    failures: tuple[CostSloError, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bill rose; "" if it is not known."""

    account: str = ""
    service: str = ""
    region: str = ""

    def shared_with(self, change: Change) -> tuple[str, ...]:
        """What a change has in common with the place: account, service, region."""
        pairs = {
            "account": (self.account, change.account),
            "service": (self.service, change.service),
            "region": (self.region, change.region),
        }
        return tuple(name for name, (mine, its) in pairs.items() if mine and mine == its)


@dataclass(frozen=True, slots=True)
class LikelyChange:
    """A change that may have caused a rise, and the reason in words."""

    change: Change
    says: str


def likely(changes: Iterable[Change], place: Place, since: datetime) -> tuple[LikelyChange, ...]:
    """The changes before a rise, the likeliest first; inferred, never known to be the cause.

    `since` is the first instant of the first day above what is usual; a change in the course of
    that day counts too, a later one does not. What may raise cost comes first, then what shares
    most of account, service and region with the rise, then what is closest in time.
    """
    before = [change for change in changes if change.at < since + DAY]
    ranked = sorted(before, key=lambda change: _rank(change, place, since))
    return tuple(LikelyChange(change, _says(change, place, since)) for change in ranked)


def _rank(
    change: Change, place: Place, since: datetime
) -> tuple[bool, int, timedelta, datetime, str, str, str]:
    apart = abs(since - change.at)
    shared = len(place.shared_with(change))
    names = change.action, change.resource, change.service
    return not change.may_raise_cost, -shared, apart, change.at, *names


def _says(change: Change, place: Place, since: datetime) -> str:
    """`UpdateFunctionCode of weel-api (AWS Lambda) by role ci, 2 hours before the rise began`."""
    of = f" of {change.resource}" if change.resource else ""
    what = f"{change.action}{of} ({change.service}) by {change.made_by}"
    return one_line(f"{what}, {_when(change.at, since)}{_where(place.shared_with(change))}")


def _when(at: datetime, since: datetime) -> str:
    if at >= since:
        return f"at {at:%H:%M} UTC of the day the rise began"
    ahead = (since - at) / _HOUR
    return f"{duration(ahead)} before the day the rise began"


def _where(shared: tuple[str, ...]) -> str:
    if not shared:
        return ""
    listed = " and ".join(filter(None, [", ".join(shared[:-1]), shared[-1]]))
    return f", in the same {listed}"
