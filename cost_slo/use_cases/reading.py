# SPDX-License-Identifier: Apache-2.0
"""What is known of each SLO before it is judged?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from cost_slo.domain.account_changes.before_the_rise import MOST_CHANGES, Lookup, place_of
from cost_slo.domain.account_changes.change import Changes, Place
from cost_slo.domain.alerts.alert import POINTERS, Notification
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.errors import CostDataError, CostSloError
from cost_slo.domain.evidence.snapshot import Snapshot
from cost_slo.domain.incidents.incident import Incident, IncidentEvent, incidents
from cost_slo.domain.spec.document import Slo, Spec
from cost_slo.domain.spend.reading import CostReading, Observation, UnitReading
from cost_slo.domain.spend.settlement import open_from
from cost_slo.ports import (
    ChangeSource,
    CostSource,
    ForecastSource,
    Notifier,
    SpecSource,
    Store,
    UnitSource,
)

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Monitor:
    """Everything `run` reads from and writes to.

    `changes` where somebody records who did what, `forecasts` where a second opinion is asked for;
    `pointers` are the last lines of a message about an `{incident}`.
    """

    specs: SpecSource
    costs: CostSource
    units: UnitSource
    policy: Callable[[str], Policy]
    store: Store
    notifier: Notifier
    changes: ChangeSource | None = None
    forecasts: ForecastSource | None = None
    pointers: str = POINTERS


@dataclass(frozen=True, slots=True)
class Costs:
    """The reading of each SLO by name, or why there is none."""

    readings: Mapping[str, CostReading]
    failures: Mapping[str, Exception]


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for one SLO: its bill and units, its ledger and its incidents.

    `events` is how many it had when it was read, `told` every message about it, oldest first.
    `is_past` says that the SLO has been evaluated at a later instant already: then the evaluation
    is reported, but changes nothing. `pointers` are as in `Monitor`.
    """

    slo: Slo
    policy: Policy
    reading: CostReading
    units: UnitReading | None
    ledger: Sequence[Observation]
    incidents: Sequence[Incident]
    events: int
    told: Sequence[Notification]
    is_past: bool
    pointers: str = POINTERS

    @property
    def current(self) -> Incident | None:
        """Its latest incident, ended or not."""
        return self.incidents[-1] if self.incidents else None


def first_open_days(store: Store, spec: Spec, as_of: datetime) -> Mapping[str, date]:
    """The first day that may differ from the ledger, by the name of each SLO that is in it."""
    evaluated = store.load_evaluated()
    settled = {slo.name: evaluated[slo.series] for slo in spec.slos if slo.series in evaluated}
    return {name: open_from(min(at, as_of)) for name, at in settled.items()}


def read_costs(monitor: Monitor, spec: Spec, as_of: datetime) -> Costs:
    """One reading for all SLOs; where it cannot be had, one for each that can."""
    since = first_open_days(monitor.store, spec, as_of)
    fetch = monitor.costs.fetch_costs
    try:
        reading = fetch(spec.slos, spec.currency, as_of, since)
        names = [slo.name for slo in spec.slos if slo.name not in reading.failures]
        return Costs(dict.fromkeys(names, reading), reading.failures)
    except Exception as error:
        if len(spec.slos) == 1 or not _is_of_one(error):
            raise
        failures: dict[str, Exception] = {spec.slos[0].name: error}
    readings: dict[str, CostReading] = {}
    for slo in spec.slos:
        try:
            readings[slo.name] = fetch([slo], spec.currency, as_of, since)
            failures.pop(slo.name, None)
        except Exception as error:
            if not _is_of_one(error):
                raise
            failures[slo.name] = error
    return Costs(readings, failures)


def _is_of_one(error: Exception) -> bool:
    """Whether another SLO may be read all the same: what fails is a scope, or this program."""
    return isinstance(error, CostDataError) or not isinstance(error, CostSloError)


def read_changes(monitor: Monitor, told: Snapshot, since: date) -> Lookup | None:
    """What was done to the account around the first day of a rise; a failure is told beside."""
    if monitor.changes is None:
        return None
    rises = [place_of(mover) for mover in told.rises[:MOST_CHANGES]]
    place = rises[0] if rises else Place()
    services = tuple(dict.fromkeys(rise.service for rise in rises if rise.service))
    empty = Lookup(since, told.as_of, place, Changes())
    try:
        changes = monitor.changes.fetch_changes(empty.start, empty.end, services)
    except CostSloError as error:
        changes = Changes(description="the record of changes", failures=(error,))
    return replace(empty, changes=changes)


def read_known(
    monitor: Monitor, spec: Spec, costs: Costs, as_of: datetime
) -> tuple[list[Known], dict[str, Exception]]:
    """Everything the line needs; a fault of one SLO's own silences none of the others.

    Events are read before `evaluated`: a later evaluation that is not among the events read is
    among the instants, or else comes after both and is a conflict.
    """
    readings = [(slo, costs.readings[slo.name]) for slo in spec.slos if slo.name in costs.readings]
    events, untold = _each(readings, lambda slo, _: monitor.store.load_events(slo=slo.name))
    evaluated = monitor.store.load_evaluated()

    def known_of(slo: Slo, written: Sequence[IncidentEvent]) -> Known:
        return Known(
            slo=slo,
            policy=monitor.policy(slo.policy),
            reading=costs.readings[slo.name],
            units=monitor.units.fetch_units(slo, as_of) if slo.units else None,
            ledger=monitor.store.load_observations(slo.series),
            incidents=incidents(event for event in written if event.at <= as_of),
            events=len(written),
            told=monitor.store.load_notifications(slo.name),
            is_past=as_of < evaluated.get(slo.name, as_of),
            pointers=monitor.pointers,
        )

    known, unknown = _each(events, known_of)
    return [facts for _, facts in known], {**costs.failures, **untold, **unknown}


def _each(
    given: Iterable[tuple[Slo, Given]], work: Callable[[Slo, Given], Made]
) -> tuple[list[tuple[Slo, Made]], dict[str, Exception]]:
    """What the work makes of each SLO, and why it makes nothing of some."""
    made, failures = list[tuple[Slo, Made]](), dict[str, Exception]()
    for slo, one in given:
        try:
            made.append((slo, work(slo, one)))
        except Exception as error:  # noqa: BLE001  it is reported, and the other SLOs are judged
            failures[slo.name] = error
    return made, failures
