# SPDX-License-Identifier: Apache-2.0
"""Which costs can be told by tag, and who detects anomalies in this account?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from cost_slo.domain.doctor.account import AnomalyMonitor, AnomalySubscription, Membership
from cost_slo.domain.doctor.finding import CheckResult, fail, not_checked, ok, warn
from cost_slo.domain.spec.document import Spec
from cost_slo.domain.wording import count

SERVICES = "SERVICE"
MOST_CUSTOM = 500
# Quotas of Cost Anomaly Detection; besides custom monitors there is one of services.
MOST_SUBSCRIPTIONS = 100

ACTIVE = "Active"


def tag_keys(spec: Spec) -> tuple[str, ...]:
    """The keys of the tags that a scope names, or leaves out."""
    scopes = [slo.scope for slo in spec.slos]
    selectors = [*scopes, *(scope.not_ for scope in scopes if scope.not_ is not None)]
    keys = [key.removeprefix("user:") for selector in selectors for key in selector.tags]
    return tuple(dict.fromkeys(keys))


def membership(check: str, found: Membership) -> CheckResult:
    """What the account's place in its organization allows."""
    if found is Membership.MEMBER:
        return ok(check, "a member account: it has the services monitor, and no custom ones")
    if found is Membership.PAYER:
        return ok(check, "the organization's management account: it sees all accounts' costs")
    return ok(check, "an account of its own, in no organization")


def tags_check(check: str, keys: Sequence[str], status: Mapping[str, str]) -> Iterator[CheckResult]:
    """Whether costs can be told by each key; `status` is of the keys that AWS knows."""
    where = "in the payer account's Billing console, under Cost allocation tags"
    for key in keys:
        found = status.get(key)
        if found is None:
            yield fail(
                check,
                f"{key}: no cost allocation tag of that name; its SLOs count nothing",
                f"spell it as on the resources; a new one is listed within a day {where}",
            )
        elif found != ACTIVE:
            yield fail(
                check,
                f"{key}: not active; its SLOs count nothing",
                f"activate it {where}; costs carry it from a day later on, and earlier ones after "
                "a backfill (ce:StartCostAllocationTagBackfill, up to 12 months)",
            )
    active = [key for key in keys if status.get(key) == ACTIVE]
    if active or not keys:
        yield ok(check, f"active: {', '.join(active)}" if active else "no scope is by tag")


def monitors(
    check: str,
    found: Sequence[AnomalyMonitor],
    where: Membership | None,
    ours: Collection[str] = (),
) -> Iterator[CheckResult]:
    """What a deployment may make, and what it has to adopt; `ours` are told of to our topic."""
    of_services = [each for each in found if each.dimension == SERVICES]
    if of_services and of_services[0].arn in ours:
        yield ok(check, f"the services monitor is the deployment's: {of_services[0].arn}")
    elif of_services:
        yield warn(
            check,
            f"there is a services monitor already, and one is the quota: {of_services[0].arn}",
            f"set context monitor_arn={of_services[0].arn}: the stack adopts it and makes none",
        )
    else:
        yield ok(check, "no services monitor yet: the stack can make one (monitor_create)")
    others = len(found) - len(of_services)
    if where is Membership.MEMBER:
        yield warn(
            check,
            "custom monitors, such as by tag, are not allowed in a member account",
            "leave context tag_monitors empty here, or deploy with scope: organization",
        )
    elif where is None:
        says = "whether custom monitors are allowed is not known: a member account has none"
        yield not_checked(check, says, "allow organizations:DescribeOrganization to this identity")
    elif others >= MOST_CUSTOM:
        says = f"the quota of {MOST_CUSTOM} other monitors is used up"
        yield fail(check, says, "delete those nobody reads, in Cost Anomaly Detection")
    else:
        yield ok(check, f"{others} of {MOST_CUSTOM} other monitors are used")


def subscriptions(
    check: str, found: Sequence[AnomalySubscription], watched: Collection[str]
) -> Iterator[CheckResult]:
    """Who is told of anomalies at once: one of the `watched` topics, or any topic."""
    at_once = list(immediate_topics(found))
    ours = [topic for topic in at_once if topic in watched or not watched]
    if ours:
        yield ok(check, f"anomalies are published at once to {', '.join(ours)}")
    else:
        where = f" to {', '.join(sorted(watched))}" if watched else " to a topic"
        yield warn(
            check,
            f"no subscription publishes anomalies at once{where}",
            "deploy the stack, which makes one, or add an IMMEDIATE subscription with the topic",
        )
    if len(found) >= MOST_SUBSCRIPTIONS:
        says = f"the quota of {count(MOST_SUBSCRIPTIONS, 'subscription')} is used up"
        yield fail(check, says, "delete those nobody reads, in Cost Anomaly Detection")


def told_of(found: Iterable[AnomalySubscription], topics: Collection[str]) -> frozenset[str]:
    """The monitors whose anomalies reach one of the topics at once."""
    ours = [each for each in found if set(immediate_topics([each])) & set(topics)]
    return frozenset(monitor for each in ours for monitor in each.monitors)


def immediate_topics(found: Iterable[AnomalySubscription]) -> tuple[str, ...]:
    """The topics that hear of each anomaly at once."""
    topics = [topic for each in found if each.frequency == "IMMEDIATE" for topic in each.topics]
    return tuple(dict.fromkeys(topics))
