# SPDX-License-Identifier: Apache-2.0
"""The findings of a checkup, how to fix them, and their verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from cost_slo.domain.errors import CostSloError, SourceError
from cost_slo.domain.wording import count


class State(IntEnum):
    """The state of a finding, worst last."""

    OK = 0
    UNKNOWN = 1
    WARN = 2
    FAIL = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The finding of one check; `remedy` is empty if there is nothing to do."""

    check: str
    state: State
    says: str
    remedy: str = ""


def ok(check: str, says: str) -> CheckResult:
    return CheckResult(check, State.OK, says)


def not_checked(check: str, says: str, remedy: str = "") -> CheckResult:
    """It was not checked, or could not be."""
    return CheckResult(check, State.UNKNOWN, says, remedy)


def warn(check: str, says: str, remedy: str) -> CheckResult:
    """It works, but needs attention."""
    return CheckResult(check, State.WARN, says, remedy)


def fail(check: str, says: str, remedy: str) -> CheckResult:
    return CheckResult(check, State.FAIL, says, remedy)


def failed(check: str, error: CostSloError) -> CheckResult:
    """A check that raised an error, whose text says what to do after `; `.

    A retryable SourceError is "unknown"; anything else fails.
    """
    says, _, remedy = str(error).partition("; ")
    if isinstance(error, SourceError) and error.retryable:
        return not_checked(check, says, remedy or "run the doctor again in a few minutes")
    return fail(check, says, remedy or "fix this, then run the doctor again")


def worst(findings: Iterable[CheckResult]) -> State:
    """The worst state; OK if there is no finding."""
    return max((finding.state for finding in findings), default=State.OK)


def verdict(findings: Sequence[CheckResult]) -> str:
    """The findings in one sentence.

    >>> verdict([ok("spec", "two SLOs")])
    'All OK: 1 check.'
    """
    found = Counter(finding.state for finding in findings)
    if set(found) <= {State.OK}:
        return f"All OK: {count(len(findings), 'check')}."
    parts = [f"{found[state]} {state.word}" for state in sorted(found, reverse=True)]
    said = {
        State.FAIL: "Problems found",
        State.WARN: "OK with warnings",
        State.UNKNOWN: "No problems found, but not everything was checked",
    }
    return f"{said[worst(findings)]}: {', '.join(parts)}."
