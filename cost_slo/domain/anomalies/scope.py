# SPDX-License-Identifier: Apache-2.0
"""Does an anomaly lie inside an SLO's scope?

Inside, outside or unknown: an anomaly has services, accounts and regions in its root causes, but
never tags or product attributes. Only a monitor of a tag decides a scope by tags, if it is known
which tag it watches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cost_slo.domain.anomalies.anomaly import Anomaly, RootCause
from cost_slo.domain.money import ZERO
from cost_slo.domain.spec.near_values import folded
from cost_slo.domain.spec.scope import Scope, Selector

# FOCUS ProviderName of whatever this detector sees, in lower case.
_PROVIDERS = frozenset({"aws", "amazon web services"})


class ScopeMatch(StrEnum):
    """Whether something belongs to a scope."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MonitorTag:
    """The tag that a monitor watches; without a value each value is judged on its own."""

    key: str
    value: str | None = None


# Monitor to its tag, for monitors of a tag.
Monitors = Mapping[str, MonitorTag]


@dataclass(frozen=True, slots=True)
class Placing:
    """Whether an anomaly is in a scope, and its impact there; None if the anomaly does not say."""

    match: ScopeMatch
    impact: Decimal | None = None


def placing(anomaly: Anomaly, scope: Scope, monitors: Monitors) -> Placing:
    """Inside if any root cause is, with the whole impact if all are, else with their parts."""
    causes = anomaly.causes or (_by_dimension(anomaly, scope),)
    tags = _tags(anomaly, monitors)
    matches = [_in_scope(cause, tags, scope) for cause in causes]
    if ScopeMatch.INSIDE not in matches:
        return Placing(ScopeMatch.UNKNOWN if ScopeMatch.UNKNOWN in matches else ScopeMatch.OUTSIDE)
    if set(matches) == {ScopeMatch.INSIDE}:
        return Placing(ScopeMatch.INSIDE, anomaly.impact.total)
    found = [
        cause for cause, match in zip(causes, matches, strict=True) if match is ScopeMatch.INSIDE
    ]
    return Placing(ScopeMatch.INSIDE, _sum(found))


def _sum(causes: Sequence[RootCause]) -> Decimal | None:
    parts = [cause.contribution for cause in causes if cause.contribution is not None]
    return sum(parts, ZERO) if len(parts) == len(causes) else None


def _by_dimension(anomaly: Anomaly, scope: Scope) -> RootCause:
    """Without root causes, the dimension's value may still be a service or account of the scope."""
    value = anomaly.dimension
    return RootCause(
        service=value if _is_one_of(value, scope.services or ()) else "",
        account=value if value in (scope.accounts or ()) else "",
    )


def _tags(anomaly: Anomaly, monitors: Monitors) -> Mapping[str, str]:
    tag = monitors.get(anomaly.monitor)
    if tag is None:
        return {}
    return {tag.key: anomaly.dimension if tag.value is None else tag.value}


def _in_scope(cause: RootCause, tags: Mapping[str, str], scope: Scope) -> ScopeMatch:
    alike = folded if scope.is_insensitive else str
    matches = _selected(cause, tags, scope, alike)
    if scope.not_ is not None:
        left_out = _all(_selected(cause, tags, scope.not_, alike))
        matches = [*matches, _NEGATED[left_out]]
    return _all(matches)


def _selected(
    cause: RootCause, tags: Mapping[str, str], selector: Selector, alike: Callable[[str], str]
) -> list[ScopeMatch]:
    """How it matches each key that the selector gives; `alike` makes equal what counts as equal."""
    labels = {alike(key): value for key, value in tags.items()}
    told = (
        (selector.accounts, cause.account),
        (selector.regions, cause.region),
        *((values, labels.get(alike(key), "")) for key, values in selector.tags.items()),
    )
    matches = [
        _any(alike(value), [*map(alike, values)]) for values, value in told if values is not None
    ]
    if selector.services is not None:
        is_service = _is_one_of(cause.service, selector.services)
        matches.append(_any(cause.service, [cause.service] if is_service else []))
    if selector.providers is not None:
        names = {name.casefold() for name in selector.providers}
        matches.append(ScopeMatch.INSIDE if names & _PROVIDERS else ScopeMatch.OUTSIDE)
    if selector.product_attributes is not None:
        matches.append(ScopeMatch.UNKNOWN)
    return matches


_NEGATED = {
    ScopeMatch.INSIDE: ScopeMatch.OUTSIDE,
    ScopeMatch.OUTSIDE: ScopeMatch.INSIDE,
    ScopeMatch.UNKNOWN: ScopeMatch.UNKNOWN,
}


def _all(matches: Iterable[ScopeMatch]) -> ScopeMatch:
    found = set(matches)
    if ScopeMatch.OUTSIDE in found:
        return ScopeMatch.OUTSIDE
    return ScopeMatch.UNKNOWN if ScopeMatch.UNKNOWN in found else ScopeMatch.INSIDE


def _any(value: str, values: Sequence[str]) -> ScopeMatch:
    if not value:
        return ScopeMatch.UNKNOWN
    return ScopeMatch.INSIDE if value in values else ScopeMatch.OUTSIDE


def _is_one_of(service: str, services: Sequence[str]) -> bool:
    """Whether it is one of the services, or a part of one.

    >>> _is_one_of("Amazon Elastic Compute Cloud - Compute", ["Amazon Elastic Compute Cloud"])
    True
    """
    spellings = {service.casefold(), service.partition(" - ")[0].casefold()}
    return any(known.casefold() in spellings for known in services)
