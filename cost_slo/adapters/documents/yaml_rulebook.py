# SPDX-License-Identifier: Apache-2.0
"""Reads the lint rules: package data under `cost_slo/blameless`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from cost_slo.domain.postmortem.lint.blame import Blame, BlamePattern, BlameRule
from cost_slo.domain.postmortem.lint.completeness import Completeness
from cost_slo.domain.postmortem.lint.finding import RuleText
from cost_slo.domain.postmortem.lint.lint import Rulebook
from cost_slo.domain.postmortem.lint.phrases import Vocabulary

_SHIPPED = resources.files("cost_slo") / "blameless"
# Parts of a pattern that match only mentions of people.
ABOUT_PEOPLE = re.compile(
    r"<(?:person|people|anyone|role|team|customer|named|agent|indefinite|nobody|\w+_phrase)>"
)
PHRASES = (
    "placeholder",
    "owner",
    "done",
    "ticket",
    "due",
    "dollars",
    "percent",
    "period",
    "limit",
    "claim",
)


@cache
def shipped_rulebook() -> Rulebook:
    """The shipped rules, with all patterns compiled."""
    words = Vocabulary({name: tuple(entries) for name, entries in _read("words").items()})
    completeness = _read("completeness")
    return Rulebook(
        blame=(
            blame := Blame(
                rules=tuple(_blame_rule(rule, words) for rule in _read("blame")),
                vocabulary=words,
                mention=words.pattern("<mention>"),
                thing=words.pattern(r"\b(?:<machine_phrase>)"),
                cause_heading=re.compile(completeness["sections"]["cause"], re.IGNORECASE),
            )
        ),
        completeness=_completeness(completeness, blame.names()),
    )


def _read(name: str) -> Any:  # noqa: ANN401  what YAML holds
    """The file's values, all scalars as text: YAML would read `no` and `on` as booleans."""
    text = (_SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  text and nothing else


def _rule_text(rule: Mapping[str, Any]) -> RuleText:
    return RuleText(
        id=rule["id"],
        says=rule["says"],
        source=rule["source"],
        example=rule["example"],
        suggestion=rule["suggestion"],
        is_hint=rule.get("hint") == "true",
    )


def _blame_rule(rule: Mapping[str, Any], words: Vocabulary) -> BlameRule:
    return BlameRule(
        text=_rule_text(rule),
        patterns=tuple(_shape(pattern, words) for pattern in rule["patterns"]),
        unless=tuple(words.pattern(shape) for shape in rule.get("unless", ())),
        in_causes=rule.get("section") == "cause",
    )


def _shape(written: str, words: Vocabulary) -> BlamePattern:
    return BlamePattern(words.pattern(written), needs_people=bool(ABOUT_PEOPLE.search(written)))


def _completeness(written: Mapping[str, Any], names: re.Pattern[str]) -> Completeness:
    return Completeness(
        texts={rule["id"]: _rule_text(rule) for rule in written["rules"]},
        headings=_patterns(written["sections"]),
        columns=_patterns(written["columns"]),
        phrases=_patterns({name: written[name] for name in PHRASES}),
        not_testable=tuple(Vocabulary({}).pattern(shape) for shape in written["not_testable"]),
        narrative_sections=tuple(written["narrative_sections"]),
        steps={status: tuple(steps) for status, steps in written["steps"].items()},
        person=names,
    )


def _patterns(written: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(shape, re.IGNORECASE) for name, shape in written.items()}
