# SPDX-License-Identifier: Apache-2.0
"""Does `cost-slo postmortem lint` say what it found to people, to programs and to GitHub?"""

from pathlib import Path

import pytest

from tests.checks.command_line import cost_slo
from tests.checks.documents import assert_documented

SUGGESTION = (
    "Make the system the subject: what monitoring would have caught this? "
    "What makes this automatic? What let it through?"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "blaming.md").write_text("# T\n\nBob forgot 10% of it.\n", encoding="utf-8")
    (tmp_path / "fine.md").write_text("# T\n\nThe pod failed to start.\n", encoding="utf-8")
    (tmp_path / "hint.md").write_text(
        "## Action items\n\n- Cap the job by 30 Nov 2026 (owner: Alice)\n", encoding="utf-8"
    )
    return tmp_path


def test_a_document_without_findings_exits_zero() -> None:
    ran = cost_slo("postmortem", "lint", "fine.md")

    assert (ran.code, ran.out, ran.err) == (0, "0 findings\n", "")


def test_a_finding_is_shown_with_its_line_and_what_to_write_instead() -> None:
    ran = cost_slo("postmortem", "lint", "fine.md", "blaming.md", "--rules", "blame")

    assert ran.code == 1
    assert ran.out.splitlines() == [
        "blaming.md:3: person-failed: Bob forgot 10% of it.",
        f"    {SUGGESTION}",
        "1 finding",
    ]


def test_the_object_is_as_published() -> None:
    ran = cost_slo("postmortem", "lint", "blaming.md", "hint.md", "--format", "json")

    assert ran.code == 1
    assert_documented("lint", ran.document)
    assert [(f["file"], f["line"], f["rule"]) for f in ran.document["findings"]] == [
        ("blaming.md", 3, "amount-without-period"),
        ("blaming.md", 3, "person-failed"),
    ]
    assert [hint["rule"] for hint in ran.document["hints"]] == ["owner-is-a-person"]


def test_a_hint_alone_exits_zero() -> None:
    ran = cost_slo("postmortem", "lint", "hint.md")

    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "0 findings"


def test_github_shows_a_finding_beside_its_line() -> None:
    Path("a,b.md").write_text("Bob forgot\n10% of it.\n", encoding="utf-8")

    ran = cost_slo("postmortem", "lint", "a,b.md", "hint.md", "--format", "github")

    first, second, hint = ran.out.splitlines()
    assert first.startswith("::warning file=a%2Cb.md,line=1,title=person-failed::Bob forgot 10%25 ")
    assert second.startswith("::warning file=a%2Cb.md,line=2,title=amount-without-period::")
    assert hint.startswith("::notice file=hint.md,line=3,title=owner-is-a-person::")


def test_the_order_of_the_files_is_irrelevant() -> None:
    names = ["hint.md", "fine.md", "blaming.md"]

    assert cost_slo("postmortem", "lint", *names) == cost_slo("postmortem", "lint", *sorted(names))


def test_an_unknown_rule_is_refused_with_those_there_are() -> None:
    ran = cost_slo("postmortem", "lint", "fine.md", "--rules", "blame,shame")

    assert ran.code == 2
    assert "--rules: unknown shame; there are: blame, completeness, action-" in ran.err
    assert cost_slo("postmortem", "lint", "fine.md", "--rules", ",").code == 2


def test_a_file_that_cannot_be_read_is_named() -> None:
    Path("latin.md").write_bytes(b"caf\xe9")

    encoded, missing = (cost_slo("postmortem", "lint", name) for name in ("latin.md", "none.md"))

    assert (encoded.code, encoded.err) == (
        2,
        "cost-slo: latin.md: not text in UTF-8 (byte 4); save it as UTF-8\n",
    )
    assert missing.code == 5
    assert missing.err == "cost-slo: none.md: No such file or directory\n"


def test_the_narratives_of_the_demo_pass(played: Path) -> None:
    drafts = sorted((played / "demo" / "narratives").glob("*.md"))

    ran = cost_slo("postmortem", "lint", *drafts)

    assert drafts
    assert (ran.code, ran.out) == (0, "0 findings\n")
