# SPDX-License-Identifier: Apache-2.0
"""A burn rate said in a sentence."""

from __future__ import annotations

import pytest

from cost_slo.domain.burn.noise_gate import SILENT, Noise
from cost_slo.domain.burn.rates import Firing, Headroom
from cost_slo.domain.burn.sentences import (
    calibration,
    gates_in_words,
    ladder_in_words,
    near_miss,
    quiet,
    rule_in_words,
    why_it_fired,
)
from cost_slo.domain.incidents.incident import Severity
from tests.builders.days import excess, ladder_of, rule

HEADROOM = Headroom(budget=3000.0, window_days=30, day_planned=100.0, is_tight=False)
# The 8th to the 10th of September.
DAYS = excess(10, 550, 620)


def test_an_alert_says_how_fast_how_much_against_what_and_how_long_the_budget_lasts() -> None:
    firing = Firing(rule(Severity.PAGE, 5, 2), 3, 1170.0, 5.85, 90.0)

    text = why_it_fired(firing, DAYS, Noise(spread=12.5), HEADROOM, "USD")

    assert text == (
        "burning 5.8x (the rule is 5x over 2 days): $1,170.00 above plan in 2 days to 10 Sep 2026; "
        "usual noise is $12.50 a day and the most before was $90.00; "
        "an error budget of $3,000.00 lasts 5 days at that rate"
    )


def test_one_day_is_named_and_a_precedent_or_noise_that_is_not_known_is_left_out() -> None:
    firing = Firing(rule(Severity.EMERGENCY, 14, 1), 2, 550.0, 20.0, 0.0)

    text = why_it_fired(firing, DAYS, SILENT, HEADROOM, "EUR")

    assert text == (
        "burning 20.0x (the rule is 14x over 1 day): EUR 550.00 above plan on 9 Sep 2026; "
        "an error budget of EUR 3,000.00 lasts 36 hours at that rate"
    )


def test_without_a_precedent_only_the_noise_is_said() -> None:
    firing = Firing(rule(Severity.PAGE, 5, 1), 3, 620.0, 6.2, 0.0)

    text = why_it_fired(firing, DAYS, Noise(spread=12.5), HEADROOM, "USD")

    assert "; usual noise is $12.50 a day; an error budget" in text


@pytest.mark.parametrize(("end", "complete", "is_said"), [(3, 2, True), (2, 2, False)])
def test_a_day_still_arriving_is_said_to_be(end: int, complete: int, *, is_said: bool) -> None:
    firing = Firing(rule(Severity.PAGE, 5, 1), end, 620.0, 6.2, 0.0)
    days = excess(10, 550, 620, complete=complete)

    text = why_it_fired(firing, days, SILENT, HEADROOM, "USD")

    assert (", a day still arriving" in text) is is_said


@pytest.mark.parametrize(
    ("rate", "lasts"),
    [(30, "24 hours"), (15.0001, "48 hours"), (15, "2 days"), (14, "2 days"), (1, "30 days")],
)
def test_two_days_and_more_are_said_in_days(rate: float, lasts: str) -> None:
    firing = Firing(rule(Severity.PAGE, 1, 1), 3, 620.0, rate, 0.0)

    assert f"lasts {lasts} at that rate" in why_it_fired(firing, DAYS, SILENT, HEADROOM, "USD")


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "spend is on or below its plan"),
        (-3.0, "spend is on or below its plan"),
        (0.0, "spend is on or below its plan"),
        (0.7, "burning 0.7x on the last complete day, less than the budget allows"),
        (1.5, "$12.50 above plan on the last complete day (1.5x), which no rule calls for"),
    ],
)
def test_where_no_rule_fires_the_last_day_is_said(rate: float | None, text: str) -> None:
    assert quiet(rate, 12.5, "USD") == text


def test_a_near_miss_says_what_held_the_rule_back() -> None:
    firing = Firing(rule(Severity.PAGE, 5, 2), 3, 60.0, 5.85, 90.0)

    assert near_miss(firing, Noise(spread=12.5), "USD") == (
        "page at 5x over 2 days held back: $60.00 beyond the recent level is within what is usual "
        "(noise $12.50 a day, up to $90.00 before)"
    )


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("total", "page at 5x over 2 days: 33.3 % of the error budget is gone"),
        ("sustained", "page at 5x over 2 days, each of them: 33.3 % of the error budget is gone"),
        (
            "trimmed",
            "page at 5x over 2 days, without the largest: 33.3 % of the error budget is gone",
        ),
    ],
)
def test_a_rule_says_what_it_uses_up(shape: str, text: str) -> None:
    told = rule_in_words(rule(Severity.PAGE, 5, 2, shape=shape), 30)

    assert told == f"{text}, a full one lasts 6.0 days"


def test_a_budget_is_said_beside_its_noise() -> None:
    assert ladder_in_words(HEADROOM, SILENT, "USD") == (
        "error budget $3,000.00 a month; no history yet to tell the noise"
    )
    assert ladder_in_words(HEADROOM, Noise(spread=12.5), "USD") == (
        "error budget $3,000.00 a month, noise $12.50 a day"
    )


def test_a_tight_budget_says_what_to_do_about_it() -> None:
    tight = Headroom(budget=90.0, window_days=30, day_planned=100.0, is_tight=True)

    told = ladder_in_words(tight, Noise(spread=12.5), "USD")

    assert told.startswith("error budget $90.00 a month, noise $12.50 a day: the objective leaves")
    assert told.endswith("raise the objective, narrow the scope, or use `policy: conservative`")


@pytest.mark.parametrize(
    ("gates", "text"),
    [
        ({"noise": 7.5, "allowance": 0.3}, "noise 7.5, allowance 0.3"),
        ({}, "nothing beyond that"),
    ],
)
def test_a_rule_says_what_evidence_it_asks_for(gates: dict[str, float], text: str) -> None:
    assert gates_in_words(rule(Severity.PAGE, 5, 1, **gates)) == f"page at 5x over 1 day: {text}"


@pytest.mark.parametrize(
    ("times", "severity", "text"),
    [
        (1.5, Severity.PAGE, "; gates x1.5"),
        (1.5, Severity.EMERGENCY, "; gates x1.5"),
        (1.5, Severity.INVESTIGATE, ""),
        (1.5, None, ""),
        (1, Severity.PAGE, ""),
    ],
)
def test_a_page_that_stricter_gates_may_have_held_back_says_so(
    times: float, severity: Severity | None, text: str
) -> None:
    missed = Firing(rule(severity, 5, 2), 3, 60.0, 5.85, 90.0) if severity else None

    assert calibration(ladder_of().stricter(times, "gates x1.5"), missed) == text
