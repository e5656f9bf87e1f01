# SPDX-License-Identifier: Apache-2.0
"""Gates chosen on an SLO's own past, so that it pages for nothing no more than is tolerated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent, Severity, fold
from cost_slo.domain.period import DAY
from cost_slo.domain.plan.series import SpendSeries
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.verdict.calibration import (
    STRICTNESSES,
    Calibration,
    calibrate,
    calibrated,
    calibration_in_words,
    true_pages_in_words,
)
from tests.builders.days import ladder_of, observed, rule, seen, series, slo
from tests.builders.readings import per_request

FIRST = date(2026, 1, 1)
AUGUST = datetime(2026, 8, 5, 9, tzinfo=UTC)
POLICY = ladder_of(
    rule(Severity.PAGE, 3, 1, noise=2, precedent=1), rule(Severity.INVESTIGATE, 2, 1, noise=2)
)
EVERY_GATE = ladder_of(
    rule(Severity.EMERGENCY, 9, 1, noise=3, precedent=0.5, allowance=0.5, tight=2),
    rule(Severity.PAGE, 3, 2, noise=2, precedent=0.25, allowance=0.3, tight=1.5),
    rule(Severity.PAGE, 2, 3, shape="trimmed", noise=2, precedent=0.5, allowance=0.1, tight=1.5),
    rule(Severity.PAGE, 2, 4, shape="sustained", noise=1, precedent=0.5, allowance=0.1),
)
# Each against the one before and a noise gate of 6: 1.04, 1.29 and 1.35 times as large.
SPIKES = {
    date(2026, 2, 10): 100,
    date(2026, 3, 24): 110,
    date(2026, 4, 20): 150,
    date(2026, 6, 12): 210,
}


def spending(
    spikes: Mapping[date, int], end: date = date(2026, 8, 5), first: date = FIRST
) -> dict[date, Decimal]:
    """98 and 102 in turn, a spread of 3, and what the spikes add."""
    days = [first + number * DAY for number in range((end - first).days)]
    return {day: Decimal(100 + 2 * (-1) ** day.toordinal() + spikes.get(day, 0)) for day in days}


def known(spikes: Mapping[date, int], first: date = FIRST, as_of: datetime = AUGUST) -> SpendSeries:
    return series(observed(spending(spikes, as_of.date(), first)), as_of)


def tolerant(at_most: int, per: str, **changes: object) -> Slo:
    """3,700 a month, of which the plan leaves 600 to 900: a page is an excess of about 60 a day."""
    rate = {"at_most": at_most, "per": per}
    return slo(objective=3700, plan="learned", tolerated_false_pages=rate, **changes)


def found(at_most: int, per: str, spikes: Mapping[date, int] = SPIKES) -> Calibration:
    return calibrate(tolerant(at_most, per), known(spikes), POLICY)


def counts(calibration: Calibration) -> list[int]:
    return [len(trial.pages) for trial in calibration.trials]


def said(incident: str, *told: tuple[EventKind, date]) -> Incident:
    """An incident, and what people said of it on which days."""
    events = [
        IncidentEvent(
            incident=incident,
            slo="web",
            key=f"{number}",
            at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
            kind=kind,
            text="",
            severity=Severity.PAGE if kind is EventKind.OPENED else None,
        )
        for number, (kind, day) in enumerate(told)
    ]
    return fold(events)


def test_each_strictness_says_which_days_it_would_have_paged_on() -> None:
    trials = found(1, "quarter").trials

    # Two spreads of 3 and the one before: x1.25 asks the second for 1.25 x (6 + 100) = 132.5, the
    # third for 1.25 x (6 + 110) = 145 and the fourth for 1.25 x (6 + 150) = 195; x1.5 for 159, 174
    # and 234. Nothing came before the first, and three times the noise gate is 18.
    days = sorted(SPIKES)
    assert [(trial.strictness, list(trial.pages)) for trial in trials] == [
        (1, days),
        (1.25, [days[0], days[2], days[3]]),
        (1.5, [days[0]]),
        (2, [days[0]]),
        (3, [days[0]]),
    ]


def test_the_months_replayed_are_whole_and_had_four_weeks_before_them() -> None:
    months = found(1, "quarter").months

    # January has nothing before it, and August is being judged.
    assert [(month.start.month, month.end.month) for month in months] == [
        (number, number + 1) for number in range(2, 8)
    ]


@pytest.mark.parametrize(
    ("last", "months"),
    [
        (date(2026, 7, 31), 6),
        (date(2026, 7, 28), 6),
        (date(2026, 7, 27), 5),
        (date(2026, 7, 25), 5),
        # Nobody looked in the last week: then it is what is known now.
        (date(2026, 7, 24), 6),
    ],
)
def test_a_month_that_was_not_known_to_its_end_when_the_window_began_is_left_out(
    last: date, months: int
) -> None:
    late = AUGUST - timedelta(days=1)
    rows = [
        seen(day, usage, **({"at": late} if day > last else {}))
        for day, usage in spending({}).items()
    ]

    assert len(calibrate(tolerant(1, "year"), series(rows, AUGUST), POLICY).months) == months


def test_no_more_than_the_last_twelve_months_are_replayed() -> None:
    years = known({}, first=date(2024, 6, 1))

    months = calibrate(tolerant(1, "year"), years, POLICY).months

    assert (months[0].start, months[-1].start, len(months)) == (
        date(2025, 8, 1),
        date(2026, 7, 1),
        12,
    )


@pytest.mark.parametrize(
    ("at_most", "per", "strictness"),
    [
        # In six months: 6 a month are 6, 2 a quarter 4, 1 a quarter 2, 2 a year 1, 1 a year none.
        (1, "month", 1),
        (2, "quarter", 1),
        (1, "quarter", 1.5),
        (6, "year", 1.25),
        (2, "year", 1.5),
        (1, "year", 1.5),
    ],
)
def test_the_least_strict_that_keeps_to_the_rate_is_chosen(
    at_most: int, per: str, strictness: float
) -> None:
    assert found(at_most, per).chosen.strictness == strictness


def test_an_slo_that_states_no_rate_keeps_its_policy_and_is_not_replayed() -> None:
    plain = slo(objective=3700, plan="learned")

    assert calibrated(plain, known(SPIKES), POLICY) is POLICY
    assert calibrate(plain, known(SPIKES), POLICY).chosen.strictness == 1


def test_a_page_asks_for_more_and_an_investigation_for_no_more_than_before() -> None:
    policy = calibrated(tolerant(1, "quarter"), known(SPIKES), POLICY)

    page, investigate = policy.rules
    assert (page.factor, page.noise, page.precedent) == (3, 3, 1.5)
    assert investigate == POLICY.rules[1]
    assert policy.strictness == 1.5
    assert policy.because == (
        "gates x1.5, chosen so that this SLO's own 6 months to Jul 2026 would have had 1 "
        "false page (tolerated: 1 a quarter)"
    )


@pytest.mark.parametrize(
    ("at_most", "per", "spikes", "words"),
    [
        (1, "month", SPIKES, "gates as they are: this SLO's own 6 months to Jul 2026 would have"),
        (1, "month", SPIKES, "would have had 4 false pages (tolerated: 1 a month)"),
        (1, "year", SPIKES, "gates x1.5, and even so this SLO's own 6 months to Jul 2026 would"),
        (
            1,
            "year",
            {},
            "no false page (tolerated: 1 a year, which so short a history cannot show)",
        ),
        (
            1,
            "year",
            {date(2026, 2, 10): 100},
            "gates as they are, as stricter ones would page no less: this SLO's own 6 months",
        ),
    ],
)
def test_the_words_say_what_was_chosen_and_what_it_stands_on(
    at_most: int, per: str, spikes: Mapping[date, int], words: str
) -> None:
    assert words in calibration_in_words(found(at_most, per, spikes))


def test_without_a_stated_rate_the_words_say_only_what_was_seen() -> None:
    plain = calibrate(slo(objective=3700, plan="learned"), known(SPIKES), POLICY)

    assert calibration_in_words(plain) == (
        "gates as they are: this SLO's own 6 months to Jul 2026 would have had 4 false pages"
    )


def test_too_little_history_leaves_the_gates_as_they_are_and_says_so() -> None:
    short = known(SPIKES, first=date(2026, 7, 10))

    calibration = calibrate(tolerant(1, "quarter"), short, POLICY)

    assert (calibration.months, calibration.chosen.strictness) == ((), 1)
    assert calibration_in_words(calibration) == (
        "gates as they are: no past month had history enough before it to be replayed"
    )


def test_a_month_before_which_nothing_was_used_is_left_out() -> None:
    days = {day: usage for day, usage in spending({}).items() if day >= date(2026, 3, 1)}
    sparse = {FIRST: Decimal(0)} | days

    months = calibrate(tolerant(1, "year"), series(observed(sparse), AUGUST), POLICY).months

    # February began after a month without a charge, and so did March; both would plan nothing.
    assert [month.start.month for month in months] == [4, 5, 6, 7]


def test_a_day_without_a_charge_is_replayed_as_one() -> None:
    days = spending(SPIKES)
    for number in (10, 11, 12):
        del days[date(2026, 5, number)]

    assert counts(calibrate(tolerant(1, "year"), series(observed(days), AUGUST), POLICY))[0] == 4


def test_a_history_that_begins_in_the_window_has_no_month_to_replay() -> None:
    assert calibrate(tolerant(1, "year"), known({}, first=date(2026, 8, 2)), POLICY).months == ()


def test_days_of_one_overspend_are_one_page_until_it_has_calmed() -> None:
    # Two odd days with one between them, then two quiet ones, then another.
    days = [date(2026, 5, number) for number in (5, 7, 12)]

    calibration = found(1, "month", dict.fromkeys(days, 300))

    # Only two quiet days in a row are calm: the 6th is one.
    assert calibration.trials[0].pages == (days[0], days[2])


def test_pages_of_an_incident_that_was_no_false_alarm_are_left_out() -> None:
    day = date(2026, 2, 10)
    spoken = said(
        "web-2026-02",
        (EventKind.OPENED, day + DAY),
        (EventKind.CAUSE_IDENTIFIED, day + 2 * DAY),
        (EventKind.RESOLVED, day + 3 * DAY),
    )

    calibration = calibrate(tolerant(1, "year"), known(SPIKES), POLICY, [spoken])

    assert (counts(calibration), calibration.true_pages) == ([3, 2, 0, 0, 0], (day,))
    assert calibration.chosen.strictness == 1.5
    assert true_pages_in_words(calibration) == (
        "not counted, as somebody mitigated the incident or named its cause: 10 Feb 2026"
    )


@pytest.mark.parametrize(
    "told",
    [
        [(EventKind.ACKNOWLEDGED, date(2026, 2, 12))],
        [(EventKind.CAUSE_IDENTIFIED, date(2026, 8, 2))],
    ],
    ids=["nobody said what it was", "somebody said so after the month began"],
)
def test_an_incident_that_nobody_explained_in_time_counts(
    told: Sequence[tuple[EventKind, date]],
) -> None:
    opened = (EventKind.OPENED, date(2026, 2, 11))
    resolved = (EventKind.RESOLVED, date(2026, 2, 13))

    calibration = calibrate(
        tolerant(1, "year"),
        known(SPIKES),
        POLICY,
        [said("web-2026-02", opened, *told, resolved)],
    )

    assert (counts(calibration)[0], calibration.true_pages) == (4, ())
    assert true_pages_in_words(calibration) == ""


def test_an_incident_that_still_runs_leaves_out_its_days_up_to_the_window() -> None:
    running = said(
        "web-2026-06",
        (EventKind.OPENED, date(2026, 6, 13)),
        (EventKind.MITIGATING, date(2026, 6, 14)),
    )

    calibration = calibrate(tolerant(1, "year"), known(SPIKES), POLICY, [running])

    assert calibration.true_pages == (date(2026, 6, 12),)


def test_what_is_learned_later_in_the_month_changes_nothing() -> None:
    slo_ = tolerant(1, "quarter")
    days = observed(spending(SPIKES))
    restated = seen(date(2026, 3, 24), 100, at=AUGUST - timedelta(days=1), revision=2)

    before = calibrated(slo_, series(days, AUGUST - timedelta(days=2)), POLICY)
    after = calibrated(slo_, series([*days, restated], AUGUST), POLICY)

    assert before == after


def test_a_declared_amount_is_calibrated_as_well() -> None:
    declared = tolerant(1, "quarter").model_copy(update={"plan": Decimal(3050)})

    assert counts(calibrate(declared, known(SPIKES), POLICY)) == [4, 3, 1, 1, 1]


def test_a_unit_cost_is_calibrated_on_its_months_with_units() -> None:
    unit_slo = Slo.model_validate(
        per_request(objective=Decimal("0.12"))
        | {"plan": "learned", "tolerated_false_pages": {"at_most": 1, "per": "quarter"}}
    )
    days = [
        seen(day, usage, units=1000 if day >= date(2026, 3, 1) else None)
        for day, usage in spending(SPIKES).items()
    ]

    calibration = calibrate(unit_slo, series(days, AUGUST), POLICY)

    # Units are known from March on: April is the first month with four weeks of them before it.
    assert [month.start.month for month in calibration.months] == [4, 5, 6, 7]
    assert counts(calibration)[0] == 2


DAYS = st.integers(31, 211).map(lambda number: FIRST + number * DAY)
HISTORIES = st.dictionaries(DAYS, st.integers(20, 600), max_size=12)
RATES = st.tuples(st.integers(1, 4), st.sampled_from(["month", "quarter", "year"]))


@settings(max_examples=50, deadline=None)
@given(HISTORIES, RATES, st.sampled_from([POLICY, EVERY_GATE]), st.sampled_from([3700, 3100]))
def test_more_strictness_never_pages_more_and_the_choice_keeps_to_the_rate_where_any_does(
    spikes: Mapping[date, int], rate: tuple[int, str], policy: Policy, objective: int
) -> None:
    # Of 3,100 a plan of 3,000 to 3,100 leaves less than the noise of a month: it is tight.
    stated = Slo.model_validate(
        tolerant(*rate).model_dump(by_alias=True) | {"objective": {"monthly": objective}}
    )

    calibration = calibrate(stated, known(spikes), policy)

    pages = counts(calibration)
    assert pages == sorted(pages, reverse=True)
    chosen = len(calibration.chosen.pages)
    assert calibration.tolerates(chosen) or chosen == min(pages)
    lenient = [
        len(trial.pages)
        for trial in calibration.trials
        if trial.strictness < calibration.chosen.strictness
    ]
    assert not any(map(calibration.tolerates, lenient))


@settings(max_examples=25, deadline=None)
@given(HISTORIES, RATES)
def test_the_chosen_policy_replayed_on_the_same_past_is_what_was_promised(
    spikes: Mapping[date, int], rate: tuple[int, str]
) -> None:
    past, stated = known(spikes), tolerant(*rate)

    promised = calibrate(stated, past, POLICY).chosen

    replayed = calibrate(stated, past, calibrated(stated, past, POLICY))

    assert replayed.trials[0].pages == promised.pages


@settings(max_examples=15, deadline=None)
@given(HISTORIES, RATES, st.sampled_from([Decimal("0.25"), Decimal(8), Decimal(1024)]))
def test_counting_in_other_money_changes_nothing(
    spikes: Mapping[date, int], rate: tuple[int, str], scale: Decimal
) -> None:
    stated = tolerant(*rate)
    scaled = Slo.model_validate(
        stated.model_dump(by_alias=True) | {"objective": {"monthly": 3700 * scale}}
    )
    days = {day: usage * scale for day, usage in spending(spikes).items()}

    assert calibrate(scaled, series(observed(days), AUGUST), POLICY) == calibrate(
        stated, known(spikes), POLICY
    )


def test_the_ladder_of_strictness_begins_with_the_policy_as_it_is() -> None:
    assert STRICTNESSES[0] == 1
    assert list(STRICTNESSES) == sorted(set(STRICTNESSES))
