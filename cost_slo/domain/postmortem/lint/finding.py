# SPDX-License-Identifier: Apache-2.0
"""What does a rule say, and where was it found?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One place in one document; a hint is shown, and fails nothing. `line` counts from 1."""

    line: int
    rule: str
    text: str
    suggestion: str
    is_hint: bool = False


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule in words: what it finds, who says so, an example, and what to write instead."""

    id: str
    says: str
    source: str
    example: str
    suggestion: str
    is_hint: bool = False

    def finding(self, line: int, text: str) -> LintFinding:
        """This rule, found on that line."""
        return LintFinding(line, self.id, text, self.suggestion, self.is_hint)
