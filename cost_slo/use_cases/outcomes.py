# SPDX-License-Identifier: Apache-2.0
"""What did each SLO's evaluation come to, and how is it saved?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import CostSloError, StateConflictError, may_pass
from cost_slo.domain.evidence.snapshot import Snapshot
from cost_slo.domain.incidents.incident import IncidentEvent
from cost_slo.domain.incidents.transitions import Signal
from cost_slo.domain.missing import Missing, missing_in_words
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.verdict.document import SloReport
from cost_slo.ports import StateChange, Store
from cost_slo.use_cases.reading import Known


@dataclass(frozen=True, slots=True)
class Judged:
    """One SLO as judged on what is known of it, before anything is read in detail.

    `added` are the observations that its ledger lacks. `says` is what its incident is to hear; None
    if there was nothing to judge, or a later instant has been judged. `snapshot` is its evidence,
    by service. `missing` is what could not
    be made.
    """

    known: Known
    report: SloReport
    currency: str
    as_of: datetime
    added: tuple[Observation, ...] = ()
    says: Signal | None = None
    snapshot: Snapshot | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def seen(self) -> tuple[Observation, ...]:
        """Every observation of it."""
        return (*self.known.ledger, *self.added)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one SLO's evaluation came to, and what it adds to the state.

    `missing` is what it had to do without. `refused` is what it would do without again: a
    permission, mostly. `plain` makes the same outcome without what changed in detail.
    """

    report: SloReport
    observations: tuple[Observation, ...] = ()
    events: tuple[IncidentEvent, ...] = ()
    notifications: tuple[Notification, ...] = ()
    missing: tuple[Missing, ...] = ()
    refused: tuple[Exception, ...] = ()
    plain: Callable[[], Outcome] | None = None

    @property
    def slo(self) -> str:
        """The name of the SLO."""
        return self.report.assessment.slo.name

    def without(self, missing: Iterable[Missing]) -> Outcome:
        """The same, without these parts: the report names them."""
        every = (*self.missing, *missing)
        notes = (*self.report.notes, *missing_in_words(every))
        report = replace(self.report, notes=tuple(dict.fromkeys(notes)))
        return replace(self, report=report, missing=every)


def save_outcomes(
    store: Store, judged: Sequence[tuple[Known, Outcome]], as_of: datetime
) -> tuple[list[Outcome], dict[str, Exception]]:
    """Write what every SLO came to, at once: what was written, and which SLO's was not and why.

    If one of them cannot be written, each is written by itself, and without its detail if need be.
    Raises StateConflictError and a SourceError that may pass, and what fails for all.
    """
    try:
        store.save(_change(judged, as_of))
    except Exception as error:
        if _is_of_all(error) or not judged:
            raise
        return _save_each(store, judged, as_of)
    return [outcome for _, outcome in judged], {}


def _save_each(
    store: Store, judged: Sequence[tuple[Known, Outcome]], as_of: datetime
) -> tuple[list[Outcome], dict[str, Exception]]:
    saved, failures = list[Outcome](), dict[str, Exception]()
    for facts, outcome in judged:
        try:
            saved.append(_save_one(store, facts, outcome, as_of))
        except Exception as error:
            if _is_of_all(error):
                raise
            failures[facts.slo.name] = error
    if not saved:
        raise none_judged(failures)
    return saved, failures


def _save_one(store: Store, facts: Known, outcome: Outcome, as_of: datetime) -> Outcome:
    try:
        store.save(_change([(facts, outcome)], as_of))
    except Exception as error:
        if outcome.plain is None or _is_of_all(error):
            raise
        plain = outcome.plain()
        store.save(_change([(facts, plain)], as_of))
        return plain.without([Missing("what changed in detail", error)])
    return outcome


def _is_of_all(error: Exception) -> bool:
    """Whether it is the store's, not one SLO's: it may pass, or somebody else wrote first."""
    return may_pass(error) or isinstance(error, StateConflictError)


def none_judged(failures: Mapping[str, Exception]) -> Exception:
    """What to raise if no SLO could be judged; a fault of this program before any other.

    What else went wrong is in its notes.
    """
    first = min(failures.values(), key=lambda error: isinstance(error, CostSloError))
    others = {str(error): name for name, error in failures.items() if str(error) != str(first)}
    for text, name in others.items():
        first.add_note(f"{name}: {text}")
    return first


def _change(judged: Sequence[tuple[Known, Outcome]], as_of: datetime) -> StateChange:
    slos, outcomes = [facts.slo for facts, _ in judged], [outcome for _, outcome in judged]
    return StateChange(
        observations=tuple(row for outcome in outcomes for row in outcome.observations),
        events=tuple(event for outcome in outcomes for event in outcome.events),
        notifications=tuple(note for outcome in outcomes for note in outcome.notifications),
        evaluated=dict.fromkeys([name for slo in slos for name in (slo.name, slo.series)], as_of),
        expected={facts.slo.name: facts.events for facts, _ in judged},
    )
