# SPDX-License-Identifier: Apache-2.0
"""Which findings did the author allow, and why?

`<!-- cost-slo-lint: allow RULE because REASON -->` beside a text speaks of the block it stands in;
alone on its line, of the block that holds or follows it. RULE is an id or a group, or several.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cost_slo.domain.postmortem.lint.finding import LintFinding
from cost_slo.domain.postmortem.lint.markdown import Block, Comment, MarkdownDocument

ALLOW = re.compile(
    r"cost-slo-lint:\s*allow\b[\s:]*([\w, -]*?)(?:\s*\bbecause\b\s*(.*))?$",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Suppression:
    """Lets the named rules pass from line `first` to line `last`, both included."""

    line: int
    rules: tuple[str, ...]
    reason: str
    first: int
    last: int
    text: str


def suppressions(document: MarkdownDocument) -> tuple[Suppression, ...]:
    """What the comments allow, with or without a reason, in order."""
    return tuple(
        _suppression(comment, found, document.blocks)
        for comment in document.comments
        if (found := ALLOW.match(comment.text))
    )


def is_allowed(
    finding: LintFinding,
    allowed: Collection[Suppression],
    groups: Mapping[str, Collection[str]],
) -> bool:
    """Whether a suppression with a reason speaks of the finding's line and rule."""
    names = {finding.rule} | {group for group, rules in groups.items() if finding.rule in rules}
    return any(
        given.reason and given.first <= finding.line <= given.last and names & set(given.rules)
        for given in allowed
    )


def _suppression(comment: Comment, found: re.Match[str], blocks: Collection[Block]) -> Suppression:
    first, last = _reach(comment, blocks)
    return Suppression(
        line=comment.line,
        rules=tuple(name for name in re.split(r"[\s,]+", found[1]) if name),
        reason=(found[2] or "").strip(),
        first=first,
        last=last,
        text=f"<!-- {comment.text} -->",
    )


def _reach(comment: Comment, blocks: Collection[Block]) -> tuple[int, int]:
    """The block's lines; a comment beside nothing but blanks reaches its own line."""
    from_line = comment.last_line if comment.alone else comment.line
    ahead = (block for block in blocks if block.last_line >= from_line)
    block = next(ahead, None)
    if block is None or (not comment.alone and block.line > comment.line):
        return comment.line, comment.line
    return block.line, block.last_line
