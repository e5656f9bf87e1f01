# SPDX-License-Identifier: Apache-2.0
"""Which sentences make a person or a team the cause?

A rule is a list of patterns over one sentence of the author's own: quotes, code and addresses are
blotted out before (`prose`). A sentence gets the first rule that matches. Names are those of the
shipped list, handles, and the people whom the document itself introduces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from cost_slo.domain.postmortem.lint.finding import LintFinding, RuleText
from cost_slo.domain.postmortem.lint.markdown import MarkdownDocument, sections
from cost_slo.domain.postmortem.lint.phrases import Vocabulary
from cost_slo.domain.postmortem.lint.prose import BLOT, sentences

# Stands for each letter of a person's name when a sentence is searched.
NAME_LETTER = "ƿ"

HANDLE = r"(?<!\w)@[A-Za-z][\w-]+"
GIVEN = r"[A-Z][a-z]{2,}(?<!ing)(?<!tion)(?<!ment)(?<!s)(?<!er)"
# Words that only a person does, or a line that names people by their part.
INTRODUCED = re.compile(
    rf"\b({GIVEN})(?: [A-Z][a-z]+)? (?:joins|joined|asks|asked|says|said|suggests|suggested|"
    r"replied|replies|signs off|signed off|woke|told|agreed|is paged|was paged|on call|approved|"
    r"reviewed|merged|decided|noticed|realised|realized|explained|wrote|pushed|tested|deployed)\b"
    r"|(?:[Aa]uthors?|[Rr]esponders?|[Pp]articipants?|[Aa]ttendees|[Cc]ommander|IC)\W{1,8}"
    rf"({GIVEN})(?: [A-Z][a-z]+)?\W*$"
)


@dataclass(frozen=True, slots=True)
class BlamePattern:
    """A pattern; one that needs people is searched only where the sentence mentions some."""

    pattern: re.Pattern[str]
    needs_people: bool = False


@dataclass(frozen=True, slots=True)
class BlameRule:
    """A rule with its patterns; `in_causes` limits it to sections about causes."""

    text: RuleText
    patterns: tuple[BlamePattern, ...]
    unless: tuple[re.Pattern[str], ...] = ()
    in_causes: bool = False

    def matches(self, prose: str, *, mentions_people: bool) -> bool:
        """Whether a sentence, its names covered, breaks the rule."""
        shapes = (shape for shape in self.patterns if mentions_people or not shape.needs_people)
        return any(shape.pattern.search(prose) for shape in shapes) and not any(
            pattern.search(prose) for pattern in self.unless
        )


@dataclass(frozen=True)
class Blame:
    """The rules, the more telling first, and what names and headings look like."""

    rules: tuple[BlameRule, ...]
    vocabulary: Vocabulary
    cause_heading: re.Pattern[str]
    mention: re.Pattern[str]
    thing: re.Pattern[str]
    """A machine that is called by a word for people, such as a developer portal."""

    @cached_property
    def machines(self) -> re.Pattern[str]:
        """A capitalised word that is no person's name."""
        entries = self.vocabulary.entries
        return re.compile("|".join([*entries["machine"], *entries["opening"]]))

    def names(self, introduced: Iterable[str] = ()) -> re.Pattern[str]:
        """A person's name, with the family name; `introduced` are given names not in the list."""
        given = "|".join([*self.vocabulary.entries["given_name"], *introduced])
        family = rf"(?: (?!(?:{self.machines.pattern})\b)[A-Z][a-z]+)?"
        return re.compile(rf"\b(?:{given})\b{family}")


def blame_findings(document: MarkdownDocument, blame: Blame) -> Iterator[LintFinding]:
    """The sentences that blame, in order, each with the first rule that it breaks."""
    names = re.compile(f"{blame.names(introduced(document, blame)).pattern}|{HANDLE}")
    for block, titles in sections(document.blocks):
        in_causes = any(blame.cause_heading.search(title) for title in titles)
        rules = [rule for rule in blame.rules if in_causes or not rule.in_causes]
        for sentence in sentences(block):
            prose = blame.thing.sub(_blot, names.sub(_cover, sentence.prose))
            broken = _first_broken(prose, rules, blame.mention)
            if broken is not None:
                yield broken.text.finding(sentence.line, sentence.written)


def _first_broken(
    prose: str, rules: Iterable[BlameRule], mention: re.Pattern[str]
) -> BlameRule | None:
    found = bool(mention.search(prose))
    return next((rule for rule in rules if rule.matches(prose, mentions_people=found)), None)


def introduced(document: MarkdownDocument, blame: Blame) -> list[str]:
    """Given names of people whom the document makes known."""
    texts = (sentence.prose for block in document.blocks for sentence in sentences(block))
    found = {name for text in texts for pair in INTRODUCED.findall(text) for name in pair if name}
    return sorted(name for name in found if not blame.machines.fullmatch(name))


def _blot(thing: re.Match[str]) -> str:
    return BLOT * len(thing[0])


def _cover(name: re.Match[str]) -> str:
    return NAME_LETTER * len(name[0])
