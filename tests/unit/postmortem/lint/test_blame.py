# SPDX-License-Identifier: Apache-2.0
"""Is blame found, and only blame?"""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from cost_slo.adapters.documents.yaml_rulebook import shipped_rulebook
from cost_slo.domain.postmortem.lint.blame import BlameRule
from cost_slo.domain.postmortem.lint.finding import LintFinding
from cost_slo.domain.postmortem.lint.lint import BLAME, lint
from cost_slo.domain.postmortem.lint.phrases import Vocabulary
from tests.checks.golden_files import GOLDEN
from tests.checks.third_party import third_party

TABLES = Path(__file__).parents[3] / "blameless"
RULES = shipped_rulebook()


class Rate(NamedTuple):
    """How many of a table's texts came out as they should, and which did not."""

    right: int
    total: int
    wrong: list[str]

    def __str__(self) -> str:
        return f"{self.right}/{self.total}"

    @property
    def share(self) -> float:
        return self.right / self.total


def table(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load((TABLES / f"{name}.yaml").read_text("utf-8"))
    return found


def blamed(text: str) -> list[LintFinding]:
    return list(lint(text, RULES, [BLAME]))


def rate(texts: list[str], *, blame: bool) -> Rate:
    wrong = [text for text in texts if bool(blamed(text)) != blame]
    return Rate(len(texts) - len(wrong), len(texts), wrong)


def parts(kinds: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """The texts the rules were tuned on, and the last third of each kind."""
    tuned = [text for texts in kinds.values() for text in texts[: len(texts) - len(texts) // 3]]
    return tuned, [text for texts in kinds.values() for text in texts if text not in tuned]


@pytest.mark.parametrize(
    ("name", "blame"), [("blame_sentences", True), ("near_misses", False)], ids=["caught", "passed"]
)
def test_the_written_sentences_come_out_as_they_should(name: str, *, blame: bool) -> None:
    tuned, last_thirds = (rate(texts, blame=blame) for texts in parts(table(name)))

    print(f"{name}: {tuned}, last thirds {last_thirds}")  # noqa: T201  the rates are the point
    assert tuned.total + last_thirds.total >= 60
    assert min(tuned.share, last_thirds.share) >= 0.95, tuned.wrong + last_thirds.wrong


def test_a_strangers_sentences_are_mostly_caught_and_hardly_ever_wrongly() -> None:
    held_out = table("held_out")

    caught, passed = rate(held_out["blame"], blame=True), rate(held_out["pass"], blame=False)

    print(f"held out: caught {caught}, passed {passed}")  # noqa: T201  the rates are the point
    assert caught.share >= 0.80, caught.wrong
    assert passed.share >= 0.95, passed.wrong


@pytest.mark.parametrize("rule", RULES.blame.rules, ids=lambda rule: rule.text.id)
def test_every_rule_finds_its_own_example(rule: BlameRule) -> None:
    text = f"## Root cause\n\n{rule.text.example}" if rule.in_causes else rule.text.example

    assert [finding.rule for finding in blamed(text)] == [rule.text.id]


@pytest.mark.parametrize("rule", RULES.blame.rules, ids=lambda rule: rule.text.id)
def test_every_rule_proposes_what_to_write_and_says_who_taught_it(rule: BlameRule) -> None:
    assert rule.text.suggestion.endswith((".", "?", ")"))
    assert rule.text.source
    assert blamed(rule.text.suggestion) == []


@pytest.mark.parametrize("name", ["blame_sentences", "near_misses"])
def test_looking_for_people_first_changes_no_verdict(name: str) -> None:
    texts = [text for kind in table(name).values() for text in kind]
    slow = [[shape.pattern for shape in rule.patterns] for rule in RULES.blame.rules]

    for text in texts:
        covered = RULES.blame.names().sub(lambda found: "ƿ" * len(found[0]), text)
        mentioned = RULES.blame.mention.search(covered)
        skipped = [
            pattern.pattern
            for patterns, rule in zip(slow, RULES.blame.rules, strict=True)
            for pattern, shape in zip(patterns, rule.patterns, strict=True)
            if shape.needs_people and not mentioned and pattern.search(covered)
        ]
        assert skipped == [], text


def test_people_whom_the_document_introduces_are_people() -> None:
    stranger = "Xanthe ignored the alert."

    assert blamed(stranger) == []
    assert [f.line for f in blamed(f"Xanthe joined the call.\n\n{stranger}")] == [3]
    assert [f.line for f in blamed(f"- **Author:** Xanthe Doe\n\n{stranger}")] == [3]
    assert blamed("Grafana said 403.\n\nGrafana ignored the alert.") == []


def test_a_name_is_a_cause_only_in_a_section_about_causes() -> None:
    sentence = "Pedro pushed a change."

    assert blamed(f"# Incident\n\n## Timeline\n\n{sentence}") == []
    assert [f.rule for f in blamed(f"# Incident\n\n## Trigger\n\n{sentence}")] == ["named-cause"]


def test_a_finding_shows_the_sentence_as_written() -> None:
    (found,) = blamed("All was well.\n\n- Then **Bob**\n  forgot `--cap`. It cost $40 a day.\n")

    assert (found.line, found.text) == (3, "Then **Bob** forgot `--cap`.")


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a pattern"):
        Vocabulary({}).pattern("(")
    with pytest.raises(ValueError, match="no list of words named 'who'"):
        Vocabulary({}).pattern("<who> forgot")


def test_at_most_one_finding_in_sixteen_real_reports() -> None:
    reports = sorted(third_party("postmortems_mybinder").glob("20*.md"))

    found = [(report.name, f.text) for report in reports for f in blamed(report.read_text("utf-8"))]

    assert len(reports) == 16
    assert len(found) <= 1, found


@pytest.mark.parametrize("draft", sorted(GOLDEN.glob("*.md")), ids=lambda path: path.stem)
def test_our_own_drafts_blame_nobody(draft: Path) -> None:
    assert blamed(draft.read_text("utf-8")) == []
