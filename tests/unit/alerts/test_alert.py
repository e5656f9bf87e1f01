# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.alerts.alert import Notification, alert
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent, Severity
from cost_slo.domain.wording import SUBJECT_LENGTH
from tests.builders.stories import (
    OPENED,
    drivers,
    event,
    exhausted,
    monthly,
    opened,
    per_unit,
    recovered,
    snapshot,
    unit_split,
)
from tests.checks.golden_files import assert_golden

UNIT = {"state": "ok", "to_date": "0.0031", "units": "182000", "trailing_7d": "0.0042"}
NO_FIGURES: dict[str, Any] = {
    "spend": {"to_date": None, "estimated_through": None},
    "budget": {"size": None, "used": None, "remaining": None, "remaining_ratio": None},
    "pace": None,
    "burn": [],
    "forecast": {"month_end": None, "low": None, "high": None},
    "exhausts_on": None,
    "unit_cost": None,
}


def told(happened: IncidentEvent) -> Notification:
    return alert(happened, opened_at=OPENED)


def text_of(notification: Notification) -> str:
    return f"Subject: {notification.subject}\n\n{notification.body}"


CASES = {
    "page": opened(),
    "investigate": opened(
        Severity.INVESTIGATE,
        slo=monthly(severity="investigate", burn=[], asks="Find out today what changed."),
        drivers=None,
    ),
    "exhausted_emergency": opened(Severity.EMERGENCY, slo=exhausted()),
    "escalated": event(
        EventKind.ESCALATED,
        hours=24,
        severity=Severity.EMERGENCY,
        known=snapshot(slo=exhausted(), as_of="2026-11-17T00:00:00Z"),
    ),
    "unit_cost": opened(slo=per_unit()),
    "unit_cost_split": opened(slo=per_unit(), unit_split=unit_split()),
    "unit_cost_last_week": opened(
        Severity.INVESTIGATE, slo=per_unit(unit_cost=UNIT | {"to_date": "0.0017"})
    ),
    "resolved": event(
        EventKind.RESOLVED,
        "the month is projected to end within its objective",
        hours=192,
        severity=Severity.NONE,
        known=recovered(),
    ),
    "stale_data": opened(
        Severity.INVESTIGATE,
        slo=monthly(
            verdict="stale_data",
            reason="the newest charges are 4 days old",
            asks=None,
            **NO_FIGURES,
        ),
        drivers=None,
        data_through="2026-11-12T00:00:00Z",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_alert_reads_as_it_should(name: str) -> None:
    assert_golden(f"alert_{name}.txt", text_of(told(CASES[name])))


@pytest.mark.parametrize("name", CASES)
def test_the_subject_fits_and_the_first_three_lines_say_what_since_when_and_what_to_do(
    name: str,
) -> None:
    notification = told(CASES[name])

    first, second, third = notification.body.splitlines()[:3]

    assert len(notification.subject) <= SUBJECT_LENGTH
    assert notification.subject.isascii()
    assert "objective" in first or "no cost data" in first
    assert "since 2026-11-16 00:00 UTC" in second
    assert third.startswith("What to do: ")


def test_the_key_of_the_decision_is_the_key_of_its_message() -> None:
    notification = told(CASES["page"])

    assert notification.key == CASES["page"].key
    assert notification.created_at == OPENED
    assert notification.severity is Severity.PAGE


def test_a_draft_that_is_written_is_pointed_to() -> None:
    notification = alert(
        CASES["page"], opened_at=OPENED, pointers="Narrative draft: s3://reviews/{incident}.md"
    )

    assert notification.body.endswith(
        f"Narrative draft: s3://reviews/{CASES['page'].incident}.md\n"
    )


def test_a_long_name_is_cut_before_the_amounts_are() -> None:
    slo = monthly(name="a-very-long-name-of-an-objective-that-nobody-should-have-to-read")
    long_name = IncidentEvent(
        incident="i",
        slo=slo["name"],
        key="k",
        at=OPENED,
        kind=EventKind.OPENED,
        text="",
        severity=Severity.EMERGENCY,
        snapshot=snapshot(slo=slo),
    )

    subject = told(long_name).subject

    assert len(subject) <= SUBJECT_LENGTH
    assert subject.startswith("[emergency] a-very-long-name")
    assert subject.endswith("...: $3,120 of $4,500 spent with 50% of Nov left")


@given(st.text(min_size=1))
def test_no_service_name_adds_a_line(service: str) -> None:
    plain = told(opened(drivers=drivers({"s3": ("1", "9")})))

    strange = told(opened(drivers=drivers({service: ("1", "9")})))

    assert len(strange.body.split("\n")) == len(plain.body.split("\n"))
    assert strange.body.splitlines()[0] == plain.body.splitlines()[0]


@pytest.mark.parametrize(
    ("kind", "opening"),
    [
        (EventKind.REOPENED, "BACK, PAGE: metalabs spent"),
        (EventKind.UPDATED, "STILL PAGE: metalabs spent"),
        (EventKind.DE_ESCALATED, "LOWERED to PAGE: metalabs spent"),
    ],
)
def test_the_first_word_says_what_happened(kind: EventKind, opening: str) -> None:
    notification = told(event(kind, severity=Severity.PAGE, known=snapshot()))

    assert notification.body.startswith(opening)


def test_a_month_that_is_over_is_said_to_be_over() -> None:
    known = snapshot(as_of="2026-12-01T00:00:00Z")

    notification = told(event(EventKind.OPENED, severity=Severity.PAGE, known=known))

    assert notification.subject.endswith("$3,120 of $4,500 spent with Nov over")
    assert "for Nov 2026, and the month is over." in notification.body


def test_spend_below_an_even_pace_says_so() -> None:
    slo = monthly(spend={"to_date": "2000", "estimated_through": "2026-11-16T00:00:00Z"})

    assert "$250.00 below an even pace" in told(opened(slo=slo)).body


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("no_units", "no units were counted"),
        ("too_few_units", "too few units were counted"),
        ("cost_without_units", "the count of units is unknown"),
        ("units_without_cost", "no charge is in scope"),
    ],
)
def test_a_unit_cost_that_cannot_be_told_says_why(state: str, why: str) -> None:
    slo = per_unit(unit_cost={"state": state, "to_date": None, "units": None, "trailing_7d": None})

    notification = told(opened(slo=slo))

    assert "cost per request not known" in notification.subject
    assert why in notification.body


