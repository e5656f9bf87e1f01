# SPDX-License-Identifier: Apache-2.0
"""Which functions of ours ran, and one of them made to raise: patching our own code is the point.

Functions are found by watching a run, so one that is added is covered without being listed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest

from cost_slo.domain.missing import Extras
from cost_slo.use_cases import evaluate as monitor

OURS = "cost_slo."
# What catches and tells the errors of all the others.
NET = {
    "missing.Extras.get",
    "missing.Missing.says",
    "missing.told",
    "errors.in_words",
    "errors.is_fault",
    "errors.without_text",
    "errors._innermost",
    "errors._of_a_file",
    "outcomes.Outcome.without",
}


@dataclass
class Now:
    """Whose turn it is, and whether what runs is an extra; told by the two seams of the line.

    Nobody's unless `is_on`.
    """

    slo: str = ""
    extras: int = 0
    is_on: bool = True

    @property
    def stage(self) -> str:
        """What runs of the line."""
        return "extra" if self.extras else "line"


@dataclass(frozen=True)
class Step:
    """A function of ours, and everything that holds it under a name."""

    name: str
    places: tuple[tuple[Any, str, Any], ...] = field(compare=False, repr=False)


@contextmanager
def seams(patch: pytest.MonkeyPatch) -> Iterator[Now]:
    """Know at each instant which SLO is judged, and whether an extra is made for it."""
    now, judged, get = Now(), monitor._judged, Extras.get

    def judging(of: Any, known: Any, *rest: Any) -> Any:
        now.slo = known.slo.name if now.is_on else ""
        try:
            return judged(of, known, *rest)
        finally:
            now.slo = ""

    def getting(self: Extras, what: str, make: Callable[[], Any], otherwise: Any) -> Any:
        def made() -> Any:
            now.extras += 1
            try:
                return make()
            finally:
                now.extras -= 1

        return get(self, what, made, otherwise)

    patch.setattr(monitor, "_judged", judging)
    patch.setattr(Extras, "get", getting)
    yield now


def watched(now: Now, slo: str, work: Callable[[], object]) -> dict[str, set[CodeType]]:
    """The code of ours that runs for an SLO, by stage."""
    ran: dict[str, set[CodeType]] = {"line": set(), "extra": set()}

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and now.slo == slo:
            ran[now.stage].add(frame.f_code)

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return ran


def steps(codes: set[CodeType]) -> list[Step]:
    """The functions with that code, but for those of the net; sorted by name."""
    found: dict[str, list[tuple[Any, str, Any]]] = {}
    for module in [it for name, it in sorted(sys.modules.items()) if name.startswith(OURS)]:
        for owner, name, value in _held(module):
            function = _function(value)
            if function is None or function.__code__ not in codes or name.startswith("__"):
                continue
            label = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
            if label not in NET:
                found.setdefault(label, []).append((owner, name, value))
    return [Step(label, tuple(places)) for label, places in sorted(found.items())]


def _held(module: ModuleType) -> Iterator[tuple[Any, str, Any]]:
    """What a module holds under a name, and what its own classes do."""
    for name, value in list(vars(module).items()):
        if isinstance(value, type) and value.__module__ == module.__name__:
            yield from ((value, each, held) for each, held in list(vars(value).items()))
        else:
            yield module, name, value


def _function(value: Any) -> FunctionType | None:
    """The function of ours behind a name: plain, decorated, a property's or a class's."""
    inner = getattr(value, "fget", None) or getattr(value, "__func__", None) or value
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    is_ours = isinstance(inner, FunctionType) and inner.__module__.startswith(OURS)
    return inner if is_ours else None


def break_step(
    patch: pytest.MonkeyPatch, step: Step, error: Exception, when: Callable[[], bool]
) -> list[str]:
    """Let a function raise while `when` says so; one line for each time it did."""
    raised: list[str] = []

    def breaking(call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def broken(*args: Any, **named: Any) -> Any:
            if when():
                raised.append(step.name)
                raise error
            return call(*args, **named)

        return broken

    for owner, name, value in step.places:
        if isinstance(value, property) and value.fget is not None:
            patch.setattr(owner, name, property(breaking(value.fget)))
        elif isinstance(value, staticmethod | classmethod):
            patch.setattr(owner, name, type(value)(breaking(value.__func__)))
        else:
            patch.setattr(owner, name, breaking(value))
    return raised
