# SPDX-License-Identifier: Apache-2.0
"""Is what a review would miss found?"""

from pathlib import Path

import pytest

from cost_slo.adapters.documents.yaml_rulebook import shipped_rulebook
from cost_slo.domain.postmortem.lint.lint import COMPLETENESS, lint
from tests.checks.golden_files import GOLDEN
from tests.checks.third_party import third_party

RULES = shipped_rulebook()
DRAFT = (GOLDEN / "narrative_resolved.md").read_text("utf-8")
HEADER = "## Action items\n\n| Item | Owner | Due | Expected effect |\n|---|---|---|---|\n"


def found(text: str) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in lint(text, RULES, [COMPLETENESS])]


@pytest.mark.parametrize("draft", sorted(GOLDEN.glob("*.md")), ids=lambda path: path.stem)
def test_a_fresh_draft_is_as_complete_as_a_draft_can_be(draft: Path) -> None:
    assert found(draft.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "below",
    [
        "",
        "TBD",
        "- TODO\n- ...",
        "| a |\n|---|\n| - |",
        "{{ summary }}",
        "<!-- write here -->",
        "n/a.",
    ],
)
def test_a_section_without_content_is_empty(below: str) -> None:
    assert ("empty-section", 3) in found(f"# T\n\n## Impact\n\n{below}\n\n## Next\n\nDone.")


@pytest.mark.parametrize(
    "below", ["One customer.", "```\nlog\n```", "### Deeper\n\nHere.", "> quote"]
)
def test_a_section_with_content_is_not_empty(below: str) -> None:
    assert found(f"# T\n\n## Impact\n\n{below}\n") == []


def test_the_last_section_can_be_empty_too() -> None:
    assert found("# T\n\n## Impact") == [("empty-section", 3)]


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ("| Cap the job at 100 tasks | platform | 30 Nov 2026 | saves $40 a day |", []),
        ("| Cap the job at 100 tasks | - | 30 Nov 2026 | |", ["action-without-owner"]),
        ("| Cap the job at 100 tasks | platform | TBD | |", ["action-without-due"]),
        ("| Cap the job at 100 tasks | platform |", ["action-without-due"]),
        ("| Be more careful | platform | 30 Nov 2026 | |", ["action-not-testable"]),
        ("| Cap the job | platform | 30 Nov 2026 | saves $40 |", ["amount-without-period"]),
        ("| Cap the job | Alice | 30 Nov 2026 | |", ["owner-is-a-person"]),
    ],
)
def test_a_row_of_the_action_table_says_who_when_and_what(row: str, rules: list[str]) -> None:
    assert found(HEADER + row) == [(rule, 5) for rule in rules]


@pytest.mark.parametrize(
    ("item", "rules"),
    [
        ("- Cap the job at 100 tasks (platform, due 2026-11-30)", []),
        ("- Cap the job at 100 tasks\n  - Owner: platform\n  - Due: 30 Nov 2026", []),
        ("- Cap the job at 100 tasks (https://example.org/issues/12)", []),
        ("- [x] Cap the job at 100 tasks", []),
        ("- {{ item }}", []),
        ("- Cap the job at 100 tasks", ["action-without-due", "action-without-owner"]),
        ("- Cap the job at 100 tasks by 30 Nov 2026", ["action-without-owner"]),
        ("- Cap the job at 100 tasks (@platform)", ["action-without-due"]),
        ("- Cap the job by 30 Nov 2026 (owner: Alice)", ["owner-is-a-person"]),
    ],
)
def test_a_bullet_says_it_too(item: str, rules: list[str]) -> None:
    assert found(f"## Action items\n\nThese were agreed.\n\n{item}") == [
        (rule, 5) for rule in rules
    ]


def test_a_row_that_is_done_asks_for_nothing_more() -> None:
    header = "## Action items\n\n| # | Item | Owner | Due | Status |\n|--:|---|---|---|---|\n"

    assert found(f"{header}| 1 | Cap it | - | - | done |") == []
    assert len(found(f"{header}| 1 | Cap it | - | - | open |")) == 2


