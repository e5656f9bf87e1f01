# SPDX-License-Identifier: Apache-2.0
"""What would make this postmortem better, line by line?

Two groups of rules look at one document: `blame` at its sentences, `completeness` at its sections.
A comment `<!-- cost-slo-lint: allow RULE because REASON -->` lets a block pass; without a reason it
is a finding itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cost_slo.domain.postmortem.lint.blame import Blame, blame_findings
from cost_slo.domain.postmortem.lint.completeness import Completeness, completeness_findings
from cost_slo.domain.postmortem.lint.finding import LintFinding, RuleText
from cost_slo.domain.postmortem.lint.markdown import MarkdownDocument, markdown_document
from cost_slo.domain.postmortem.lint.suppression import Suppression, is_allowed, suppressions

BLAME, COMPLETENESS = "blame", "completeness"
RULE_GROUPS = (BLAME, COMPLETENESS)
ALLOW_RULE = "allow-without-reason"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules, as the shipped data says them."""

    blame: Blame
    completeness: Completeness

    @property
    def groups(self) -> dict[str, frozenset[str]]:
        """The rule ids of each group."""
        return {
            BLAME: frozenset(rule.text.id for rule in self.blame.rules),
            COMPLETENESS: frozenset(self.completeness.texts),
        }

    @property
    def ids(self) -> frozenset[str]:
        """Every rule id."""
        return frozenset().union(*self.groups.values())


def lint(
    text: str, rules: Rulebook, only: Collection[str] = RULE_GROUPS
) -> tuple[LintFinding, ...]:
    """The findings of one document, by line; `only` holds names of groups or of rules."""
    document = markdown_document(text)
    wanted = frozenset().union(*(rules.groups.get(name, frozenset({name})) for name in only))
    allowed = suppressions(document)
    found = [
        finding
        for finding in _found(document, rules)
        if finding.rule in wanted and not is_allowed(finding, allowed, rules.groups)
    ]
    return tuple(sorted([*found, *_bad_allowances(allowed, rules)], key=_place))


def _found(document: MarkdownDocument, rules: Rulebook) -> Iterator[LintFinding]:
    yield from blame_findings(document, rules.blame)
    yield from completeness_findings(document, rules.completeness)


def _bad_allowances(allowed: tuple[Suppression, ...], rules: Rulebook) -> Iterator[LintFinding]:
    known = rules.ids | set(rules.groups)
    said: RuleText = rules.completeness.texts[ALLOW_RULE]
    for suppression in allowed:
        if not suppression.reason or not set(suppression.rules) <= known:
            yield said.finding(suppression.line, suppression.text)


def _place(finding: LintFinding) -> tuple[int, str, str]:
    return finding.line, finding.rule, finding.text
