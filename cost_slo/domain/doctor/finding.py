# SPDX-License-Identifier: Apache-2.0
"""What did a checkup find, how is it put right, and what do the findings mean together?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from cost_slo.domain.errors import CostSloError, SourceError
from cost_slo.domain.wording import count


class State(IntEnum):
    """How something stands, the worst last."""

    OK = 0
    UNKNOWN = 1
    WARN = 2
    FAIL = 3

    @property
    def word(self) -> str:
        """As it is printed."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found; the remedy says what to do, and is empty where nothing is."""

    check: str
    state: State
    says: str
    remedy: str = ""


def ok(check: str, says: str) -> CheckResult:
    """All is well."""
    return CheckResult(check, State.OK, says)


def not_checked(check: str, says: str, remedy: str = "") -> CheckResult:
    """It was not looked at, or could not be."""
    return CheckResult(check, State.UNKNOWN, says, remedy)


def warn(check: str, says: str, remedy: str) -> CheckResult:
    """It works, and somebody should look at it."""
    return CheckResult(check, State.WARN, says, remedy)


def fail(check: str, says: str, remedy: str) -> CheckResult:
    """It does not work."""
    return CheckResult(check, State.FAIL, says, remedy)


def failed(check: str, error: CostSloError) -> CheckResult:
    """A check that could not be made to its end: its error says what, and what to do.

    What may be answered at another time is not known; anything else fails.
    """
    says, _, remedy = str(error).partition("; ")
    if isinstance(error, SourceError) and error.retryable:
        return not_checked(check, says, remedy or "run the checkup again in a few minutes")
    return fail(check, says, remedy or "put right what it names, then run the checkup again")


def worst(findings: Iterable[CheckResult]) -> State:
    """How all of them stand together."""
    return max((finding.state for finding in findings), default=State.OK)


def verdict(findings: Sequence[CheckResult]) -> str:
    """What the findings mean together, in a sentence.

    >>> verdict([ok("spec", "two SLOs")])
    'All is well: 1 check.'
    """
    found = Counter(finding.state for finding in findings)
    if set(found) <= {State.OK}:
        return f"All is well: {count(len(findings), 'check')}."
    parts = [f"{found[state]} {state.word}" for state in sorted(found, reverse=True)]
    said = {
        State.FAIL: "Something will not work until it is put right",
        State.WARN: "It works, with something to look at",
        State.UNKNOWN: "Nothing wrong was found, but not all could be looked at",
    }
    return f"{said[worst(findings)]}: {', '.join(parts)}."
