# SPDX-License-Identifier: Apache-2.0
"""What do we tell the people on call?

An *alert* is a decision; a *notification* is the message about it. It leaves through the outbox,
at least once, and its `key` lets a receiver drop a repeat.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cost_slo.domain.drivers.movers import Mover, Movers
from cost_slo.domain.drivers.sentences import unit_cost_sentence
from cost_slo.domain.evidence.overspend import further_day, headline, over_or_under, short_headline
from cost_slo.domain.evidence.snapshot import Snapshot, read_snapshot
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent, Severity
from cost_slo.domain.period import DAY
from cost_slo.domain.wording import (
    SUBJECT_LENGTH,
    ascii_subject,
    change,
    day,
    days,
    duration,
    instant,
    look_back,
    money,
    one_line,
    percent,
    sentence,
    times,
)

OPENINGS = {
    EventKind.ESCALATED: "ESCALATED to {severity}",
    EventKind.DE_ESCALATED: "LOWERED to {severity}",
    EventKind.REOPENED: "BACK, {severity}",
    EventKind.UPDATED: "STILL {severity}",
    EventKind.RESOLVED: "RESOLVED",
}

_BLIND = ("no_data", "stale_data")

# The last lines of a message about an incident: where more of it is, and where it is answered.
POINTERS = "Narrative draft: cost-slo postmortem draft {incident}"


@dataclass(frozen=True, slots=True)
class Notification:
    """A message: `subject` has under 100 ASCII characters; `body` is plain text.

    `incident` is None where it is about the SLO's data, not its spend; `slo` is empty where it is
    about all SLOs.
    """

    key: str
    incident: str | None
    slo: str
    severity: Severity
    created_at: datetime
    subject: str
    body: str


def alert(event: IncidentEvent, *, opened_at: datetime, pointers: str = POINTERS) -> Notification:
    """The message about a decision event; `pointers` are its last lines, of an `{incident}`."""
    known = read_snapshot(event.snapshot)
    parts = (
        _first_lines(known, event, opened_at),
        _changes(known),
        _changed_before(known, event),
        _background(known, event),
    )
    paragraphs = [
        *parts,
        (f"Incident: {event.incident}", pointers.replace("{incident}", event.incident)),
    ]
    body = "\n\n".join("\n".join(lines) for lines in map(tuple, paragraphs) if lines)
    return Notification(
        key=event.key,
        incident=event.incident,
        slo=event.slo,
        severity=_severity(event),
        created_at=event.at,
        subject=_subject(known, event),
        body=f"{body}\n",
    )


def driver_line(mover: Mover, currency: str) -> str:
    """One service's change: `+$30.00 Amazon S3: new, $0.00 before, $30.00 now`."""
    before, after = money(mover.before, currency), money(mover.after, currency)
    moved = change(mover.change, currency)
    return f"{moved} {one_line(mover.service)} ({mover.kind}: {before} before, {after} now)"


def compared(movers: Movers) -> str:
    """Which days are set against which."""
    now, before = (days(it.start, it.end - DAY) for it in (movers.window, movers.baseline))
    return f"{now} against {before}"


def _severity(event: IncidentEvent) -> Severity:
    return event.severity or Severity.NONE


def _subject(known: Snapshot, event: IncidentEvent) -> str:
    label = "resolved" if event.kind is EventKind.RESOLVED else _severity(event)
    said = short_headline(known)
    room = SUBJECT_LENGTH - len(f"[{label}] : {said}")
    return ascii_subject(f"[{label}] {ascii_subject(event.slo, room)}: {said}")


def _first_lines(known: Snapshot, event: IncidentEvent, opened_at: datetime) -> list[str]:
    opening = OPENINGS.get(event.kind, "{severity}").format(severity=_severity(event).upper())
    until = f" until {instant(event.at)}" if event.kind is EventKind.RESOLVED else ""
    since, over = f"SLO {known.slo}, since {instant(opened_at)}{until}.", over_or_under(known)
    lines = [
        f"{opening}: {one_line(known.product)} {headline(known)}.",
        f"{since} The month so far is {over}." if over else since,
        _next_step(known, event),
        _why_it_ended(event),
        _outlook(known),
    ]
    return [line for line in lines if line]


