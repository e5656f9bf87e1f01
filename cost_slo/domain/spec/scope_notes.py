# SPDX-License-Identifier: Apache-2.0
"""Notes about a scope that matches nothing, or that the bill spells in another way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cost_slo.domain.spec.near_values import folded, nearest
from cost_slo.domain.spec.scope import Scope
from cost_slo.domain.wording import count, day, money, one_line

_LARGEST = 5
TAG_PREFIX = "tags."
NOUNS = {"services": "service", "accounts": "account", "regions": "region", "providers": "provider"}
INSENSITIVE = "`match: insensitive` in the scope takes them as equal"
# Names that mean one provider, in FOCUS bills and in conversation.
_PROVIDERS = (
    ("AWS", "Amazon Web Services", "Amazon"),
    ("Microsoft", "Azure", "Microsoft Azure"),
    ("Google Cloud", "GCP", "Google", "Google Cloud Platform"),
    ("Oracle", "OCI", "Oracle Cloud", "Oracle Cloud Infrastructure"),
)


@dataclass(frozen=True, slots=True)
class BillValue:
    """A value of a bill: what it cost by currency, its rows, and what else it is called there."""

    value: str
    costs: Mapping[str, Decimal]
    rows: int
    also: tuple[str, ...] = ()

    @property
    def size(self) -> Decimal:
        """How much it cost, whichever the currency."""
        return sum((abs(cost) for cost in self.costs.values()), Decimal(0))


@dataclass(frozen=True, slots=True)
class ScopeKey:
    """One key of a scope: its values, how many rows match them, and the values the bill has.

    `key` is a key of the spec, or `tags.` and a tag key. For a tag key that no row has,
    `has_key` is False and `known` are the bill's tag keys.
    """

    key: str
    values: tuple[str, ...]
    rows: int
    known: tuple[BillValue, ...] = ()
    has_key: bool = True


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why a scope has no rows of a bill.

    `matched` rows match all keys, `left_out` of them match `not:` too; the rest is of other
    categories, or starts after the evaluation, on `first_after` at the earliest.
    """

    asked: tuple[ScopeKey, ...]
    matched: int
    left_out: int
    categories: tuple[BillValue, ...] = ()
    first_after: date | None = None


def emptiness_notes(scope: Scope, empty: Emptiness, source: str | None) -> tuple[str, ...]:
    """Why a scope finds nothing, and the nearest that the bill has; sentences without a stop.

    `source` is the bill in files, None if it is no file.
    """
    said = tuple(_why(scope, empty))
    if source is None:
        return said
    return (*said, f"`cost-slo bill show {source}` lists what the bill has") if said else ()


def spelling_notes(found: Sequence[BillValue], remedy: str = INSENSITIVE) -> tuple[str, ...]:
    """Charges that would count without regard to letter case and outer spaces, with amounts.

    Each value is a sign, `-` for not counted or `+` for counted in spite of `not:`, and a spelling.
    """
    notes = []
    for sign, what in (("-", "are not counted"), ("+", "are counted in spite of `not:`")):
        these = [each for each in found if each.value.startswith(sign)]
        if these:
            spellings = ", ".join(_spelling(each) for each in _by_size(these)[:_LARGEST])
            more = f" and {len(these) - _LARGEST} more spellings" if these[_LARGEST:] else ""
            notes.append(
                f"charges that differ from the scope only in letter case or spaces {what}: "
                f"{spellings}{more}; {remedy}"
            )
    return tuple(notes)


def _spelling(found: BillValue) -> str:
    return _named(BillValue(found.value[1:], found.costs, found.rows))


def _why(scope: Scope, empty: Emptiness) -> Iterator[str]:
    missing = [each for each in empty.asked if not each.rows]
    for each in missing:
        yield _nearest(each)
    if missing:
        return
    if empty.asked and not empty.matched:
        alone = ", ".join(f"{_name(each)} {count(each.rows, 'row')}" for each in empty.asked)
        yield f"no charge matches all keys of the scope at once; each alone matches: {alone}"
    elif empty.matched and empty.matched == empty.left_out:
        yield f"`not:` leaves out each of the {count(empty.matched, 'row')} that the scope matches"
    elif empty.categories:
        others = ", ".join(map(_named, empty.categories))
        counted = ", ".join(scope.charge_categories)
        yield (
            f"the charges in the scope are of categories that it does not count ({counted}): "
            f"{others}; name them in `charge_categories` to count them"
        )
    elif empty.first_after is not None:
        yield (
            "every charge in the scope starts after the evaluation, the first on "
            f"{day(empty.first_after)}"
        )


def _nearest(asked: ScopeKey) -> str:
    """The nearest values of the bill to one that no row has."""
    missing = f"no charge has {_name(asked)}"
    if not asked.known:
        return f"{missing}, and the bill names no {_noun(asked)} at all"
    if near := _near(asked):
        meant = " or ".join(map(_named, near))
        return f"{missing}; did you mean {meant}?{_zeros(asked, near)}"
    shown = _by_size(asked.known)[:_LARGEST]
    rest = f" of {len(asked.known)}" if len(asked.known) > _LARGEST else ""
    return (
        f"{missing}; the bill has {', '.join(map(_named, shown))}{rest and f' (the largest{rest})'}"
    )


def _zeros(asked: ScopeKey, near: Sequence[BillValue]) -> str:
    """Why an account id that looks right is not found."""
    lost = any(
        value.lstrip("0") == found.value.lstrip("0") and value != found.value
        for value in asked.values
        for found in near
    )
    is_lost = asked.key == "accounts" and lost
    return " An id that was stored as a number has lost its leading zeros" if is_lost else ""


def _near(asked: ScopeKey) -> list[BillValue]:
    names: dict[str, BillValue] = {}
    for found in asked.known:
        for name in (found.value, *found.also, *_other_names(asked, found.value)):
            names.setdefault(name, found)
    wanted = [asked.key.removeprefix(TAG_PREFIX)] if not asked.has_key else asked.values
    near = [names[each] for value in wanted for each in nearest(value, tuple(names)) if value]
    return list({each.value: each for each in near}.values())[:_LARGEST]


def _other_names(asked: ScopeKey, value: str) -> tuple[str, ...]:
    if asked.key != "providers":
        return ()
    names = (each for each in _PROVIDERS if folded(value) in map(folded, each))
    return next(names, ())


def _name(asked: ScopeKey) -> str:
    key = asked.key.removeprefix(TAG_PREFIX)
    if not asked.has_key:
        return f"a tag {_code(key)}"
    before = f"{key}: " if asked.key.startswith(TAG_PREFIX) else ""
    named = (
        _code(before + value) if value else f"{_code(key)} without a value"
        for value in asked.values[:_LARGEST]
    )
    return f"{_noun(asked)} {' or '.join(named)}"


def _noun(asked: ScopeKey) -> str:
    return NOUNS.get(asked.key, "tag")


def _named(found: BillValue) -> str:
    """A value and what it cost, such as `Amazon EC2` ($12.00)."""
    costs = (money(cost, currency) for currency, cost in found.costs.items())
    told = ", ".join([*map(one_line, found.also[:1]), *costs])
    return f"{_code(found.value) if found.value else 'no value'} ({told})"


def _code(text: str) -> str:
    return f"`{one_line(text)[:100]}`"


def _by_size(found: Sequence[BillValue]) -> list[BillValue]:
    return sorted(found, key=lambda each: (-each.size, each.value))
