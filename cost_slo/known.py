# SPDX-License-Identifier: Apache-2.0
"""What is known of each SLO before it is judged?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cost_slo.domain.change import Changes, Place
from cost_slo.domain.changed_before import LISTED, Lookup, place_of
from cost_slo.domain.errors import CostDataError, CostSloError
from cost_slo.domain.evidence import Detail
from cost_slo.domain.incident import Incident, incidents
from cost_slo.domain.notification import POINTERS, Notification
from cost_slo.domain.policy import Policy
from cost_slo.domain.settlement import open_from
from cost_slo.domain.snapshot import Snapshot
from cost_slo.domain.spec import Slo, Spec
from cost_slo.domain.spend import CostReading, Observation, UnitReading
from cost_slo.ports import (
    ChangeSource,
    CostSource,
    ForecastSource,
    Notifier,
    SpecSource,
    Store,
    UnitSource,
)


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
    failures: Mapping[str, CostSloError]


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for one SLO: its bill and units, its ledger and its incidents.

    `events` is how many it had when it was read, `told` every message about it, oldest first.
    `is_past` says that the SLO has been evaluated at a later instant already: then the evaluation
    is told, but changes nothing. `detail` is what changed by segment, read only of an SLO that
    calls. `pointers` are as in `Monitor`.
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
    detail: Detail | None = None
    pointers: str = POINTERS


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
    except CostDataError as error:
        if len(spec.slos) == 1:
            raise
        failures: dict[str, CostSloError] = {spec.slos[0].name: error}
    readings: dict[str, CostReading] = {}
    for slo in spec.slos:
        try:
            readings[slo.name] = fetch([slo], spec.currency, as_of, since)
            failures.pop(slo.name, None)
        except CostDataError as error:
            failures[slo.name] = error
    return Costs(readings, failures)


def read_changes(monitor: Monitor, told: Snapshot, since: date) -> Lookup | None:
    """What was done to the account around the first day of a rise; a failure is told beside."""
    if monitor.changes is None:
        return None
    rises = [place_of(mover) for mover in told.rises[:LISTED]]
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
) -> tuple[list[Known], dict[str, CostSloError]]:
    """Everything the line needs; a fault of one SLO's own silences none of the others.

    Events are read before `evaluated`: a later evaluation that is not among the events read is
    among the instants, or else comes after both and is a conflict.
    """
    readings, failures = costs.readings, dict(costs.failures)
    written = {name: monitor.store.load_events(slo=name) for name in readings}
    evaluated = monitor.store.load_evaluated()
    known = []
    for slo in spec.slos:
        if slo.name not in readings:
            continue
        try:
            units = monitor.units.fetch_units(slo, as_of) if slo.units else None
        except CostSloError as error:
            failures[slo.name] = error
            continue
        events = written[slo.name]
        facts = Known(
            slo=slo,
            policy=monitor.policy(slo.policy),
            reading=readings[slo.name],
            units=units,
            ledger=monitor.store.load_observations(slo.series),
            incidents=incidents(event for event in events if event.at <= as_of),
            events=len(events),
            told=monitor.store.load_notifications(slo.name),
            is_past=as_of < evaluated.get(slo.name, as_of),
            pointers=monitor.pointers,
        )
        known.append(facts)
    if failures and not known:
        raise next(iter(failures.values()))
    return known, failures
