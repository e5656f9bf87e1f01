# SPDX-License-Identifier: Apache-2.0
"""What is told on which date, whether or not anything happened?

A ritual stands on the state alone: it reads no bill and pays for no request. It is told once on a
date of its readers' calendar, and leaves through the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.digest.digest import (
    Digest,
    DigestEntry,
    SelfCost,
    due_actions,
    loudest_first,
    worst_first,
)
from cost_slo.domain.digest.text import body, subject
from cost_slo.domain.errors import SourceError
from cost_slo.domain.incidents.incident import IncidentEvent, Severity, incidents
from cost_slo.domain.period import DAY
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.ledger import as_known_at
from cost_slo.domain.verdict.burn_down import burn_down
from cost_slo.domain.verdict.standing import standing
from cost_slo.ports import Notifier, SpecSource, StateChange, Store
from cost_slo.use_cases.outbox import deliver

# The SLO of a message that is about all of them.
ALL_SLOS = ""


class Ritual(StrEnum):
    """What is told regularly."""

    DIGEST = "digest"

    def key(self, on: date) -> str:
        """The deduplication key of its message on a date; later dates sort later."""
        return f"{self}/{on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a ritual reads from and writes to: a monitor's, without its bill.

    `dashboard_url` is named below what is told, where there is one; `cap` is how many paid requests
    a month are allowed, if known.
    """

    specs: SpecSource
    policy: Callable[[str], Policy]
    store: Store
    notifier: Notifier
    dashboard_url: str | None = None
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The message of a date, whether this run wrote it, and what became of what was due."""

    message: Notification
    is_new: bool
    delivered: tuple[Notification, ...]
    undelivered: tuple[tuple[Notification, SourceError], ...]


def daily_digest(desk: Desk, as_of: datetime, *, zone: tzinfo = UTC) -> Digest:
    """How every SLO stands at an instant, against the last digest of an earlier date.

    `zone` says which date it is. Without an earlier digest it is compared with what was known a day
    before. Writes nothing.
    """
    spec, on = desk.specs.load_spec(), as_of.astimezone(zone).date()
    last = _last_told(desk.store, Ritual.DIGEST, on, as_of)
    since = last.created_at if last else as_of - DAY
    events = tuple(event for event in desk.store.load_events() if event.at <= as_of)
    known = incidents(events)
    return Digest(
        on=on,
        as_of=as_of,
        since=since,
        is_first=last is None,
        currency=spec.currency,
        entries=worst_first(
            _entry(desk, slo, events, (since, as_of), currency=spec.currency) for slo in spec.slos
        ),
        running=loudest_first(known),
        due=due_actions(known, as_of),
        self_cost=SelfCost(as_of.date(), desk.store.load_requests(as_of.date()), desk.cap),
    )


def send_digest(desk: Desk, digest: Digest) -> Sent:
    """Tell a digest, unless its date's was told already; deliver whatever the outbox holds.

    A message that was written but not delivered goes out as it was written.
    """
    shown = f"Dashboard: {desk.dashboard_url}\n" if desk.dashboard_url else ""
    message = Notification(
        key=Ritual.DIGEST.key(digest.on),
        incident=None,
        slo=ALL_SLOS,
        severity=Severity.NONE,
        created_at=digest.as_of,
        subject=subject(digest),
        body=f"{body(digest)}{shown}",
    )
    before = _told(desk.store, message.key)
    desk.store.save(StateChange(notifications=(message,)))
    delivered, undelivered = deliver(desk.store, desk.notifier, digest.as_of)
    return Sent(before or message, before is None, delivered, undelivered)


def tell_digest(desk: Desk, as_of: datetime, zone: tzinfo) -> Sent:
    """Make the digest of a date of `zone`, and send it."""
    return send_digest(desk, daily_digest(desk, as_of, zone=zone))


# How each ritual is told when its time has come.
TELLING: Mapping[Ritual, Callable[[Desk, datetime, tzinfo], Sent]] = {Ritual.DIGEST: tell_digest}


def _entry(
    desk: Desk,
    slo: Slo,
    events: tuple[IncidentEvent, ...],
    instants: tuple[datetime, datetime],
    *,
    currency: str,
) -> DigestEntry:
    """The SLO then and now; nothing then where nothing was known of it, not even that."""
    ledger, policy = desk.store.load_observations(slo.series), desk.policy(slo.policy)
    since, _ = instants
    told = desk.store.load_notifications(slo.name)
    was_known = as_known_at(ledger, since) or any(it.created_at <= since for it in told)
    own = [event for event in events if event.slo == slo.name]
    (before, _), (now, seen) = (
        standing(
            slo,
            policy,
            ledger,
            incidents(event for event in own if event.at <= at),
            currency=currency,
            as_of=at,
        )
        for at in instants
    )
    return DigestEntry(now, before if was_known else None, burn_down(now, seen) if seen else None)


def _last_told(store: Store, ritual: Ritual, on: date, as_of: datetime) -> Notification | None:
    """The ritual's message of the newest earlier date."""
    earlier = [
        message
        for message in store.load_notifications(ALL_SLOS)
        if message.key.startswith(f"{ritual}/")
        and message.key < ritual.key(on)
        and message.created_at < as_of
    ]
    return max(earlier, key=lambda message: message.key, default=None)


def _told(store: Store, key: str) -> Notification | None:
    return next((it for it in store.load_notifications(ALL_SLOS) if it.key == key), None)
