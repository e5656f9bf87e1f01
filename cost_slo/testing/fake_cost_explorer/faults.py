# SPDX-License-Identifier: Apache-2.0
"""Which call shall fail, how, and before or after it had its effect?"""

from __future__ import annotations

from dataclasses import dataclass, field

from cost_slo.testing.fake_cost_explorer.refusal import RefusedError

THROTTLE = RefusedError("LimitExceededException", "Rate exceeded")
ANY = "*"


@dataclass(slots=True)
class Fault:
    """A failure of the next `times` calls of an operation; no error: the connection drops."""

    operation: str
    error: RefusedError | None
    times: int = 1
    after_effect: bool = False


@dataclass(slots=True)
class Faults:
    throttle_every: int | None = None
    _waiting: list[Fault] = field(default_factory=list)
    _calls: int = 0

    def add(self, fault: Fault) -> None:
        """Make the next calls fail, after the faults that were added before."""
        self._waiting.append(fault)

    def take(self, operation: str) -> Fault | None:
        """The fault of a call that was just received, used up once."""
        self._calls += 1
        if self.throttle_every and self._calls % self.throttle_every == 0:
            return Fault(operation, THROTTLE)
        for fault in self._waiting:
            if fault.operation in (operation, ANY):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