def _why_it_ended(event: IncidentEvent) -> str:
    """Whether it was cured or only called off is what a reader asks first."""
    if event.kind is not EventKind.RESOLVED or not event.text:
        return ""
    return f"Why it ended: {sentence(event.text)}"


def _next_step(known: Snapshot, event: IncidentEvent) -> str:
    if event.kind is EventKind.RESOLVED:
        return "What to do: finish the narrative and agree the action items."
    if known.verdict in _BLIND:
        return "What to do: find out why charges stopped arriving."
    if not known.rises:
        return "What to do: acknowledge, then find what changed (`cost-slo explain`)."
    first = known.rises[0]
    moved = change(first.change, known.currency)
    return f"What to do: acknowledge, then look at {one_line(first.service)} first ({moved})."


def _outlook(known: Snapshot) -> str:
    said = []
    if known.month_end is not None:
        said.append(f"At this pace the month ends at {known.money(known.month_end)}")
        if known.low is not None and known.high is not None:
            low, high = (known.money(edge) for edge in (known.low, known.high))
            said[-1] += f" (80% range {low} to {high})"
    if known.exhausts_on is not None and not known.is_over:
        said.append(f"The budget is gone by {day(known.exhausts_on)}")
    further = further_day(known)
    if further is not None and further > 0:
        said.append(f"Each further day adds about {known.money(further)} of excess")
    return "".join(f"{sentence}. " for sentence in said).rstrip()


def _changes(known: Snapshot) -> Iterable[str]:
    movers, missing = known.parts, [one_line(sentence(said)) for said in known.missing]
    if movers is None and missing:
        return missing
    if movers is None:
        return ["What changed: not known yet, the bill was not compared with an earlier period."]
    listed = [f"  {driver_line(mover, known.currency)}" for mover in movers.movers]
    rest = f"  {change(movers.rest, known.currency)} everything else"
    total = f"  {change(movers.change, known.currency)} in all"
    split = [unit_cost_sentence(known.unit_split, known.currency)] if known.unit_split else []
    return [f"What changed ({compared(movers)}):", *listed, rest, total, *split, *missing]


def _changed_before(known: Snapshot, event: IncidentEvent) -> Iterable[str]:
    """At most two of the changes that came before; they are no finding."""
    changed = known.changed
    if changed is None or event.kind is EventKind.RESOLVED:
        return []
    if not changed.says and changed.notes:
        return [f"Changed shortly before: not known ({one_line(changed.notes[0])})."]
    openings = ("Changed shortly before (inferred)", "Also changed (inferred)")
    return [
        f"{opening}: {one_line(says)}."
        for opening, says in zip(openings, changed.says, strict=False)
    ]


def _background(known: Snapshot, event: IncidentEvent) -> Iterable[str]:
    is_over = event.kind is EventKind.RESOLVED
    why, asks = ("", "") if is_over else (known.reason, known.asks)
    lines = [
        f"Why: {sentence(why)}" if why else "",
        f"The policy asks: {sentence(asks)}" if asks else "",
        _budget(known),
        _age(known),
        f"Owner: {one_line(known.owner)}",
    ]
    return [line for line in lines if line]


def _budget(known: Snapshot) -> str:
    if known.budget_size is None or known.budget_used is None:
        return ""
    used, size = (known.money(it) for it in (known.budget_used, known.budget_size))
    share = (
        f" ({percent(float(known.budget_used / known.budget_size))})" if known.budget_size else ""
    )
    rates = ", ".join(f"{times(rate)} over {look_back(window)}" for window, rate in known.burn)
    told = f"Error budget: {used} of {size} used{share}."
    if known.unit is not None:
        told = f"The units cost {used} of the {size} that the objective allows{share}."
    return f"{told} Burn rate: {rates}." if rates else told


def _age(known: Snapshot) -> str:
    if known.data_through is None or known.age_hours is None:
        return "Data: no complete day of charges was found."
    last = day((known.data_through - DAY).date())
    return f"Data: complete through {last}, {duration(known.age_hours)} old when judged."
