# SPDX-License-Identifier: Apache-2.0
"""Signals and people move an incident; repeats and old news do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import (
    EventKind,
    Incident,
    IncidentEvent,
    Severity,
    Status,
    fold,
)
from cost_slo.domain.incidents.incident import incidents as fold_all
from cost_slo.domain.incidents.transitions import Signal, alerted, is_notified, transition
from cost_slo.domain.incidents.verbs import (
    acknowledge,
    close,
    identify_cause,
    mitigate,
    note,
    reopen,
    resolve,
)

DAY = timedelta(days=1)
START = datetime(2026, 9, 5, 6, tzinfo=UTC)
NONE, INVESTIGATE, PAGE, EMERGENCY = Severity
Verb = Callable[[Incident, str, datetime], IncidentEvent]


def signal(severity: Severity, day: float = 0, **other: Any) -> Signal:
    as_of = START + timedelta(days=day)
    facts: dict[str, Any] = {
        "month_start": as_of.date().replace(day=1),
        "text": f"web calls {severity}",
        "snapshot": {"day": day},
    }
    return Signal("web", severity, as_of, **(facts | other))


def after(*signals: Signal) -> list[IncidentEvent]:
    """All the events that a run of signals leads to."""
    events: list[IncidentEvent] = []
    for one in signals:
        events += next_events(events, one)
    return events


def next_events(events: Sequence[IncidentEvent], one: Signal) -> tuple[IncidentEvent, ...]:
    found = fold_all(events)
    return transition(found[-1] if found else None, one, [incident.id for incident in found])


def kinds(*signals: Signal) -> list[str]:
    return [event.kind.value for event in after(*signals)]


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (signal(EMERGENCY, 1), "escalated"),
        (signal(INVESTIGATE, 1), "de_escalated"),
        (signal(PAGE, 1), "updated"),
        (signal(NONE, 1), "mitigating"),
        (signal(NONE, 1, resolve="the month ended within"), "resolved"),
        (signal(PAGE, 1, resolve="it pages all the same"), "updated"),
    ],
)
def test_an_open_incident_follows_the_signal(then: Signal, expected: str) -> None:
    assert kinds(signal(PAGE), then) == ["opened", expected]


def test_a_silent_slo_opens_nothing() -> None:
    assert kinds(signal(NONE), signal(NONE, 1)) == []


def test_the_decision_carries_what_was_known() -> None:
    (opened,) = transition(None, signal(INVESTIGATE, snapshot={"spend": "20.52"}))

    assert opened == IncidentEvent(
        incident="web-2026-09",
        slo="web",
        key="web-2026-09/2026-09-05T06:00:00+00:00/opened",
        at=START,
        kind=EventKind.OPENED,
        text="web calls investigate",
        severity=INVESTIGATE,
        snapshot={"spend": "20.52"},
    )


def test_a_resolution_gives_its_reason_and_is_silent() -> None:
    *_, resolved = after(signal(PAGE), signal(NONE, 1), signal(NONE, 2, resolve="quiet for a day"))

    assert (resolved.text, resolved.severity) == ("quiet for a day", NONE)


def test_the_same_facts_again_are_no_news() -> None:
    unchanged = {"spend": "20.52"}

    assert kinds(signal(PAGE, snapshot=unchanged), signal(PAGE, 1, snapshot=unchanged)) == [
        "opened"
    ]


def test_a_message_sent_between_leaves_the_known_facts_as_they_are() -> None:
    (opened,) = transition(None, signal(PAGE))
    told = alerted(opened.incident, "web", opened.key, START)

    assert transition(fold([opened, told]), signal(PAGE)) == ()


def test_an_alert_that_was_sent_is_on_the_timeline_once_for_each_notification() -> None:
    told, again = (alerted("web-2026-09", "web", "k", at) for at in (START, START + DAY))

    assert (told.kind, told.key) == (EventKind.ALERTED, "k/alerted")
    assert told.key == again.key


def test_a_mitigated_incident_that_grows_louder_is_open_again() -> None:
    events = after(signal(PAGE), signal(NONE, 1), signal(INVESTIGATE, 2))

    assert [event.kind for event in events][-1] is EventKind.ESCALATED
    assert fold(events).status is Status.OPEN


def test_a_burn_that_goes_on_while_people_mitigate_it_leaves_it_mitigating() -> None:
    events = after(signal(PAGE))
    events.append(mitigate(fold(events), "Rolling back", START + timedelta(hours=1)))

    events += next_events(events, signal(PAGE, 1))

    assert events[-1].kind is EventKind.UPDATED
    assert fold(events).status is Status.MITIGATING


def test_incomplete_days_may_raise_but_never_quieten() -> None:
    assert kinds(signal(PAGE), signal(EMERGENCY, 1, settled=False)) == ["opened", "escalated"]
    assert kinds(signal(PAGE), signal(INVESTIGATE, 1, settled=False)) == ["opened", "updated"]
    assert kinds(signal(PAGE), signal(NONE, 1, settled=False, resolve="quiet")) == [
        "opened",
        "updated",
    ]
    assert after(signal(PAGE), signal(NONE, 1, settled=False))[-1].severity is PAGE


def test_incomplete_days_do_not_resolve_a_mitigated_incident() -> None:
    unsettled = signal(NONE, 2, settled=False, resolve="quiet")

    assert kinds(signal(PAGE), signal(NONE, 1), unsettled) == ["opened", "mitigating", "updated"]


def test_incomplete_silent_days_do_not_reopen_what_a_person_resolved() -> None:
    events = after(signal(PAGE))
    events.append(resolve(fold(events), "Stopped", START + timedelta(hours=1)))

    assert next_events(events, signal(NONE, 1, settled=False)) == ()


RESOLVED = signal(NONE, 1, resolve="quiet for a day")


@pytest.mark.parametrize(
    ("then", "expected", "incident"),
    [
        (signal(NONE, 3), None, "web-2026-09"),
        (signal(PAGE, 3), "reopened", "web-2026-09"),
        (signal(PAGE, 24), "reopened", "web-2026-09"),  # the 29th: the same month
        (signal(PAGE, 26), "opened", "web-2026-10"),  # the 1st of October
        (signal(PAGE, 26, month_start=date(2026, 9, 1)), "reopened", "web-2026-09"),
        (signal(NONE, 40), None, "web-2026-09"),
    ],
)
def test_a_relapse_in_the_same_month_reopens_and_a_later_call_is_a_new_incident(
    then: Signal, expected: str | None, incident: str
) -> None:
    events = after(signal(PAGE), RESOLVED)

    added = next_events(events, then)

    assert [event.kind.value for event in added] == ([expected] if expected else [])
    assert all(event.incident == incident for event in added)


def test_a_relapse_within_seven_days_reopens_across_the_end_of_the_month() -> None:
    events = after(signal(PAGE, 20), signal(NONE, 24, resolve="quiet for a day"))

    assert [event.kind.value for event in next_events(events, signal(PAGE, 31))] == ["reopened"]
    assert [event.kind.value for event in next_events(events, signal(PAGE, 31.1))] == ["opened"]


def test_an_incident_goes_on_over_the_end_of_the_month() -> None:
    events = after(signal(PAGE, 20), signal(PAGE, 27), signal(EMERGENCY, 28))

    assert {event.incident for event in events} == {"web-2026-09"}


def test_a_second_incident_of_a_month_is_numbered() -> None:
    known = ["web-2026-09"]

    (opened,) = transition(None, signal(PAGE), known)

    assert opened.incident == "web-2026-09-2"


def test_old_news_changes_nothing() -> None:
    assert kinds(signal(PAGE, 3), signal(NONE, 2), signal(EMERGENCY, 1)) == ["opened"]


def test_what_was_known_before_a_person_resolved_it_does_not_reopen_it() -> None:
    events = after(signal(PAGE))
    events.append(resolve(fold(events), "Stopped", START + timedelta(days=2)))

    assert next_events(events, signal(PAGE, 1)) == ()
    assert [event.kind.value for event in next_events(events, signal(PAGE, 3))] == ["reopened"]


@pytest.mark.parametrize(
    ("verb", "kind", "status"),
    [
        (note, EventKind.NOTED, Status.OPEN),
        (acknowledge, EventKind.ACKNOWLEDGED, Status.OPEN),
        (identify_cause, EventKind.CAUSE_IDENTIFIED, Status.OPEN),
        (mitigate, EventKind.MITIGATING, Status.MITIGATING),
        (resolve, EventKind.RESOLVED, Status.RESOLVED),
    ],
)
def test_people_write_the_timeline_too(verb: Verb, kind: EventKind, status: Status) -> None:
    incident = fold(after(signal(PAGE)))
    at = START + timedelta(hours=1)

    said = verb(incident, "A nightly job was doubled", at)

    assert (said.incident, said.slo, said.at) == ("web-2026-09", "web", at)
    assert (said.kind, said.text) == (kind, "A nightly job was doubled")
    assert (said.severity, said.snapshot) == (None, {})
    assert fold([*incident.events, said]).status is status


def test_two_notes_at_one_instant_are_two_events_and_the_same_note_is_one() -> None:
    incident = fold(after(signal(PAGE)))

    keys = [note(incident, text, START).key for text in ("One", "Two", "One")]

    assert keys[0] == keys[2] != keys[1]


@pytest.mark.parametrize(
    ("verb", "done", "message"),
    [
        (resolve, (resolve,), "is resolved: `resolved` needs it to be open or mitigating"),
        (mitigate, (mitigate,), "is mitigating: `mitigating` needs it to be open"),
        (acknowledge, (resolve,), "is resolved: `acknowledged` needs it to be open or mitigating"),
        (reopen, (), "is open: `reopened` needs it to be resolved or closed"),
        (close, (), "is open: `closed` needs it to be resolved"),
        (close, (resolve, close), "is closed: `closed` needs it to be resolved"),
    ],
)
def test_what_the_state_does_not_allow_is_refused(
    verb: Verb, done: tuple[Verb, ...], message: str
) -> None:
    incident = fold(after(signal(PAGE)))
    for number, earlier in enumerate(done):
        said = earlier(incident, "Done", START + timedelta(hours=number))
        incident = fold([*incident.events, said])

    with pytest.raises(CostSloError, match=f"incident web-2026-09 {message}"):
        verb(incident, "Again", START + timedelta(days=1))


def test_a_closed_incident_can_be_reopened_and_annotated_by_a_person() -> None:
    incident = fold(after(signal(PAGE), RESOLVED))
    at = START + timedelta(days=2)
    closed = fold([*incident.events, close(incident, "Reviewed", at)])

    reopened = fold([*closed.events, reopen(closed, "Not the cause after all", at)])

    assert (closed.status, reopened.status) == (Status.CLOSED, Status.OPEN)
    assert note(closed, "For the record", at).kind is EventKind.NOTED


histories = st.lists(
    st.builds(
        signal,
        st.sampled_from(Severity),
        st.integers(0, 90),
        resolve=st.none() | st.just("quiet for a day"),
        settled=st.booleans(),
    ),
    max_size=15,
)


def moving_forward(history: Sequence[Signal]) -> list[Signal]:
    """One signal an instant, in order of time."""
    by_instant = {one.as_of: one for one in history}
    return [by_instant[as_of] for as_of in sorted(by_instant)]


@given(histories)
def test_there_is_never_more_than_one_running_incident(history: list[Signal]) -> None:
    found = fold_all(after(*history))

    assert sum(incident.is_running for incident in found) <= 1


@given(histories)
def test_duplicate_and_reordered_signals_add_nothing_to_a_history(history: list[Signal]) -> None:
    ordered = moving_forward(history)
    events = after(*ordered)

    doubled = after(*(one for one in ordered for _ in range(2)))
    late = [one for one in ordered if events and one.as_of < events[-1].at]

    assert doubled == events
    assert [next_events(events, one) for one in late] == [()] * len(late)


@given(histories)
def test_every_key_is_written_once_when_time_moves_forward(history: list[Signal]) -> None:
    events = after(*moving_forward(history))

    assert len({event.key for event in events}) == len(events)


@given(histories, st.sampled_from(Severity))
def test_a_louder_signal_never_leaves_an_incident_quieter(
    history: list[Signal], severity: Severity
) -> None:
    events = after(*history)
    found = fold_all(events)
    last = signal(severity, 91)
    louder = signal(max(Severity), 91)

    calm = fold_all([*events, *transition(found[-1] if found else None, last)])
    loud = fold_all([*events, *transition(found[-1] if found else None, louder)])

    assert loud[-1].severity >= (calm[-1].severity if calm else NONE)


OVER = {"resolve": "the month is projected to end within its objective"}


def told(events: Sequence[IncidentEvent]) -> list[str]:
    """The kinds of the events that somebody gets a message about."""
    return [
        event.kind.value
        for number, event in enumerate(events)
        if is_notified(fold(events[:number]) if number else None, event.kind, event.severity)
    ]


@pytest.mark.parametrize(
    ("relapse", "messages"),
    [
        (INVESTIGATE, ["opened", "resolved"]),
        (PAGE, ["opened", "resolved", "reopened", "resolved"]),
    ],
)
def test_a_relapse_is_told_with_its_end_where_it_pages(
    relapse: Severity, messages: list[str]
) -> None:
    events = after(
        signal(INVESTIGATE), signal(NONE, 2, **OVER), signal(relapse, 4), signal(NONE, 6, **OVER)
    )

    assert [event.kind.value for event in events] == ["opened", "resolved", "reopened", "resolved"]
    assert told(events) == messages


def test_a_quiet_relapse_that_gets_louder_is_told_and_so_is_its_end() -> None:
    events = after(
        signal(INVESTIGATE),
        signal(NONE, 2, **OVER),
        signal(INVESTIGATE, 4),
        signal(PAGE, 5),
        signal(NONE, 7, **OVER),
    )

    assert told(events) == ["opened", "resolved", "escalated", "resolved"]


def test_a_relapse_of_what_a_person_called_over_is_told_and_so_is_its_end() -> None:
    events = after(signal(INVESTIGATE))
    events.append(resolve(fold(events), "the job was paused", START + 2 * DAY))
    events += next_events(events, signal(INVESTIGATE, 4))
    events += next_events(events, signal(NONE, 6, **OVER))

    assert told(events) == ["opened", "resolved", "reopened", "resolved"]
