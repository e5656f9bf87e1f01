# SPDX-License-Identifier: Apache-2.0
"""Which numbers does a line state?

>>> numbers("Since 16 Nov 2026: -$1,362.40 of Amazon EC2, burning 6.2x.")
['16 Nov 2026', '-$1,362.40', '6.2x']
"""

from __future__ import annotations

import re

_NUMBER = re.compile(
    r"(?<![\w/-])(?:"
    r"(?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r"|[-+]?(?:\$|[A-Z]{3} )?\d(?:[\d,.:-]*\d)?[%x]?"
    r")"
)
_LEAD = re.compile(r"^(?:[-*]|#+) ")
_MARK = re.compile(r"\s*_\[[^\]]*\]_$")


def numbers(line: str) -> list[str]:
    """Amounts with sign and currency, dates, percentages, rates and counts, as written."""
    return _NUMBER.findall(unmarked(line))


def wording(line: str) -> str:
    """The line without its numbers: two lines that differ in numbers alone have the same."""
    return " ".join(_NUMBER.sub("#", unmarked(line)).split())


def unmarked(line: str) -> str:
    """The line without the bullet or heading before it and the mark of certainty after it."""
    return _MARK.sub("", _LEAD.sub("", line.strip()))
