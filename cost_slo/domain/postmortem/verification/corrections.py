# SPDX-License-Identifier: Apache-2.0
"""What was corrected since a narrative was written, and how is a correction added?

Corrections are appended to a section of their own; the text above stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from cost_slo.domain.wording import instant

CORRECTIONS_HEADING = "## Corrections"
EVIDENCE = "## Evidence"
_LINE = re.compile(r"^- .*`(\w+)`.*\(exact `([^`]*)`\)\.$")


def corrected(document: str) -> dict[str, str]:
    """The newest value that was already written as a correction, by the id of its fact."""
    lines = map(_LINE.match, _section(document))
    return {match[1]: match[2] for match in lines if match}


def correction(fact: str, *, written: str, now: str, value: str, known_at: datetime) -> str:
    """One line that says what a number has become since."""
    return (
        f"- As known at {instant(known_at)}, {written} (`{fact}`) is {now}: the source changed it "
        f"since this was written (exact `{value}`)."
    )


def with_corrections(document: str, corrections: Iterable[str]) -> str:
    """The document with lines appended to its corrections, which stand before the evidence."""
    lines, known = document.split("\n"), _section(document)
    added = [line for line in corrections if line not in known]
    if not added:
        return document
    if CORRECTIONS_HEADING in lines:
        place = lines.index(CORRECTIONS_HEADING) + 1 + len(known)
        lines[place:place] = added
    else:
        place = lines.index(EVIDENCE) if EVIDENCE in lines else len(lines)
        lines[place:place] = [CORRECTIONS_HEADING, "", *added, ""]
    return "\n".join(lines)


def _section(document: str) -> list[str]:
    """The lines below the heading, up to the last one with text."""
    lines = document.split("\n")
    if CORRECTIONS_HEADING not in lines:
        return []
    rest = lines[lines.index(CORRECTIONS_HEADING) + 1 :]
    ends = [place for place, line in enumerate(rest) if line.startswith("## ")]
    text = "\n".join(rest[: ends[0]] if ends else rest)
    return text.rstrip().split("\n")
