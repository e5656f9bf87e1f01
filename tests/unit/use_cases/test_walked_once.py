# SPDX-License-Identifier: Apache-2.0
"""Each step of the line runs once for each SLO and evaluation, counted by watching the run."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import FrameType
from typing import Any

import pytest

from cost_slo.domain.account_changes.change import Changes
from cost_slo.domain.alerts.alert_of import alert_of
from cost_slo.domain.evidence.signal import signal
from cost_slo.domain.incidents.transitions import transition
from cost_slo.domain.plan.series import observe
from cost_slo.domain.verdict.assessment import assess
from cost_slo.domain.verdict.calibration import calibrate
from cost_slo.use_cases.evaluate import conclude, judge
from tests.builders.readings import each_day, monthly, september
from tests.fakes.ports import FakeChangeSource
from tests.worlds.rig import Rig

JUDGED = (judge, observe, calibrate, assess, signal, conclude, transition)
STEPS = {step.__code__: step.__name__ for step in (*JUDGED, alert_of)}
QUIET = each_day(date(2026, 6, 1), date(2026, 8, 31), 5)


def counted(work: Callable[[], object]) -> Counter[str]:
    """How often each step of the line is called."""
    calls = Counter[str]()

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in STEPS:
            calls[STEPS[frame.f_code]] += 1

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


@pytest.fixture
def rig() -> Rig:
    """Two SLOs with a tolerated rate of false pages; one burns, and changes are recorded."""
    tolerated: dict[str, Any] = {
        "tolerated_false_pages": {"at_most": 1, "per": "quarter"},
        "plan": "learned",
    }
    made = Rig(monthly("web", **tolerated), monthly("calm", **tolerated))
    made.monitor = replace(made.monitor, changes=FakeChangeSource(Changes()))
    return made


def test_an_alert_with_its_details_is_judged_and_concluded_once(rig: Rig) -> None:
    spend = {"web": QUIET | september(9, d8=400), "calm": QUIET | september(9)}

    calls = counted(lambda: rig.run(spend, 10))

    (sent,) = rig.notifier.sent
    known = rig.incidents[0].last_snapshot
    assert (known["segments"] is not None, "changes" in known) == (True, True)
    assert calls == {step.__name__: 2 for step in JUDGED} | {"alert_of": 1}
    assert sent.slo == "web"


def test_an_update_is_judged_and_concluded_once(rig: Rig) -> None:
    rig.run({"web": QUIET | september(9, d8=400), "calm": QUIET | september(9)}, 10)
    spend = {"web": QUIET | september(10, d8=400, d9=60), "calm": QUIET | september(10)}

    calls = counted(lambda: rig.run(spend, 11))

    assert len(rig.costs.compared) == 4, "the detail was read on both mornings"
    assert {calls[step.__name__] for step in JUDGED} == {2}
