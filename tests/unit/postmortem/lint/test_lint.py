# SPDX-License-Identifier: Apache-2.0
"""Is a document linted line by line, and does an allowance let one block pass?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.adapters.documents.yaml_rulebook import shipped_rulebook
from cost_slo.domain.postmortem.lint.lint import BLAME, COMPLETENESS, lint

RULES = shipped_rulebook()
LINES = (
    "Bob forgot the limit.",
    "- The team was careless.",
    "- Be more careful",
    "It cost $40.",
    "| Be more careful | - |",
    "## Action items",
    "## Root cause",
    "The pod failed to start.",
    "",
    "> quoted",
    "It should have been",
    "known by the on-call.",
)
documents = st.lists(st.sampled_from(LINES), max_size=12)


def found(text: str, *only: str) -> list[tuple[int, str]]:
    groups = only or (BLAME, COMPLETENESS)
    return [(finding.line, finding.rule) for finding in lint(text, RULES, groups)]


@pytest.mark.parametrize(
    "text",
    [
        "Bob forgot it. <!-- cost-slo-lint: allow person-failed because he asked for it -->",
        "<!-- cost-slo-lint: allow blame because it is an example -->\nBob forgot it.",
        "<!-- cost-slo-lint: allow slow, person-failed\nbecause both -->\n\nBob forgot it.",
        "Now\n<!-- cost-slo-lint: allow person-failed because mid -->\nBob forgot it.",
    ],
)
def test_a_block_passes_with_a_reason(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("allow person-failed", ["allow-without-reason", "person-failed"]),
        ("allow person-failed because ", ["allow-without-reason", "person-failed"]),
        ("allow nonsense because reasons", ["allow-without-reason", "person-failed"]),
        ("allow slow because reasons", ["person-failed"]),
        ("deny person-failed because reasons", ["person-failed"]),
    ],
)
def test_what_is_no_reason_or_no_rule_is_a_finding(comment: str, rules: list[str]) -> None:
    assert found(f"Bob forgot it. <!-- cost-slo-lint: {comment} -->") == [(1, r) for r in rules]


def test_an_allowance_reaches_one_block() -> None:
    comment = "<!-- cost-slo-lint: allow person-failed because it is told so -->"

    assert found(f"{comment}\nBob forgot it.\n\nBob forgot it.") == [(4, "person-failed")]
    assert found(f"Bob forgot it.\n\n{comment} ---\n\nBob forgot it.") == [
        (1, "person-failed"),
        (5, "person-failed"),
    ]
    assert found(f"Bob forgot it.\n\n{comment}") == [(1, "person-failed")]


def test_rules_are_chosen_by_group_or_by_id() -> None:
    text = "## Impact\n\nBob forgot it. It cost $40.\n"

    assert found(text, BLAME) == [(3, "person-failed")]
    assert found(text, COMPLETENESS) == [(3, "amount-without-period")]
    assert found(text, "person-failed", "slow") == [(3, "person-failed")]


@given(documents, st.sampled_from(["\n", "\r\n"]))
def test_lines_are_right_whatever_ends_them(lines: list[str], end: str) -> None:
    assert found(end.join(lines)) == found("\n".join(lines))


@given(documents)
def test_a_tab_behind_a_line_moves_no_finding(lines: list[str]) -> None:
    assert found("\t\n".join(lines)) == found("\n".join(lines))


@given(documents, st.integers(min_value=0), st.sampled_from([BLAME, COMPLETENESS, "person-failed"]))
def test_allowing_a_line_never_adds_a_finding(lines: list[str], at: int, rule: str) -> None:
    before = lint("\n".join(lines), RULES)
    hit = sorted({finding.line for finding in before})
    if not hit:
        return
    line = hit[at % len(hit)] - 1
    comment = f"<!-- cost-slo-lint: allow {rule} because of this property -->"
    behind = [*lines[:line], f"{lines[line]} {comment}", *lines[line + 1 :]]
    above = [*lines[:line], comment, *lines[line:]]

    for allowed in (behind, above):
        after = {
            (f.rule, f.text.replace(comment, "").strip()) for f in lint("\n".join(allowed), RULES)
        }
        assert after <= {(f.rule, f.text) for f in before}