def test_a_nested_bullet_without_a_parent_and_a_bare_table_are_read_as_items() -> None:
    text = "## Next steps\n\n  - Cap it #12\n\n| Raise it | #13 |\n|  |\n"

    assert found(text) == [("action-without-due", 6), ("action-without-owner", 6)]


@pytest.mark.parametrize(
    "item",
    [
        "Be more careful",
        "Improve communication",
        "Try harder to look at the bill",
        "Pay more attention to alerts",
        "Investigate monitoring",
        "Make sure this does not happen again",
        "Raise awareness of cost",
        "Remind everyone to tag",
        "Keep an eye on the spend",
    ],
)
def test_a_wish_is_no_action_item(item: str) -> None:
    assert ("action-not-testable", 3) in found(f"## Actions\n\n- {item}")


@pytest.mark.parametrize(
    "item",
    [
        "Add an alarm at $50 a day on the import account",
        "Bring Amazon Bedrock back to $30.00 a day, or agree the new level and plan for it",
        "Add metrics for the redirect service to improve visibility of its health",
        "Investigate whether the cache holds for 1 hour, and write down the answer",
    ],
)
def test_what_can_be_checked_is_an_action_item(item: str) -> None:
    assert found(f"## Actions\n\n- {item} #12") == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("The change saves $1,200.", True),
        ("Spend rose 12%.", True),
        ("It cost 40 USD.", True),
        ("The change saves $1,200 a month.", False),
        ("Spend rose 12% between 14 and 16 Nov 2026.", False),
        ("$0.02 per GB.", False),
        ("CPU was at 97%.", False),
        ("The limit is $50.", True),
        ("Excess: $870.00 above an even pace. _[measured E1]_", False),
        ("`$40` and nothing else", False),
    ],
)
def test_an_amount_has_a_period(text: str, *, is_found: bool) -> None:
    assert found(f"# T\n\n## Impact\n\n{text}") == [("amount-without-period", 5)] * is_found


@pytest.mark.parametrize("title", ["Timeline", "14:05 UTC", "November 2026"])
def test_a_heading_can_say_the_period(title: str) -> None:
    assert found(f"# T\n\n## {title}\n\nSpend rose by $40.") == []


@pytest.mark.parametrize(
    ("status", "count"),
    [
        ("---\nstatus: closed\n---\n", 1),
        ("- **Status:** closed, 3 Dec 2026\n\n", 1),
        ("---\nstatus: open\n---\n", 0),
        ("", 0),
    ],
)
def test_a_question_is_open_until_the_incident_is_closed(status: str, count: int) -> None:
    text = f"{status}# T\n\n## Trigger\n\n- Question to platform: what changed? _[unknown]_\n"

    assert [rule for rule, _ in found(text)] == ["open-question"] * count


def test_a_narrative_of_ours_keeps_its_sections() -> None:
    assert found(DRAFT.replace("## Detection", "## Found")) == [("missing-section", 1)]


def test_a_resolved_narrative_says_when_it_was_back_to_normal() -> None:
    line = next(row for row in DRAFT.splitlines() if "| back to normal |" in row)
    heading = DRAFT.splitlines().index("## Timeline") + 1

    assert found(DRAFT.replace(line + "\n", "")) == [("missing-timeline-step", heading)]
    not_yet = "| not yet | back to normal | - |"
    assert found(DRAFT.replace(line, not_yet)) == [("missing-timeline-step", heading)]


def test_a_narrative_without_a_timeline_is_told_so_once_and_for_its_steps() -> None:
    rules = [
        rule for rule, line in found("---\nincident: a\nslo: b\nstatus: open\n---\n# T\n\nNo.")
    ]

    assert rules.count("missing-section") == 13
    assert rules.count("missing-timeline-step") == 1


def test_real_reports_get_what_a_reviewer_would_ask_for() -> None:
    reports = sorted(third_party("postmortems_mybinder").glob("20*.md"))

    rules = {rule for report in reports for rule, _ in found(report.read_text("utf-8"))}

    assert rules <= {
        "action-without-owner",
        "action-without-due",
        "action-not-testable",
        "empty-section",
        "amount-without-period",
    }
