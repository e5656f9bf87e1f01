# SPDX-License-Identifier: Apache-2.0
"""A burn-down is drawn inside its frame, and said in words."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.dashboard.sparkline import HEIGHT, SPARKLINE_WIDTH, sparkline
from cost_slo.domain.verdict.burn_down import BurnDown
from tests.builders.days import SEPTEMBER


def told(*shares: float, is_spent_evenly: bool = True) -> BurnDown:
    return BurnDown(SEPTEMBER, shares, is_spent_evenly=is_spent_evenly)


def lines(drawn: BurnDown) -> dict[str, list[tuple[float, float]]]:
    """The points of each line, by its class."""
    root = ET.fromstring(sparkline(drawn))
    return {
        line.attrib["class"]: [
            (float(across), float(down))
            for across, down in (point.split(",") for point in line.attrib["points"].split())
        ]
        for line in root.iter("polyline")
    }


def test_a_budget_used_up_evenly_lies_on_the_dashed_line() -> None:
    found = lines(told(*(1 - day / 30 for day in range(1, 31))))

    assert found["cs-even"] == [(3.0, 3.0), (129.0, 29.0)]
    assert found["cs-left"][0] == (3.0, 3.0)
    assert found["cs-left"][15] == (66.0, 16.0)
    assert found["cs-left"][-1] == (129.0, 29.0)
    assert found["cs-zero"] == [(3.0, 29.0), (129.0, 29.0)]


def test_an_overspend_lies_below_the_line_of_nothing_left() -> None:
    found = lines(told(0.5, -0.5, -20))

    at_nothing = found["cs-zero"][0][1]
    assert [down > at_nothing for _, down in found["cs-left"]] == [False, False, True, True]
    assert found["cs-left"][2][1] == found["cs-left"][3][1] == HEIGHT - 3


def test_a_unit_cost_has_no_even_line_and_starts_with_its_first_day() -> None:
    found = lines(told(0.5, 0.4, is_spent_evenly=False))

    assert "cs-even" not in found
    assert len(found["cs-left"]) == 2


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((0.9, 0.35), "35% of the error budget left after 2 of 30 days of Sep 2026"),
        ((-1.7,), "Error budget overspent after 1 of 30 days of Sep 2026"),
        ((), "100% of the error budget left after 0 of 30 days of Sep 2026"),
    ],
)
def test_it_says_in_words_what_it_shows(shares: tuple[float, ...], said: str) -> None:
    root = ET.fromstring(sparkline(told(*shares)))

    assert root.attrib["aria-label"] == said
    assert root.findtext("title") == said


@given(shares=st.lists(st.floats(-1e9, 1e9), max_size=40), is_spent_evenly=st.booleans())
def test_no_line_leaves_the_frame(shares: list[float], *, is_spent_evenly: bool) -> None:
    drawn = lines(told(*shares, is_spent_evenly=is_spent_evenly))

    for points in drawn.values():
        assert all(
            0 <= across <= SPARKLINE_WIDTH and 0 <= down <= HEIGHT for across, down in points
        )
