# SPDX-License-Identifier: Apache-2.0
"""What the use cases need from outside; adapters provide it, fakes imitate it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from cost_slo.domain.account_changes.change import Changes
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.anomalies.anomaly import Feedback
from cost_slo.domain.incidents.delivery import Delivery
from cost_slo.domain.incidents.incident import IncidentEvent
from cost_slo.domain.spec.document import Slo, Spec
from cost_slo.domain.spend.cube import Cube, CubeQuestion, Where
from cost_slo.domain.spend.reading import CostReading, Observation, UnitReading
from cost_slo.domain.spend.second_opinion import NoOpinion, RestOfMonth


class SpecSource(Protocol):
    """Where the spec is written."""

    def load_spec(self) -> Spec:
        """The whole validated document. Raises SpecError with file, line and field."""
        ...


class CostSource(Protocol):
    """Where charges are read."""

    def fetch_costs(
        self,
        slos: Sequence[Slo],
        currency: str,
        as_of: datetime,
        open_from: Mapping[str, date] | None = None,
    ) -> CostReading:
        """Daily spend in each SLO's scope, from charges that start before `as_of`.

        `open_from` is, by SLO name, the first day that may differ from what the ledger knows of it;
        a source that is paid may leave earlier days out (`CostReading.covers_from`). An SLO that is
        not in it is read from the beginning. Raises CostDataError when the costs cannot be trusted,
        SourceError when the outside system failed.
        """
        ...

    def fetch_cube(self, asked: CubeQuestion) -> Cube:
        """What each combination of dimension values cost in a window and in its baseline.

        Dimensions that the source does not have are left out, with a note. Raises CostDataError
        if a period has no charge or the costs cannot be trusted, SourceError.
        """
        ...

    def fetch_series(
        self, asked: CubeQuestion, segments: Sequence[Where]
    ) -> tuple[tuple[Decimal, ...], ...]:
        """The cost of each segment on each day of the window, zero if nothing was charged.

        A charge counts for the first segment it matches. Each series is empty if the source
        knows no days. Raises CostDataError or SourceError.
        """
        ...


class ForecastSource(Protocol):
    """Who else expects something of a month."""

    def second_opinion(self, slo: Slo, as_of: datetime) -> RestOfMonth | NoOpinion:
        """What the rest of the month of `as_of` will cost in an SLO's scope, from that day on.

        Raises CostDataError or SourceError.
        """
        ...


class UnitSource(Protocol):
    """Where units are counted."""

    def fetch_units(self, slo: Slo, as_of: datetime) -> UnitReading:
        """Units by day before `as_of`. Raises CostDataError or SourceError."""
        ...


class ChangeSource(Protocol):
    """Where it is recorded who changed what."""

    def fetch_changes(self, start: datetime, end: datetime, services: Sequence[str]) -> Changes:
        """Changes made from `start` until before `end`.

        Where services are given, as the bill names them: changes to these, under these names, and
        deployments of any service. Raises SourceError.
        """
        ...


class AnomalyFeedback(Protocol):
    """Where it is told what a person said of an anomaly."""

    def send_feedback(self, anomaly: str, feedback: Feedback, *, on: date) -> None:
        """Tell it, on a day; telling it again changes nothing. Raises SourceError."""
        ...


@dataclass(frozen=True, slots=True)
class StateChange:
    """What one use case writes at once: all of it, or nothing.

    `expected` is, by SLO name, how many events it had when it was read: with any other number
    nothing is written.
    """

    observations: tuple[Observation, ...] = ()
    events: tuple[IncidentEvent, ...] = ()
    notifications: tuple[Notification, ...] = ()
    evaluated: Mapping[str, datetime] | None = None
    """SLO name, and series, to the `as_of` it has now been evaluated at."""
    drafts: Mapping[str, str] | None = None
    """Fingerprint to the text of a narrative draft as it was handed out."""
    expected: Mapping[str, int] | None = None


class RequestLedger(Protocol):
    """How many paid requests were made? Every store keeps it."""

    def load_requests(self, month: date) -> int:
        """Paid requests made in the calendar month of a day."""
        ...

    def add_requests(self, month: date, count: int) -> int:
        """Count some more, or give some back (negative); the month's new total. Raises SourceError.

        Two callers at once both count.
        """
        ...


class Store(RequestLedger, Protocol):
    """The ledger, the incidents and the outbox."""

    def load_observations(self, series: str) -> Sequence[Observation]:
        """Every revision of every day of a series, ordered by day and revision."""
        ...

    def load_events(
        self, *, slo: str | None = None, incident: str | None = None
    ) -> Sequence[IncidentEvent]:
        """Incident events in the order they were written, of one SLO or incident, or all."""
        ...

    def load_evaluated(self) -> Mapping[str, datetime]:
        """SLO name, and series, to the latest `as_of` it was evaluated at."""
        ...

    def load_draft(self, fingerprint: str) -> str | None:
        """The text of a draft as it was handed out; None where it is not known."""
        ...

    def save(self, change: StateChange) -> None:
        """Write all of a change in one transaction.

        A store whose transactions are too small for it writes observations first and `evaluated`
        last: the same change, written again, makes good what a crash left out. Observations,
        events, notifications and drafts whose key is already stored are left as they are.
        `evaluated` never goes back in time. Raises SourceError, and StateConflictError where
        somebody else wrote events since they were read.
        """
        ...

    def load_pending(self) -> Sequence[Notification]:
        """Notifications not yet delivered, oldest first."""
        ...

    def load_notifications(self, slo: str) -> Sequence[Notification]:
        """Every notification about an SLO, delivered or not, oldest first."""
        ...

    def save_delivered(self, key: str, at: datetime) -> None:
        """Mark a notification as done with: no channel is owed it any more."""
        ...

    def load_deliveries(self, key: str) -> Sequence[Delivery]:
        """What became of a notification so far, by channel; ordered by channel."""
        ...

    def save_delivery(self, delivery: Delivery) -> None:
        """Write how far a notification has come on a channel, over what was known of it.

        A stored delivery that is over stays as it is. Raises SourceError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Narrative:
    """A text that people edit, and which version of it this is."""

    text: str
    version: str


class Narratives(Protocol):
    """Where the narratives of incidents lie, and people edit them."""

    def load_narrative(self, incident: str) -> Narrative | None:
        """The text as it stands; None where there is none yet.

        Raises CostSloError for what is not UTF-8, SourceError.
        """
        ...

    def save_narrative(self, incident: str, text: str, *, over: str | None) -> None:
        """Write where what is there still is the version `over`, or nothing where that is None.

        Raises StateConflictError where somebody edited it since: merge again. Raises SourceError.
        """
        ...


class Notifier(Protocol):
    """Where messages go."""

    def send_notification(self, notification: Notification) -> None:
        """Deliver one message, at least once. Raises SourceError."""
        ...


class Renderer(Protocol):
    """Turns facts into text a person reads."""

    def render(self, template: str, facts: Mapping[str, Any]) -> str:
        """Fill the named template. Same facts, same text, byte for byte."""
        ...
