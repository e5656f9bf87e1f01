# SPDX-License-Identifier: Apache-2.0
"""What are the fewest requests that answer all SLOs?

SLOs whose scope is values of one tag key, of services or of accounts share one request that is
grouped by it. Any other scope has a request that is filtered by it; equal ones are merged. Every
request is also grouped by record type, from which charge categories are derived. One
request at least is not filtered: it says how far the charges of the whole account reach.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from cost_slo.adapters.cost_explorer.attributes import readable_part
from cost_slo.adapters.cost_explorer.dates import asked_period
from cost_slo.adapters.cost_explorer.expression import (
    DIMENSIONS,
    EVERYTHING,
    MOST_VALUES,
    NOTHING,
    Expression,
    scope_filter,
    tag_key,
    value_count,
)
from cost_slo.adapters.cost_explorer.queries import COST_METRICS, RECORD_TYPE, CostQuery, Group
from cost_slo.domain.errors import CostDataError, CostSloError, SpecError
from cost_slo.domain.period import Period
from cost_slo.domain.request_price import REQUEST_PRICE
from cost_slo.domain.spec.document import Metric, Slo


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of which query an SLO is: all of it, or these values of its first group."""

    query: int
    values: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """The requests of one reading, the first of them not filtered; and who takes what from them.

    An SLO in neither `shares` nor `refused` lies outside AWS: nothing can be charged to it.
    """

    queries: tuple[CostQuery, ...]
    shares: Mapping[str, Share]
    refused: Mapping[str, CostSloError]
    period: Period

    @property
    def price(self) -> Decimal:
        """USD, if every answer fits on one page."""
        return REQUEST_PRICE * len(self.queries)

    def served_by(self, query: CostQuery) -> tuple[str, ...]:
        """The SLOs that take something from a query."""
        place = self.queries.index(query)
        return tuple(name for name, share in self.shares.items() if share.query == place)

    def starts(self, name: str) -> date:
        """The first day that is requested for an SLO."""
        share = self.shares.get(name)
        return self.queries[share.query].period.start if share else self.period.start


@dataclass(frozen=True, slots=True)
class _Place:
    """What the SLOs of one request have in common; the filter is JSON, so that it compares."""

    period: Period
    group: Group | None = None
    filter: str = json.dumps(EVERYTHING)

    @property
    def is_whole(self) -> bool:
        return self.filter == json.dumps(EVERYTHING)

    @property
    def is_everything(self) -> bool:
        return self.is_whole and self.group is None


def plan_queries(
    slos: Sequence[Slo], as_of: datetime, open_from: Mapping[str, date] | None = None
) -> RequestPlan:
    """The fewest requests for the SLOs; `open_from` as in `CostSource.fetch_costs`."""
    period = asked_period([slo.name for slo in slos], as_of, open_from or {})
    places, refused = _places(slos, period)
    shared = list(dict.fromkeys(place for place in places.values() if place.group))
    whole = shared[0] if shared else _Place(period)
    places = {name: whole if place.is_everything else place for name, place in places.items()}
    asked = list(dict.fromkeys([whole, *shared, *places.values()]))
    queries = tuple(_query(place, _metrics(place, slos, places)) for place in asked)
    shares = {
        slo.name: Share(asked.index(places[slo.name]), _values(slo) if _group(slo) else None)
        for slo in slos
        if slo.name in places
    }
    return RequestPlan(queries, shares, refused, period)


def _places(
    slos: Sequence[Slo], period: Period
) -> tuple[dict[str, _Place], dict[str, CostSloError]]:
    places: dict[str, _Place] = {}
    refused: dict[str, CostSloError] = {}
    for slo in slos:
        try:
            place = _place(slo, period)
        except (CostDataError, SpecError) as error:
            refused[slo.name] = error
        else:
            if place is not None:
                places[slo.name] = place
    return places, refused


def _place(slo: Slo, period: Period) -> _Place | None:
    """The place where an SLO is answered; None if nothing can be charged to it."""
    group, filtered = _group(slo), scope_filter(slo.scope)
    if filtered is NOTHING:
        return None
    if group is not None:
        return _Place(period, group)
    if value_count(filtered) > MOST_VALUES:
        raise _too_many(slo, filtered)
    return _Place(readable_part(slo, period), filter=json.dumps(filtered, sort_keys=True))


def _query(place: _Place, metrics: tuple[str, ...]) -> CostQuery:
    groups = (place.group, RECORD_TYPE) if place.group else (RECORD_TYPE,)
    return CostQuery(groups, metrics, place.period, json.loads(place.filter))


def _metrics(place: _Place, slos: Sequence[Slo], places: Mapping[str, _Place]) -> tuple[str, ...]:
    """The metrics that SLOs of a place count; for the whole account also what was billed."""
    counted = {slo.metric for slo in slos if places.get(slo.name) == place}
    if place.is_whole:
        counted.add(Metric.BILLED)
    return tuple(name for metric, name in COST_METRICS.items() if metric in counted)


def _group(slo: Slo) -> Group | None:
    """The one dimension whose values the scope is; None for any other scope."""
    scope = slo.scope
    if scope.not_ is not None or scope.regions is not None or scope.product_attributes is not None:
        return None
    keys = [Group("TAG", tag_key(key)) for key in scope.tags]
    keys += [
        Group("DIMENSION", dimension)
        for field, dimension in DIMENSIONS.items()
        if getattr(scope, field) is not None
    ]
    return keys[0] if len(keys) == 1 else None


def _values(slo: Slo) -> frozenset[str]:
    scope = slo.scope
    named = [*scope.tags.values(), scope.services, scope.accounts]
    (values,) = filter(None, named)
    return frozenset(values)


def _too_many(slo: Slo, filtered: Expression) -> SpecError:
    return SpecError(
        f"the scope of {slo.name} names {value_count(filtered)} values, and Cost Explorer filters "
        f"by {MOST_VALUES} at most; name fewer, or tag what belongs together",
        field="scope",
    )
