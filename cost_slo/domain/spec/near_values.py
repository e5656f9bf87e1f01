# SPDX-License-Identifier: Apache-2.0
"""Which values of a bill may a person have meant?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches

_MOST = 3
# Least similarity of two spellings, 0 to 1 (difflib's ratio).
SIMILAR = 0.75

PREFIXES = re.compile(r"^(user|aws)[:_]|^(amazon|aws|azure|microsoft|google|gcp|cloud)[ _-]*")


def folded(text: str) -> str:
    """The text if letter case and outer spaces do not matter.

    >>> folded(" Search ") == folded("SEARCH")
    True
    """
    return unicodedata.normalize("NFC", text).strip().casefold()


def nearest(wanted: str, known: Sequence[str]) -> tuple[str, ...]:
    """The known values closest to what was wanted, the closest kind of likeness only.

    >>> nearest("AmazonRDS", ["Amazon Relational Database Service", "Amazon Redshift"])
    ('Amazon Relational Database Service',)
    >>> nearest("user:Team ", ["team", "teams"]), nearest("prodction", ["production", "dev"])
    (('team',), ('production',))
    """
    if not _letters(wanted):
        return ()
    for is_like in (_same_folded, _same_letters, _same_core, _same_initials, _same_number):
        found = tuple(value for value in known if is_like(wanted, value))
        if found:
            return found[:_MOST]
    return tuple(_part_of(wanted, known) or _similar(wanted, known))[:_MOST]


def _same_folded(one: str, other: str) -> bool:
    return folded(one) == folded(other)


def _same_letters(one: str, other: str) -> bool:
    return bool(_letters(one)) and _letters(one) == _letters(other)


def _same_core(one: str, other: str) -> bool:
    return bool(_core(one)) and _letters(_core(one)) == _letters(_core(other))


def _same_initials(one: str, other: str) -> bool:
    """Whether one is short for the other: `RDS`, `EC2` (a digit repeats its letter), `(ECR)`."""
    return _is_short_for(one, other) or _is_short_for(other, one)


def _is_short_for(short: str, full: str) -> bool:
    letters = _letters(_core(short))
    words = re.findall(r"[a-z0-9]+", _core(full))
    if len(letters) < 2 or len(words) < 2:  # noqa: PLR2004  one letter or word is short for nothing
        return False
    spelled = re.sub(r"([a-z])([2-9])", lambda found: found[1] * int(found[2]), letters)
    initials = "".join(word[0] for word in words)
    return initials in (letters, spelled) or f"({letters})" in full.casefold()


def _same_number(one: str, other: str) -> bool:
    """Whether two ids are one number: leading zeros or dashes were lost."""
    return _number(one) is not None and _number(one) == _number(other)


def _number(text: str) -> int | None:
    digits = re.sub(r"[\s-]|\.0+$", "", text)
    return int(digits) if digits.isdecimal() and len(digits) < 40 else None  # noqa: PLR2004


def _part_of(wanted: str, known: Sequence[str]) -> list[str]:
    """Values that contain the wanted one, or are contained in it."""
    core = _letters(_core(wanted))
    if len(core) < 3:  # noqa: PLR2004  two letters are in anything
        return []
    cores = ((value, _letters(_core(value))) for value in known)
    return [value for value, each in cores if each and (core in each or each in core)]


def _similar(wanted: str, known: Sequence[str]) -> list[str]:
    cores: dict[str, str] = {}
    for value in known:
        cores.setdefault(_letters(_core(value)), value)
    wanted_core = _letters(_core(wanted))
    close = get_close_matches(wanted_core, filter(None, cores), n=_MOST, cutoff=SIMILAR)
    return [cores[each] for each in close]


def _letters(text: str) -> str:
    return "".join(sign for sign in folded(text) if sign.isalnum())


def _core(text: str) -> str:
    """The text without what a provider puts before it."""
    return PREFIXES.sub("", folded(text))
