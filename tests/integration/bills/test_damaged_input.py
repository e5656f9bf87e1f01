# SPDX-License-Identifier: Apache-2.0
"""A small run of `benchmarks.fuzz`: damaged input is read or refused, never a crash."""

from pathlib import Path
from random import Random

import pytest

from benchmarks.fuzz import KINDS, run


@pytest.mark.parametrize(
    ("name", "cases"), [(name, 15 if name == "bill" else 60) for name in KINDS]
)
def test_damaged_input_is_accepted_or_refused(name: str, cases: int, tmp_path: Path) -> None:
    outcomes = run(name, numbers=range(cases), seed=0, save=tmp_path)

    assert outcomes["uncaught"] == 0
    assert outcomes["accepted"] > 0
    assert outcomes["refused"] > 0


@pytest.mark.parametrize("name", KINDS)
def test_a_case_is_the_same_for_the_same_seed(name: str) -> None:
    first, second = (KINDS[name].make(Random("7")) for _ in range(2))

    assert first == second
