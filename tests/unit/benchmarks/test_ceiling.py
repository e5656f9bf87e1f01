# SPDX-License-Identifier: Apache-2.0
"""The black box of the ceiling is taught and heard as its table says."""

from __future__ import annotations

import numpy as np

from benchmarks.black_box import labels
from benchmarks.ceiling import stands

INVESTIGATE, PAGE, EMERGENCY = 1, 2, 3


def test_a_call_stands_a_day_as_a_page_and_seven_days_as_an_investigation() -> None:
    looks = np.zeros((1, 30), dtype=np.int64)
    looks[0, 2] = EMERGENCY

    heard = stands(looks)[0].tolist()

    day, week = 3, 21
    before, after = [0, 0], [0] * (30 - 3 - week)
    assert heard == [*before, EMERGENCY, *[PAGE] * day, *[INVESTIGATE] * (week - day), *after]


def test_an_investigation_stands_as_one_until_a_page_is_louder() -> None:
    looks = np.array([[INVESTIGATE, 0, PAGE, 0]])

    assert stands(looks).tolist() == [[INVESTIGATE, INVESTIGATE, PAGE, PAGE]]


def test_an_incident_teaches_from_8_hours_on_and_a_spike_for_72_hours() -> None:
    hours = np.array([90.0, 100.0, 108.0, 172.0, 173.0])
    truth = {"onset": 100, "kind": "spike 5", "class": "A"}

    wrong, taught = labels(truth, hours)

    assert wrong.tolist() == [False, False, True, True, False]
    assert taught.tolist() == [True, False, True, True, False]


def test_clean_time_teaches_and_an_incident_that_no_goal_asks_for_does_not() -> None:
    hours = np.array([90.0, 200.0])
    clean = {"onset": None, "kind": "clean"}
    small = {"onset": 100, "kind": "step 0.25", "class": "D"}

    assert labels(clean, hours)[1].tolist() == [True, True]
    assert labels(small, hours)[1].tolist() == [False, False]
