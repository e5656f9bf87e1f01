# SPDX-License-Identifier: Apache-2.0
"""Every function that runs while an SLO is judged, made to raise: nothing else is touched.

`-s` prints the table: which function, which error, what was sent, what the report said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import InvalidOperation
from functools import cache, partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.account_changes.change import Change, Changes
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import Period
from cost_slo.use_cases.result import Evaluation
from tests.builders.changes import cell, cube
from tests.builders.readings import each_day, monthly, morning, per_request, september, units
from tests.fakes.ports import FakeChangeSource
from tests.injection import Now, Step, break_step, seams, steps, watched
from tests.worlds.rig import Rig

VICTIM = "web"
AUGUST = each_day(date(2026, 8, 1), date(2026, 8, 31), 5)
LATE_AUGUST = each_day(date(2026, 8, 20), date(2026, 8, 31), 5)
UNEXPECTED = (
    OverflowError("put in from outside"),
    InvalidOperation(),
    RecursionError("too deep"),
    ZeroDivisionError(),
    MemoryError(),
    KeyError("service"),
)
DEPLOYED = Change(
    morning(8) - timedelta(hours=20),
    "111122223333",
    "us-east-1",
    "Amazon EC2",
    "RunInstances",
    "i-1",
    "role ci-deploy",
    is_deploy=True,
)
CELLS = (
    cell(("EC2", "BoxUsage"), "40", "435", unit="Hours", quantity_before="4", quantity_after="40"),
    cell(("EC2", "Spot"), "10", "11"),
    cell(("S3", "Bytes"), "3", "30"),
)
policy = cache(lambda name: load_policy(name, base=Path()))


@dataclass(frozen=True)
class Told:
    """What a run told: the decisions and messages of each SLO, the document, the causes."""

    result: Evaluation
    decisions: Mapping[str, list[tuple[str, str]]]
    messages: Mapping[str, list[Notification]]

    def of_others(self) -> Any:
        """All that was reported of every SLO but the victim, to the letter."""
        return (
            [slo for slo in self.result.document["slos"] if slo["name"] != VICTIM],
            {name: said for name, said in self.decisions.items() if name != VICTIM},
            {name: said for name, said in self.messages.items() if name != VICTIM},
        )

    def keys(self) -> list[str]:
        """The victim's messages, by key."""
        return [message.key for message in self.messages.get(VICTIM, [])]

    def says(self) -> str:
        """What the report says of the victim's trouble."""
        notes = [it["notes"] for it in self.result.document["slos"] if it["name"] == VICTIM]
        missing = [note for it in notes for note in it if "not known (" in note]
        errors = [it["error"] for it in self.result.document["errors"] if it["slo"] == VICTIM]
        return next(iter((*missing, *errors)), "")


@dataclass(frozen=True)
class Story:
    """Three SLOs over a quiet August; on a morning two of them burn.

    `before` is the last day of an earlier morning that opened their incidents, if there was one.
    With `is_new` the victim has no August and nobody records changes: there is no detail to read.
    """

    victim: Mapping[str, Any]
    before: int | None = None
    is_new: bool = False

    def told(self, now: Now) -> Told:
        """Play it, and tell its last morning, the only one that counts as now."""
        rig = Rig(self.victim, monthly("shop", plan="learned"), monthly("calm"))
        changes = FakeChangeSource(Changes((DEPLOYED,), "CloudTrail", ("one page only",)))
        rig.monitor = replace(rig.monitor, policy=policy, changes=None if self.is_new else changes)
        rig.units.readings = {VICTIM: units(each_day(date(2026, 8, 1), date(2026, 9, 9), 1000))}
        rig.costs.cube = replace(
            cube(*CELLS, dimensions=("service", "meter")),
            window=Period(date(2026, 9, 1), date(2026, 9, 10)),
            baseline=Period(date(2026, 8, 1), date(2026, 8, 10)),
        )
        now.is_on = False
        if self.before is not None:
            earlier = september(self.before, **{f"d{self.before}": 60})
            spend = {VICTIM: AUGUST | earlier, "shop": LATE_AUGUST | earlier, "calm": earlier}
            rig.run(spend, self.before + 1)
        sent, now.is_on = len(rig.notifier.sent), True
        burning = september(9, d7=60, d8=400)
        august = {} if self.is_new else AUGUST
        spend = {VICTIM: august | burning, "shop": LATE_AUGUST | burning, "calm": september(9)}
        result = rig.run(spend, 10)
        messages: dict[str, list[Notification]] = {}
        for message in rig.notifier.sent[sent:]:
            messages.setdefault(message.slo, []).append(message)
        decisions = {
            it.slo: [(event.key, str(event.severity)) for event in it.events if event.is_decision]
            for it in rig.incidents
        }
        return Told(result, decisions, messages)


# A first alert; the same of a unit's cost; the next alert of a running incident; a first alert
# that nothing explains.
STORIES = (
    Story(monthly(VICTIM)),
    Story(per_request(VICTIM)),
    Story(monthly(VICTIM), before=7),
    Story(monthly(VICTIM), is_new=True),
)


def errors_for(name: str, others: Iterator[Exception]) -> tuple[Exception, Exception]:
    """One that the program knows and one that it does not; which one goes round."""
    like = next(others)
    return CostDataError(f"no figures in {name}"), type(like)(*like.args)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["extra", "line"])
def test_whatever_raises_no_alert_is_lost_and_no_other_slo_is_touched(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: set[Step] = set()
    others, lines = cycle(UNEXPECTED), list[str]()
    for play in STORIES:
        with monkeypatch.context() as patch, seams(patch) as now:
            expected = play.told(now)
            found = steps(watched(now, VICTIM, partial(play.told, now))[stage])
        assert expected.keys(), "the victim is reported"
        assert expected.says() == ""
        for step in found:
            for error in errors_for(step.name, others) if step not in tried else ():
                told = with_a_fault(monkeypatch, play, stage, step, error)
                assert told.of_others() == expected.of_others(), step.name
                assert_kept(told, expected, stage, step, error)
                sent = "alert" if told.keys() else "others"
                kind = type(error).__name__
                lines.append(f"{step.name:44.44} {kind:17} {sent:6} {told.says():.120}")
        tried.update(found)

    print(f"\n{stage}: {len(tried)} functions, {len(lines)} faults")  # noqa: T201
    print("\n".join(lines))  # noqa: T201  the table of what was tried
    assert len(tried) > LEAST, "the watch sees the stage"


# So many functions at least are on each stage.
LEAST = 100


def with_a_fault(
    monkeypatch: pytest.MonkeyPatch, play: Story, stage: str, step: Step, error: Exception
) -> Told:
    """The story, with a step that raises at its stage of judging the victim."""
    with monkeypatch.context() as patch, seams(patch) as now:
        break_step(patch, step, error, lambda: now.slo == VICTIM and now.stage == stage)
        return play.told(now)


def assert_kept(told: Told, expected: Told, stage: str, step: Step, error: Exception) -> None:
    """The decision and the alert stand, and the report names what is missing, and its cause."""
    if stage == "line":
        assert set(told.result.failures) == {VICTIM}, step.name
    else:
        assert told.keys() == expected.keys(), step.name
        assert told.decisions == expected.decisions, step.name
        assert told.result.failures == {}, step.name
    if told.messages != expected.messages or told.says():
        assert error in [cause for _, cause in told.result.causes], step.name
        assert told.says(), step.name
