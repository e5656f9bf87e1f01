# SPDX-License-Identifier: Apache-2.0
"""Which exports of a bill count, if two of them cover the same charges?

Two exports are suspected if they share a provider, a billing account, a billing period, an account
and a part of a day. A column that one of them lacks is not compared. If the names of both
differ in a date or a number only, the rows decide: late charges and parts are no copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cost_slo.adapters.bills.files.detect import short_path
from cost_slo.adapters.bills.files.exports import Export, Relation, exports_of
from cost_slo.adapters.bills.files.listing import some
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.shared import Days, Pair, Shared, SharedCharges
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.wording import days

# The share of rows, or of parts of days, from which exports of one name are versions.
_ALIKE = 0.5

# The share of the older export's rows that a newer one must have on the days of both.
THINNER = 0.95


@dataclass(frozen=True, slots=True)
class Superseded:
    """Files that are left out because another export covers their charges, and notes."""

    files: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def needs_look(charges: Charges) -> bool:
    """Whether the rows must be scanned for charges that would count twice or are missing."""
    return bool(charges.promised) or len(exports_of(charges.files, charges.manifests)) > 1


def state_of(charges: Charges) -> tuple[tuple[str, int, int], ...]:
    """Path, bytes and time of each file; the same state has the same superseded files."""
    stats = ((file.path, Path(file.path).stat()) for file in charges.files)
    return tuple((path, stat.st_size, stat.st_mtime_ns) for path, stat in stats)


def superseded(charges: Charges) -> Superseded:
    """The files not to count. Raises CostDataError if it is not clear which export counts."""
    _refuse_rows_missing(charges)
    exports = exports_of([file for file in charges.files if file.kind != "json"], charges.manifests)
    if not exports[1:]:
        return Superseded()
    shared_charges = SharedCharges(charges.connection, exports)
    left: dict[int, str] = {}
    apart: dict[str, None] = {}
    for shared in shared_charges.found():
        if left.keys() & set(shared.pair) or not _is_suspect(exports, shared):
            continue
        first, second = (exports[index] for index in shared.pair)
        compared = shared_charges.days(shared.pair)
        if first.has_another_vendor(second):
            apart |= dict.fromkeys([_name(first), _name(second)])
            continue
        older = _older(exports, shared.pair, compared)
        if older is None:
            raise _refusal(charges, exports, shared.pair, compared)
        newer = sum(shared.pair) - older
        left[older] = (
            f"{_name(exports[older])} covers {_what(compared)}, which {_name(exports[newer])} "
            "covers, too: it was left out, so that nothing counts twice."
        )
    files = frozenset(file.path for index in left for file in exports[index].files)
    return Superseded(files, (*left.values(), *_counted_both(apart)))


def _counted_both(names: Iterable[str]) -> Iterator[str]:
    """A note about exports of one provider whose names name several."""
    if names:
        yield (
            f"Named after different providers, {some(names)} give the same provider and account "
            "for the same days: all are counted."
        )


def _refuse_rows_missing(charges: Charges) -> None:
    """Refuse a file with fewer rows than its manifest says: it was cut."""
    if not charges.promised:
        return
    counted = charges.connection.execute(
        "SELECT source_file, count(*) FROM charges GROUP BY source_file"
    ).fetchall()
    rows = dict.fromkeys(charges.promised, 0) | dict(counted)
    for path, promised in sorted(charges.promised.items()):
        if rows[path] < promised:
            raise CostDataError(
                f"has {rows[path]} rows and its manifest says {promised}; download it again",
                file=path,
            )


def _is_suspect(exports: Sequence[Export], shared: Shared) -> bool:
    first, second = (exports[index] for index in shared.pair)
    relation = first.relation(second)
    if relation is Relation.LOOSE:
        return shared.equal >= _ALIKE * shared.parts
    return relation is Relation.OTHER or min(shared.rows) >= _ALIKE * max(shared.rows)


def _older(exports: Sequence[Export], pair: Pair, compared: Days) -> int | None:
    """The export that another one replaces for certain, None if neither does."""
    first, second = pair
    if compared.alone == (0, 0) and compared.are_equal and _say_the_same(exports, pair):
        return second
    if _covers(compared.alone, compared.rows, exports[first], exports[second]):
        return second
    turned = (compared.alone[::-1], compared.rows[::-1])
    if _covers(*turned, exports[second], exports[first]):
        return first
    return None


def _say_the_same(exports: Sequence[Export], pair: Pair) -> bool:
    first, second = (exports[index] for index in pair)
    return first.header == second.header


def _covers(alone: Pair, rows: Pair, newer: Export, older: Export) -> bool:
    """Whether an export has every day of another, as many rows there, and is the newer one."""
    is_whole = alone[1] == 0 and rows[0] >= THINNER * rows[1]
    return is_whole and not older.is_newer(newer) and (alone[0] > 0 or newer.is_newer(older))


def _refusal(
    charges: Charges, exports: Sequence[Export], pair: Pair, compared: Days
) -> CostDataError:
    first, second = (_name(exports[index]) for index in pair)
    return CostDataError(
        f"two exports, {first} and {second}, cover {_what(compared)}, which would count twice; "
        "keep one of them, or give its files alone (parts of one export have one name and a "
        "number, as bill-00001.csv and bill-00002.csv)",
        file=charges.location,
    )


def _what(compared: Days) -> str:
    names = [compared.provider.upper(), f"billing account {compared.billing}"]
    known = [
        name
        for name, value in zip(names, (compared.provider, compared.billing), strict=True)
        if value
    ]
    whose = f" of {', '.join(known)}" if known else ""
    return f"charges{whose} on {days(compared.first, compared.last)}"


def _name(export: Export) -> str:
    path = export.files[0].path
    more = len(export.files) - 1
    return short_path(path) + (f" (and {more} more file{'s' if more > 1 else ''})" if more else "")
