# SPDX-License-Identifier: Apache-2.0
"""How sure is a sentence, and which facts stand behind its numbers?

*Measured* sentences cite evidence and carry facts; *inferred* ones say from what; *unknown* ones
are questions to the owner.
"""

from __future__ import annotations

from dataclasses import dataclass

from cost_slo.domain.postmortem.facts.fact import Fact

MEASURED = "measured"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Claim:
    """A line of the narrative, how sure it is, and the facts whose numbers it states."""

    text: str
    mark: str = ""
    facts: tuple[Fact, ...] = ()

    def __str__(self) -> str:
        """A sentence with its mark; a line that is no sentence is printed by its `text`."""
        return f"{self.text} _[{self.mark}]_" if self.mark else self.text

    @property
    def is_measured(self) -> bool:
        """Whether the evidence shows it."""
        return self.mark.startswith(MEASURED)

    @property
    def is_question(self) -> bool:
        """Whether only people know."""
        return self.mark == UNKNOWN
