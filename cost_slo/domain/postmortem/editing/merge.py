# SPDX-License-Identifier: Apache-2.0
"""How does new evidence get into a narrative that people have edited?

A three-way merge of the draft that the file came from, the file, and the draft of today. What
people wrote or changed stays, word for word and in its place; what they deleted stays deleted; a
line they did not touch is told anew. Where both changed a line the person's words win, and the new
line is put below them in a comment, which later merges keep up to date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from cost_slo.domain.postmortem.editing.cited_rows import with_cited_rows
from cost_slo.domain.postmortem.editing.lines import (
    Line,
    Section,
    draft_of,
    joined,
    named_after,
    parse,
    plain_line,
)
from cost_slo.domain.postmortem.editing.weaving import Origin, Written, weave


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the merged text, counted from 1, and what is to be said of it."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text: what is suggested in it, and which lines stay because people wrote below."""

    text: str
    suggested: tuple[Told, ...]
    kept: tuple[Told, ...]


def merge(base: str, theirs: str, ours: str) -> Merged:
    """`base` is the draft that `theirs` was edited from, `ours` the draft of today."""
    edited = parse(theirs)
    woven = list(_written(parse(base).sections, edited.sections, parse(ours).sections))
    written = with_cited_rows(
        woven, (line for section in edited.sections for line in section.lines)
    )
    text = joined((line.line for line in written), edited)
    return Merged(
        named_after(text, draft_of(ours) or ""),
        _told(written, Origin.SUGGESTED),
        _told(written, Origin.KEPT),
    )


def still_holds(base: str, theirs: str, title: str) -> bool:
    """Whether a section that was drafted stands in an edited file, by its title or its lines."""
    sources = _sources(parse(base).sections, parse(theirs).sections)
    return any(source.title == title for source in sources.values())


def _told(written: Sequence[Written], origin: Origin) -> tuple[Told, ...]:
    heights = (line.line.text.count("\n") + 1 for line in written)
    starts = accumulate(heights, initial=1)
    pairs = zip(starts, written, strict=False)
    return tuple(Told(start, line.says) for start, line in pairs if line.origin is origin)


def _written(
    base: Sequence[Section], theirs: Sequence[Section], ours: Sequence[Section]
) -> Iterator[Written]:
    """Their sections in their order; a new one of ours comes after the one it follows in ours."""
    sources, today = _sources(base, theirs), {section.title: section for section in ours}
    following = _following(base, theirs, ours, sources)
    yield from _drafted(following[None])
    for index, section in enumerate(theirs):
        title = sources.get(index, section).title
        now = today.get(title)
        source = sources.get(index) or _shared(section, now or section)
        if now is not None:
            yield from weave(source.lines, section.lines, now.lines, title=title)
        elif index not in sources or _has_words(section, source):
            yield from (Written(line) for line in section.lines)
        yield from _drafted(following[title])


def _drafted(sections: Sequence[Section]) -> Iterator[Written]:
    return (Written(Line(line.text)) for section in sections for line in section.lines)


def _has_words(section: Section, source: Section) -> bool:
    known = {plain_line(line.text) for line in source.lines}
    return any(plain_line(line.text) not in known for line in section.lines if not line.is_blank)


def _sources(base: Sequence[Section], theirs: Sequence[Section]) -> dict[int, Section]:
    """Their sections, by index, as they were drafted: of the same title, or of the same lines."""
    left = {section.title: section for section in base}
    found = {
        index: left.pop(section.title)
        for index, section in enumerate(theirs)
        if section.title in left
    }
    for index, section in enumerate(theirs):
        shared = {title: _alike(section, source) for title, source in left.items()}
        best = max(shared, key=lambda title: shared[title], default="")
        if index not in found and shared.get(best):
            found[index] = left.pop(best)
    return found


def _shared(section: Section, now: Section) -> Section:
    """What both wrote of a section that was never drafted before."""
    said = {plain_line(line.text) for line in now.lines}
    return Section("", tuple(line for line in section.lines if plain_line(line.text) in said))


def _alike(one: Section, other: Section) -> int:
    lines = [
        {plain_line(line.text) for line in section.lines if not line.is_blank}
        for section in (one, other)
    ]
    return len(lines[0] & lines[1])


def _following(
    base: Sequence[Section],
    theirs: Sequence[Section],
    ours: Sequence[Section],
    sources: Mapping[int, Section],
) -> defaultdict[str | None, list[Section]]:
    """The sections that only ours has, by the section of theirs that they come after."""
    known = {section.title for section in base}
    there = {sources.get(index, section).title for index, section in enumerate(theirs)}
    found: defaultdict[str | None, list[Section]] = defaultdict(list)
    anchor: str | None = None
    for section in ours:
        if section.title in there:
            anchor = section.title
        elif section.title not in known:
            found[anchor].append(section)
    return found
