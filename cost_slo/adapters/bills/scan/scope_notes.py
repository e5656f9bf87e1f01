# SPDX-License-Identifier: Apache-2.0
"""What does a bill have instead of what a scope names?

Asked only of a scope that found nothing: it is a second scan of the bill, into the table `looked`.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cost_slo.adapters.bills.files.detect import short_path
from cost_slo.adapters.bills.scan.gathering import gathered
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_sql import (
    SCOPE_COLUMNS,
    Parameters,
    SelectorPart,
    category_condition,
    scope_condition,
    selector_parts,
)
from cost_slo.domain.missing import Extras, missing_in_words
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spec.scope import Scope, Selector
from cost_slo.domain.spec.scope_notes import (
    TAG_PREFIX,
    BillValue,
    Emptiness,
    ScopeKey,
    emptiness_notes,
    spelling_notes,
)

MISSING = "what the bill has instead of what the scope asks for"
# How many values, the largest first, are compared with those of a scope.
_MOST_VALUES = 2000

# Another column that names the same thing.
_ALSO = {"service_name": "service_code", "sub_account_id": "sub_account_name"}

_COLUMNS = (
    *SCOPE_COLUMNS.values(),
    *_ALSO.values(),
    "tags",
    "charge_category",
    "currency",
)
UNNESTED = (
    "(SELECT unnest(map_entries(tags), recursive := true), currency, billed_cost, n FROM looked)"
)


@dataclass(slots=True)
class ScopeNotes:
    """Notes about one open bill; it is scanned once for all scopes."""

    charges: Charges
    currency: str
    _values: dict[str, tuple[BillValue, ...]] = field(default_factory=dict)
    _is_scanned: bool = False

    def of(self, slo: Slo, index: int, *, is_empty: bool) -> tuple[str, ...]:
        """Notes about an SLO's scope, or one note that they could not be made."""
        extras = Extras()
        notes = extras.get(MISSING, partial(self._notes, slo, index, is_empty=is_empty), ())
        return (*notes, *missing_in_words(extras.missing))

    def _notes(self, slo: Slo, index: int, *, is_empty: bool) -> tuple[str, ...]:
        notes = spelling_notes(self._spelled(index))
        if notes or not is_empty:
            return notes
        self._scan()
        source = shlex.quote(short_path(self.charges.location))
        return emptiness_notes(slo.scope, self._emptiness(slo.scope), source)

    def _scan(self) -> None:
        """Group the readable charges by everything a scope can name, once for all SLOs."""
        if self._is_scanned:
            return
        keys = ", ".join(_COLUMNS)
        self.charges.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE looked AS SELECT {keys}, "  # noqa: S608
            "min(charge_day) AS charge_day, sum(billed_cost) AS billed_cost, count(*) AS n "
            f"FROM charges WHERE charge_day IS NOT NULL AND billed_cost IS NOT NULL GROUP BY {keys}"
        )
        self._is_scanned = True

    def _spelled(self, index: int) -> tuple[BillValue, ...]:
        return self._found(
            f"SELECT spelled{index}, NULL, currency, "  # noqa: S608
            "sum(billed_cost_usage + billed_cost_lumps + billed_cost_credits), sum(n) FROM cells "
            f"WHERE spelled{index} IS NOT NULL AND NOT unreadable GROUP BY 1, 2, 3"
        )

    def _emptiness(self, scope: Scope) -> Emptiness:
        parameters = Parameters()
        is_exact = not scope.is_insensitive
        wanted = selector_parts(scope, self.charges.answerable, parameters, is_exact=is_exact)
        conditions = [part.exact if is_exact else part.similar for part in wanted]
        every = " AND ".join(conditions) or "TRUE"
        inside = scope_condition(scope, self.charges.answerable, parameters)
        filters = [*conditions, every, f"{every} AND NOT ({inside})"]
        counts = ", ".join(f"coalesce(sum(n) FILTER (WHERE {each}), 0)::BIGINT" for each in filters)
        rows = self._execute(f"SELECT {counts} FROM looked", parameters)[0]  # noqa: S608
        asked = tuple(self._asked(scope, part, n) for part, n in zip(wanted, rows, strict=False))
        matched, left_out = rows[-2:]
        if not all(each.rows for each in asked) or matched == left_out:
            return Emptiness(asked, matched, left_out)
        return self._uncounted(scope, Emptiness(asked, matched, left_out), inside, parameters)

    def _uncounted(
        self, scope: Scope, empty: Emptiness, inside: str, parameters: Parameters
    ) -> Emptiness:
        counted = category_condition(scope, parameters)
        (first,) = self._execute(
            f"SELECT min(charge_day) FROM looked WHERE ({inside}) AND {counted}",  # noqa: S608
            parameters,
        )[0]
        others = self._found(
            "SELECT charge_category, NULL, currency, sum(billed_cost), sum(n) FROM looked "  # noqa: S608
            f"WHERE ({inside}) AND NOT ({counted}) GROUP BY 1, 2, 3",
            parameters,
        )
        return Emptiness(empty.asked, empty.matched, empty.left_out, () if first else others, first)

    def _asked(self, scope: Selector, part: SelectorPart, rows: int) -> ScopeKey:
        if not part.name.startswith(TAG_PREFIX):
            column = SCOPE_COLUMNS[part.name]
            known = () if rows else self._column(column)
            return ScopeKey(part.name, getattr(scope, part.name), rows, known)
        key = part.name.removeprefix(TAG_PREFIX)
        known = () if rows else self._tag_values(key)
        if rows or known:
            return ScopeKey(part.name, scope.tags[key], rows, known)
        return ScopeKey(part.name, scope.tags[key], rows, self._tag_keys(), has_key=False)

    def _column(self, column: str) -> tuple[BillValue, ...]:
        also = _ALSO.get(column)
        name = f"any_value({also})" if also else "NULL"
        return self._remembered(
            column,
            f"SELECT {column}, {name}, currency, sum(billed_cost), sum(n) FROM looked "  # noqa: S608
            f"WHERE {column} <> '' GROUP BY 1, 3",
        )

    def _tag_values(self, key: str) -> tuple[BillValue, ...]:
        parameters = Parameters()
        keys = ", ".join(parameters.add(each) for each in self.charges.answerable.spellings(key))
        return self._remembered(
            f"{TAG_PREFIX}{key}",
            f"SELECT value, NULL, currency, sum(billed_cost), sum(n) FROM {UNNESTED} "  # noqa: S608
            f"WHERE key IN ({keys}) AND value <> '' GROUP BY 1, 3",
            parameters,
        )

    def _tag_keys(self) -> tuple[BillValue, ...]:
        return self._remembered(
            TAG_PREFIX,
            f"SELECT key, NULL, currency, sum(billed_cost), sum(n) FROM {UNNESTED} "  # noqa: S608
            "WHERE value <> '' GROUP BY 1, 3",
        )

    def _remembered(
        self, name: str, query: str, parameters: Parameters | None = None
    ) -> tuple[BillValue, ...]:
        if name not in self._values:
            self._values[name] = self._found(query, parameters)
        return self._values[name]

    def _found(self, query: str, parameters: Parameters | None = None) -> tuple[BillValue, ...]:
        """Values, the largest first, of a query for value, other name, currency, cost and rows."""
        rows = self._execute(query, parameters)
        named = ((*each[:2], each[2] or self.currency, *each[3:]) for each in rows)
        return gathered(list(named))[:_MOST_VALUES]

    def _execute(self, query: str, parameters: Parameters | None) -> list[Any]:
        named = set(re.findall(r"\$(p\d+)", query))
        values = parameters.values.items() if parameters else ()
        used = {name: value for name, value in values if name in named}
        return self.charges.connection.execute(query, used).fetchall()
