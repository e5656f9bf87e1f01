# SPDX-License-Identifier: Apache-2.0
"""What does a postmortem still lack before it can be reviewed?

Sections without content, action items that nobody could check off, times and periods that are not
said, and questions left open in a closed incident. A document whose front matter names `incident`
and `slo` is one of ours and has all the sections and steps of our template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cost_slo.domain.postmortem.lint.action_items import ActionItem, action_items
from cost_slo.domain.postmortem.lint.finding import LintFinding, RuleText
from cost_slo.domain.postmortem.lint.markdown import Block, BlockKind, MarkdownDocument, sections
from cost_slo.domain.postmortem.lint.prose import cells, own_words

QUESTION = re.compile(r"\W*question to\b", re.IGNORECASE)
TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_NOT_YET = "not yet"
CLOSED = "closed"
_DONE = "done"
STATUS = re.compile(r"\W*status\W+(\w+)", re.IGNORECASE)
PROSE = {BlockKind.PARAGRAPH, BlockKind.ITEM}


@dataclass(frozen=True)
class Completeness:
    """The rules by id, the shapes of headings and columns, and the phrases to look for."""

    texts: Mapping[str, RuleText]
    headings: Mapping[str, re.Pattern[str]]
    columns: Mapping[str, re.Pattern[str]]
    phrases: Mapping[str, re.Pattern[str]]
    not_testable: tuple[re.Pattern[str], ...]
    narrative_sections: tuple[str, ...]
    steps: Mapping[str, tuple[str, ...]]
    person: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The document with each block's titles, and what its incident has come to."""

    document: MarkdownDocument
    placed: tuple[tuple[Block, tuple[str, ...]], ...]
    rules: Completeness
    status: str

    @property
    def is_ours(self) -> bool:
        return {"incident", "slo"} <= set(self.document.front)

    def below(self, heading: str) -> list[Block]:
        """The blocks in sections whose title has that shape, headings left out."""
        shape = self.rules.headings[heading]
        return [
            block
            for block, titles in self.placed
            if block.kind is not BlockKind.HEADING and any(map(shape.search, titles))
        ]

    def line_of(self, heading: str) -> int:
        """Where such a section starts, else the first line."""
        shape = self.rules.headings[heading]
        starts = (
            block.line
            for block, _ in self.placed
            if block.kind is BlockKind.HEADING and shape.search(block.text)
        )
        return next(starts, 1)


def completeness_findings(document: MarkdownDocument, rules: Completeness) -> Iterator[LintFinding]:
    """What is absent or untestable, rule after rule."""
    reading = _Reading(document, tuple(sections(document.blocks)), rules, _status(document))
    yield from _missing_sections(reading)
    yield from _empty_sections(reading)
    yield from _missing_steps(reading)
    yield from _weak_actions(reading)
    yield from _amounts(reading)
    yield from _open_questions(reading)


def _status(document: MarkdownDocument) -> str:
    if "status" in document.front:
        return document.front["status"].lower()
    texts = (own_words(block.text) for block in document.blocks if block.kind in PROSE)
    return next((found[1].lower() for text in texts if (found := STATUS.match(text))), "")


def _missing_sections(reading: _Reading) -> Iterator[LintFinding]:
    if not reading.is_ours:
        return
    titles = {
        block.text.strip().lower()
        for block in reading.document.blocks
        if block.kind is BlockKind.HEADING
    }
    for title in reading.rules.narrative_sections:
        if title.lower() not in titles:
            yield reading.rules.texts["missing-section"].finding(1, f"no heading {title}")


def _empty_sections(reading: _Reading) -> Iterator[LintFinding]:
    blocks = reading.document.blocks
    for at, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING and block.level > 1 and _is_empty(reading, at):
            title = " ".join(block.text.split())
            yield reading.rules.texts["empty-section"].finding(block.line, title)


def _is_empty(reading: _Reading, at: int) -> bool:
    heading, *below = reading.document.blocks[at:]
    for block in below:
        if block.kind is BlockKind.HEADING and block.level <= heading.level:
            return True
        if block.kind is BlockKind.HEADING or not _is_placeholder(reading, block):
            return False
    return True


