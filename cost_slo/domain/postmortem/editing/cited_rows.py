# SPDX-License-Identifier: Apache-2.0
"""Which rows of evidence does a merged text need, for all that is cited in it?

A line that people kept may cite a decision that today's draft quotes no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cost_slo.domain.postmortem.editing.lines import Line
from cost_slo.domain.postmortem.editing.weaving import Origin, Written
from cost_slo.domain.postmortem.facts.saying import EVIDENCE_ID

_MARK = re.compile(r"_\[([^\]]*)\]_")
_ROW = re.compile(r"\|\s*E(\d+)\s*\|")


def with_cited_rows(written: Sequence[Written], theirs: Iterable[Line]) -> list[Written]:
    """The merged lines, with the rows of theirs that are still cited and none of them twice."""
    once = list(_once(written))
    listed = {_number(line.line.text) for line in once}
    marks = (mark for line in once if not line.says for mark in _MARK.findall(line.line.text))
    wanted = {int(id_[1:]) for mark in marks for id_ in EVIDENCE_ID.findall(mark)} - listed
    rows = {number: line for line in theirs if (number := _number(line.text)) in wanted}
    for number in sorted(rows):
        once.insert(_place(once, number), Written(rows[number]))
    return once


def _once(written: Iterable[Written]) -> Iterator[Written]:
    lines = list(written)
    stand = {_number(line.line.text) for line in lines if line.origin is Origin.STOOD} - {0}
    for line in lines:
        if line.origin is not Origin.DRAFTED or _number(line.line.text) not in stand:
            yield line


def _place(lines: Sequence[Written], number: int) -> int:
    """Below the row before it in the table of evidence; at the end where there is no table."""
    rows = [(index, _number(line.line.text)) for index, line in enumerate(lines)]
    above = [index + 1 for index, listed in rows if 0 < listed < number]
    below = [index for index, listed in rows if listed > number]
    return (above[-1:] or below[:1] or [len(lines)])[0]


def _number(text: str) -> int:
    found = _ROW.match(text)
    return int(found[1]) if found else 0
