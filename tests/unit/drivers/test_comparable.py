# SPDX-License-Identifier: Apache-2.0
"""What a bill offers when the periods asked for cannot be compared."""

from datetime import date

import pytest

from cost_slo.domain.drivers.comparable import advice
from cost_slo.domain.period import DAY, Month, Period

SEPTEMBER = Month.containing(date(2024, 9, 1))
HALVES = "--from 2024-09-01..2024-09-15 --to 2024-09-16..2024-09-30"


def days(first: int, last: int) -> Period:
    return Period(date(2024, 9, first), date(2024, 9, last) + DAY)


@pytest.mark.parametrize(
    ("covered", "said"),
    [
        (SEPTEMBER, f"--to 2024-09-24..2024-09-30, or {HALVES}"),
        (days(1, 14), "compare --from 2024-09-01..2024-09-07 --to 2024-09-08..2024-09-14"),
        (days(1, 3), "compare --from 2024-09-02 --to 2024-09-03"),
        (days(7, 7), "it has one day only, so there is nothing to compare"),
        (
            Period(date(2024, 9, 1), date(2024, 10, 6)),
            "--to 2024-09-29..2024-10-05, or --from 2024-09-02..2024-09-18 --to 2024-09-19",
        ),
    ],
)
def test_a_bill_offers_its_last_weeks_and_its_halves(covered: Period, said: str) -> None:
    assert said in advice(SEPTEMBER, covered, monthly=False)
    assert said in advice(Month.containing(date(2030, 1, 1)), covered, monthly=False)


@pytest.mark.parametrize(
    ("window", "before"),
    [(days(10, 12), "2024-09-07..2024-09-09"), (days(4, 12), "2024-09-01..2024-09-03")],
)
def test_a_window_that_the_bill_has_is_compared_with_the_days_before(
    window: Period, before: str
) -> None:
    typed = f"{window.start}..{window.end - DAY}"

    assert advice(window, SEPTEMBER, monthly=False) == f"compare --from {before} --to {typed}"


def test_months_are_compared_with_months() -> None:
    covered = Period(date(2024, 6, 1), date(2024, 10, 1))

    assert advice(days(4, 9), covered, monthly=True) == "compare --from 2024-08 --to 2024-09"
    assert "one month only" in advice(SEPTEMBER, SEPTEMBER, monthly=True)
