# SPDX-License-Identifier: Apache-2.0
"""An incident is the fold of its timeline."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import (
    EventKind,
    IncidentEvent,
    Severity,
    Status,
    fold,
    incidents,
    next_id,
)

START = datetime(2026, 9, 5, 6, tzinfo=UTC)


def event(
    kind: EventKind,
    hour: int = 0,
    *,
    severity: Severity | None = None,
    text: str = "",
    incident: str = "web-2026-09",
) -> IncidentEvent:
    key = f"{incident}/{hour}/{kind}"
    at = START + timedelta(hours=hour)
    return IncidentEvent(incident, "web", key, at, kind, text, severity)


OPENED = event(EventKind.OPENED, severity=Severity.PAGE, text="Spend is 5x the plan")


def test_severities_are_ordered_by_loudness_not_by_the_alphabet() -> None:
    quiet_to_loud = [Severity.NONE, Severity.INVESTIGATE, Severity.PAGE, Severity.EMERGENCY]

    assert sorted(random.sample(quiet_to_loud, 4)) == quiet_to_loud
    assert max(Severity.NONE, Severity.EMERGENCY, Severity.PAGE) is Severity.EMERGENCY
    assert min(Severity.PAGE, Severity.NONE, Severity.EMERGENCY) is Severity.NONE
    assert [severity.rank for severity in quiet_to_loud] == [0, 1, 2, 3]


def test_all_four_comparisons_agree() -> None:
    for quiet, loud in pairwise(Severity):
        assert quiet < loud
        assert quiet <= loud
        assert loud > quiet
        assert loud >= quiet
        assert not loud < quiet
        assert not loud <= quiet
        assert not quiet > loud
        assert not quiet >= loud
    assert all(same <= same and same >= same for same in Severity)  # noqa: PLR0124


def test_an_opened_incident_is_open() -> None:
    incident = fold([OPENED])

    assert (incident.id, incident.slo) == ("web-2026-09", "web")
    assert (incident.status, incident.severity) == (Status.OPEN, Severity.PAGE)
    assert (incident.opened_at, incident.resolved_at) == (START, None)
    assert incident.summary == "Spend is 5x the plan"
    assert incident.is_running


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ([EventKind.ACKNOWLEDGED], Status.OPEN),
        ([EventKind.MITIGATING], Status.MITIGATING),
        ([EventKind.MITIGATING, EventKind.UPDATED], Status.MITIGATING),
        ([EventKind.MITIGATING, EventKind.DE_ESCALATED], Status.MITIGATING),
        ([EventKind.MITIGATING, EventKind.ESCALATED], Status.OPEN),
        ([EventKind.RESOLVED], Status.RESOLVED),
        ([EventKind.RESOLVED, EventKind.NOTED], Status.RESOLVED),
        ([EventKind.RESOLVED, EventKind.REOPENED], Status.OPEN),
        ([EventKind.RESOLVED, EventKind.CLOSED], Status.CLOSED),
    ],
)
def test_the_last_event_that_moves_an_incident_says_where_it_stands(
    kinds: list[EventKind], status: Status
) -> None:
    later = [event(kind, hour) for hour, kind in enumerate(kinds, start=1)]

    assert fold([OPENED, *later]).status is status


def test_severity_follows_decisions_and_not_people() -> None:
    quieter = event(EventKind.DE_ESCALATED, 1, severity=Severity.INVESTIGATE)

    incident = fold([OPENED, quieter, event(EventKind.NOTED, 2)])

    assert incident.severity is Severity.INVESTIGATE


def test_the_summary_is_the_last_decision_about_a_running_incident() -> None:
    louder = event(EventKind.ESCALATED, 1, severity=Severity.EMERGENCY, text="Now 14x")
    told = event(EventKind.ALERTED, 2, severity=Severity.EMERGENCY, text="sent")
    said = event(EventKind.NOTED, 3, text="Looking")
    over = event(EventKind.RESOLVED, 4, severity=Severity.NONE, text="Quiet for a day")

    assert fold([OPENED, louder, told, said, over]).summary == "Now 14x"


def test_the_peak_is_the_loudest_it_has_been() -> None:
    louder = event(EventKind.ESCALATED, 1, severity=Severity.EMERGENCY)
    over = event(EventKind.RESOLVED, 2, severity=Severity.NONE)

    assert fold([OPENED, louder, over]).peak is Severity.EMERGENCY
    assert fold([event(EventKind.NOTED)]).peak is Severity.NONE


def test_what_was_known_last_is_the_last_decision_s_snapshot() -> None:
    knew = replace(OPENED, snapshot={"spend": "20.52"})

    assert fold([knew, event(EventKind.NOTED, 1)]).last_snapshot == {"spend": "20.52"}
    assert fold([event(EventKind.NOTED)]).last_snapshot == {}


def test_a_message_sent_is_no_decision() -> None:
    assert OPENED.is_decision
    assert not event(EventKind.ALERTED, severity=Severity.PAGE).is_decision
    assert not event(EventKind.RESOLVED).is_decision


def test_the_resolution_stays_dated_until_a_relapse() -> None:
    resolved = event(EventKind.RESOLVED, 4)
    closed = event(EventKind.CLOSED, 9)

    assert fold([OPENED, resolved, closed]).resolved_at == resolved.at
    assert not fold([OPENED, resolved]).is_running
    assert fold([OPENED, resolved, event(EventKind.REOPENED, 5)]).resolved_at is None


def test_a_duplicate_event_changes_nothing() -> None:
    resolved, reopened = event(EventKind.RESOLVED, 1), event(EventKind.REOPENED, 2)

    assert fold([OPENED, resolved, reopened, resolved]) == fold([OPENED, resolved, reopened])


def test_no_event_is_no_incident() -> None:
    with pytest.raises(CostSloError, match="at least one event"):
        fold([])


def test_a_mixed_list_becomes_incidents_ordered_by_opening_then_id() -> None:
    later = event(EventKind.OPENED, 1, incident="api-2026-09")
    tied = event(EventKind.OPENED, 0, incident="db-2026-09")

    found = incidents([later, OPENED, event(EventKind.RESOLVED, 2), tied])

    assert [incident.id for incident in found] == ["db-2026-09", "web-2026-09", "api-2026-09"]
    assert [len(incident.events) for incident in found] == [1, 2, 1]
    assert incidents([]) == ()


def test_ids_say_the_month_and_count_from_the_second_on() -> None:
    month = date(2026, 9, 1)

    assert next_id("web", month, []) == "web-2026-09"
    assert next_id("web", month, ["web-2026-08", "api-2026-09"]) == "web-2026-09"
    assert next_id("web", month, ["web-2026-09"]) == "web-2026-09-2"
    assert next_id("web", month, ["web-2026-09", "web-2026-09-2"]) == "web-2026-09-3"


@given(st.integers(0, 30))
def test_no_id_is_given_twice(count: int) -> None:
    given_out: list[str] = []
    for _ in range(count):
        given_out.append(next_id("web", date(2026, 9, 1), given_out))

    assert len(set(given_out)) == count
