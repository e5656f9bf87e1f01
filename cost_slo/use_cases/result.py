# SPDX-License-Identifier: Apache-2.0
"""What does a run report, once everything is saved and sent?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import GivenUpError, SourceError, in_words, is_fault, may_pass
from cost_slo.domain.verdict.document import evaluation, slo_entry
from cost_slo.use_cases.outbox import Deliveries
from cost_slo.use_cases.outcomes import Outcome, none_judged


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The documented object, and what became of the messages that were due.

    `refused` is what an alert had to do without and would again: a permission is missing, mostly.
    `failures` is why an SLO could not be judged, by its name; `causes` every error that something
    is missing for, and what is.
    """

    document: Mapping[str, Any]
    delivered: tuple[Notification, ...]
    undelivered: tuple[Notification, ...] = ()
    refused: tuple[Exception, ...] = ()
    failures: Mapping[str, Exception] = field(default_factory=dict)
    causes: tuple[tuple[str, Exception], ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """The SLOs that a fault of this program kept from being judged."""
        return tuple(name for name, error in self.failures.items() if is_fault(error))

    @property
    def errors(self) -> tuple[object, ...]:
        """The document's errors, then what an alert had to do without, in words."""
        return (*self.document["errors"], *map(in_words, self.refused))

    @property
    def left(self) -> tuple[object, ...]:
        """What the next run has to do again."""
        return (*self.undelivered, *self.refused, *self.unjudged)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The SLOs that another run may judge, and those of `faults`."""
        passing = [name for name, error in self.failures.items() if may_pass(error)]
        return (*passing, *self.faults)


def result_of(
    outcomes: Sequence[Outcome],
    failures: Mapping[str, Exception],
    sent: Deliveries,
    currency: str,
    as_of: datetime,
) -> Evaluation:
    """The result of a run; `sent` are the messages that were delivered, and those that were not."""
    written, unwritten = _written(outcomes, currency, as_of)
    failed, (delivered, undelivered) = {**failures, **unwritten}, sent
    document = evaluation(
        [outcome.report for outcome in written],
        as_of=as_of,
        currency=currency,
        failures=[
            *((name, in_words(error)) for name, error in failed.items()),
            *(_not_delivered(message, error) for message, error in undelivered),
        ],
    )
    return Evaluation(
        document,
        delivered,
        undelivered=tuple(dict.fromkeys(message for message, _ in undelivered)),
        refused=tuple(error for outcome in written for error in outcome.refused),
        failures=failed,
        causes=(
            *failed.items(),
            *((f"{it.slo}: {one.what}", one.error) for it in written for one in it.missing),
            *((f"{message.slo}: an alert", error) for message, error in undelivered),
        ),
    )


def _written(
    outcomes: Sequence[Outcome], currency: str, as_of: datetime
) -> tuple[list[Outcome], dict[str, Exception]]:
    """The outcomes whose figures can be written down, and why not by the names of the others."""
    written, failures = list[Outcome](), dict[str, Exception]()
    for outcome in outcomes:
        try:
            slo_entry(outcome.report, as_of=as_of, currency=currency)
            written.append(outcome)
        except Exception as error:  # noqa: BLE001  the alert has left; the others are reported
            failures[outcome.slo] = error
    if failures and not written:
        raise none_judged(failures)
    return written, failures


def _not_delivered(message: Notification, error: SourceError) -> tuple[str, str]:
    """What it is about, an SLO or a ritual by its name, and why it waits."""
    becomes = "was given up" if isinstance(error, GivenUpError) else "waits for the next run"
    if not message.slo:
        name, _, on = message.key.partition("/")
        return name, f"the {name} of {on} {becomes}: {error}"
    about = message.incident or f"the data of {message.slo}"
    return message.slo, f"an alert about {about} {becomes}: {error}"
