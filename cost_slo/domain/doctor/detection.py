# SPDX-License-Identifier: Apache-2.0
"""Checks of cost allocation tags and of Cost Anomaly Detection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from cost_slo.domain.doctor.account import AnomalyMonitor, AnomalySubscription, Membership
from cost_slo.domain.doctor.finding import CheckResult, fail, not_checked, ok, warn
from cost_slo.domain.spec.document import Spec
from cost_slo.domain.wording import count

_SERVICES = "SERVICE"
MOST_CUSTOM = 500
# Quotas of Cost Anomaly Detection; besides custom monitors there is one of services.
MOST_SUBSCRIPTIONS = 100

ACTIVE = "Active"


def tag_keys(spec: Spec) -> tuple[str, ...]:
    """The keys of the tags that scopes include or exclude."""
    scopes = [slo.scope for slo in spec.slos]
    selectors = [*scopes, *(scope.not_ for scope in scopes if scope.not_ is not None)]
    keys = [key.removeprefix("user:") for selector in selectors for key in selector.tags]
    return tuple(dict.fromkeys(keys))


def membership(check: str, found: Membership) -> CheckResult:
    """What the account's role in its organization allows."""
    if found is Membership.MEMBER:
        return ok(check, "a member account: services monitor only, no custom monitors")
    if found is Membership.PAYER:
        return ok(check, "the organization's management account: it sees all accounts' costs")
    return ok(check, "an account of its own, in no organization")


def tags_check(check: str, keys: Sequence[str], status: Mapping[str, str]) -> Iterator[CheckResult]:
    """Whether each key is an active cost allocation tag; `status` by key, as AWS reports it."""
    where = "in the payer account's Billing console, under Cost allocation tags"
    for key in keys:
        found = status.get(key)
        if found is None:
            yield fail(
                check,
                f"{key}: no cost allocation tag of that name; its SLOs count nothing",
                f"use the spelling of the resources; a new tag is listed within a day {where}",
            )
        elif found != ACTIVE:
            yield fail(
                check,
                f"{key}: not active; its SLOs count nothing",
                f"activate it {where}; costs carry it a day later, earlier costs only after a "
                "backfill (ce:StartCostAllocationTagBackfill, up to 12 months)",
            )
    active = [key for key in keys if status.get(key) == ACTIVE]
    if active or not keys:
        yield ok(check, f"active: {', '.join(active)}" if active else "no scope uses tags")


def monitors(
    check: str,
    found: Sequence[AnomalyMonitor],
    where: Membership | None,
    ours: Collection[str] = (),
) -> Iterator[CheckResult]:
    """Monitors that a deployment may create or must adopt; `ours` publish to our topic."""
    of_services = [each for each in found if each.dimension == _SERVICES]
    if of_services and of_services[0].arn in ours:
        yield ok(check, f"the services monitor is the deployment's: {of_services[0].arn}")
    elif of_services:
        yield warn(
            check,
            f"a services monitor exists already, and the quota is one: {of_services[0].arn}",
            f"set context monitor_arn={of_services[0].arn}: the stack uses it and creates none",
        )
    else:
        yield ok(check, "no services monitor yet: the stack can create one (monitor_create)")
    others = len(found) - len(of_services)
    if where is Membership.MEMBER:
        yield warn(
            check,
            "custom monitors, such as by tag, are not allowed in a member account",
            "leave context tag_monitors empty here, or deploy with scope: organization",
        )
    elif where is None:
        says = "cannot tell whether custom monitors are allowed (not in a member account)"
        yield not_checked(check, says, "allow organizations:DescribeOrganization to this identity")
    elif others >= MOST_CUSTOM:
        says = f"the quota of {MOST_CUSTOM} other monitors is used up"
        yield fail(check, says, "delete unused ones in Cost Anomaly Detection")
    else:
        yield ok(check, f"{others} of {MOST_CUSTOM} other monitors are used")


def subscriptions(
    check: str, found: Sequence[AnomalySubscription], watched: Collection[str]
) -> Iterator[CheckResult]:
    """Whether anomalies are published at once to one of the `watched` topics, or to any topic."""
    at_once = list(immediate_topics(found))
    ours = [topic for topic in at_once if topic in watched or not watched]
    if ours:
        yield ok(check, f"anomalies are published at once to {', '.join(ours)}")
    else:
        where = ", ".join(sorted(watched)) or "an SNS topic"
        yield warn(
            check,
            f"no immediate anomaly subscription to {where}",
            "deploy the stack, which creates one, or add an IMMEDIATE subscription with the topic",
        )
    if len(found) >= MOST_SUBSCRIPTIONS:
        says = f"the quota of {count(MOST_SUBSCRIPTIONS, 'subscription')} is used up"
        yield fail(check, says, "delete unused ones in Cost Anomaly Detection")


def published_monitors(
    found: Iterable[AnomalySubscription], topics: Collection[str]
) -> frozenset[str]:
    """The monitors whose anomalies reach one of the topics at once."""
    ours = [each for each in found if set(immediate_topics([each])) & set(topics)]
    return frozenset(monitor for each in ours for monitor in each.monitors)


def immediate_topics(found: Iterable[AnomalySubscription]) -> tuple[str, ...]:
    """The topics to which each anomaly is published at once."""
    topics = [topic for each in found if each.frequency == "IMMEDIATE" for topic in each.topics]
    return tuple(dict.fromkeys(topics))