def _is_placeholder(reading: _Reading, block: Block) -> bool:
    if block.kind in {BlockKind.HEADER_ROW, BlockKind.CODE}:
        return block.kind is BlockKind.HEADER_ROW
    texts = cells(block) if block.kind is BlockKind.ROW else [block.text]
    bare = (TEMPLATE.sub("", text).strip(" \n\t*_") for text in texts)
    return all(reading.rules.phrases["placeholder"].match(text) for text in bare)


def _missing_steps(reading: _Reading) -> Iterator[LintFinding]:
    if not reading.is_ours:
        return
    rows = [cells(block) for block in reading.below("timeline") if block.kind is BlockKind.ROW]
    timed = {row[1].lower() for row in rows if len(row) > 1 and row[0].lower() != _NOT_YET}
    for step in reading.rules.steps.get(reading.status, ()):
        if step not in timed:
            line = reading.line_of("timeline")
            text = f"no time for: {step}"
            yield reading.rules.texts["missing-timeline-step"].finding(line, text)


def _weak_actions(reading: _Reading) -> Iterator[LintFinding]:
    for item in action_items(reading.below("actions"), reading.rules.columns):
        yield from _lacks(item, reading.rules)


def _lacks(item: ActionItem, rules: Completeness) -> Iterator[LintFinding]:
    is_done = item.status == _DONE or _has(rules, "done", item.item)
    if is_done or TEMPLATE.search(item.item):
        return
    has_ticket = bool(rules.phrases["ticket"].search(item.written))
    if not (has_ticket or _says(item.owner, item.written, rules, "owner")):
        yield rules.texts["action-without-owner"].finding(item.line, item.item)
    if not (has_ticket or _says(item.due, item.written, rules, "due")):
        yield rules.texts["action-without-due"].finding(item.line, item.item)
    if any(vague.search(own_words(item.item)) for vague in rules.not_testable):
        yield rules.texts["action-not-testable"].finding(item.line, item.item)
    owner = _owner(item, rules)
    if rules.person.search(owner):
        yield rules.texts["owner-is-a-person"].finding(item.line, owner)


def _owner(item: ActionItem, rules: Completeness) -> str:
    """The owner's column, else what the text calls the owner; empty without either."""
    said = rules.phrases["owner"].search(item.written)
    return item.owner or (said[0] if said else "")


def _says(cell: str | None, written: str, rules: Completeness, what: str) -> bool:
    """Whether a column of its own says it; without such a column, whether the text does."""
    if cell is None:
        return bool(rules.phrases[what].search(written))
    return not rules.phrases["placeholder"].match(cell)


def _amounts(reading: _Reading) -> Iterator[LintFinding]:
    said = reading.rules.texts["amount-without-period"]
    timed = {block.line for block in reading.below("timeline")}
    for block, titles in reading.placed:
        has_time = block.line in timed or _has(reading.rules, "period", " ".join(titles))
        if block.kind in PROSE and not has_time:
            at = _amount(own_words(block.text), reading.rules)
            if at is not None:
                yield said.finding(block.line_at(at), " ".join(block.text.split()))
    for item in action_items(reading.below("actions"), reading.rules.columns):
        if item.effect and _amount(item.effect, reading.rules) is not None:
            yield said.finding(item.line, item.effect)


def _amount(prose: str, rules: Completeness) -> int | None:
    """Where the first amount without a period stands; a claim has the period of its evidence."""
    if _has(rules, "period", prose) or _has(rules, "claim", prose):
        return None
    kinds = ("dollars",) if _has(rules, "limit", prose) else ("dollars", "percent")
    found = (rules.phrases[kind].search(prose) for kind in kinds)
    return next((amount.start() for amount in found if amount), None)


def _has(rules: Completeness, phrase: str, text: str) -> bool:
    return bool(rules.phrases[phrase].search(text))


def _open_questions(reading: _Reading) -> Iterator[LintFinding]:
    if reading.status != CLOSED:
        return
    for block in reading.document.blocks:
        if block.kind in PROSE and QUESTION.match(block.text):
            text = " ".join(block.text.split())
            yield reading.rules.texts["open-question"].finding(block.line, text)