def test_without_any_figure_the_alert_still_says_what_to_do() -> None:
    blind = NO_FIGURES | {"verdict": "no_data", "window": None, "reason": None, "owner": "platform"}

    monthly_body = told(opened(slo=monthly(**blind), data_through=None, drivers=None)).body
    unit = told(opened(slo=per_unit(**blind), data_through=None, drivers=None))

    assert "has no cost data to measure its $4,500.00 a month by" in monthly_body
    assert "no complete day of charges was found" in monthly_body
    assert "there is no cost data" in unit.body
    assert "What to do: find out why charges stopped arriving." in unit.body


def test_no_data_is_never_written_as_an_amount_spent() -> None:
    slo = monthly(verdict="no_data", **NO_FIGURES)

    assert told(opened(slo=slo)).subject.endswith("no cost data, spend not known")


def test_a_budget_of_nothing_has_no_share() -> None:
    slo = monthly(budget={"size": "0", "used": "12", "remaining": "-12", "remaining_ratio": None})

    assert "Error budget: $12.00 of $0.00 used. Burn rate" in told(opened(slo=slo)).body


def test_a_severity_that_is_not_known_is_none() -> None:
    silent = event(EventKind.RESOLVED, known=snapshot())

    assert told(silent).severity is Severity.NONE
