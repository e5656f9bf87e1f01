# SPDX-License-Identifier: Apache-2.0
"""Checks an account, a deployment and its state; a check that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from cost_slo.domain.doctor import detection, topics
from cost_slo.domain.doctor.account import Identity, Membership
from cost_slo.domain.doctor.finding import CheckResult, State, fail, failed, not_checked, ok, warn
from cost_slo.domain.doctor.run import NextRun, freshness, next_run, self_cost
from cost_slo.domain.doctor.running_cost import RunningCost, by_account, running_cost
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.spec.document import Slo, Spec
from cost_slo.domain.wording import count
from cost_slo.use_cases.doctor.patient import Patient
from cost_slo.use_cases.reading import first_open_days

Check = Callable[[], Iterable[CheckResult]]


@dataclass(slots=True)
class Checkup:
    """The findings, in the order of the checks; `published` monitors reach our topic."""

    as_of: datetime
    findings: list[CheckResult] = field(default_factory=list)
    identity: Identity | None = None
    membership: Membership | None = None
    published: frozenset[str] = frozenset()
    spec: Spec | None = None
    next_run: NextRun | None = None
    self_costs: tuple[RunningCost, ...] = ()


def examine(patient: Patient, as_of: datetime) -> Checkup:
    """Run every check; an error that a check raises becomes its finding."""
    made = Checkup(as_of)
    _make(made, "credentials", lambda: _identity(patient, made))
    _make(made, "spec", lambda: _spec(patient, made))
    for name, check in _of_account(patient, made):
        if made.identity is None:
            made.findings.append(not_checked(name, "not checked: needs working credentials"))
        else:
            _make(made, name, check)
    for name, check in _of_state(patient, made):
        _make(made, name, check)
    return made


def _make(made: Checkup, name: str, check: Check) -> None:
    try:
        made.findings.extend(check())
    except CostSloError as error:
        made.findings.append(failed(name, error))


def _identity(patient: Patient, made: Checkup) -> Iterator[CheckResult]:
    made.identity = patient.account.fetch_identity()
    says = f"account {made.identity.account}"
    if made.identity.region is None:
        yield warn("credentials", f"{says}, no region", "set AWS_REGION to the deployment's region")
    else:
        yield ok("credentials", f"{says}, region {made.identity.region}")


def _spec(patient: Patient, made: Checkup) -> Iterator[CheckResult]:
    made.spec = patient.specs.load_spec()
    yield ok("spec", f"{count(len(made.spec.slos), 'SLO')} in {made.spec.currency}")


def _of_account(patient: Patient, made: Checkup) -> Iterator[tuple[str, Check]]:
    """The checks that call AWS."""
    yield "organization", lambda: _membership(patient, made)
    yield "cost-explorer", lambda: [_cost_explorer(patient, made.as_of)]
    if made.spec is not None:
        keys = detection.tag_keys(made.spec)
        yield "tags", lambda: _tags(patient, made, keys)
    yield "anomaly-subscriptions", lambda: _subscriptions(patient, made)
    yield "anomaly-monitors", lambda: _monitors(patient, made)
    topic = patient.account.fetch_topic
    if alerts := patient.alert_topic:
        yield "alert-topic", lambda: topics.alert_topic("alert-topic", topic(alerts))
    if chat := patient.chat_topic:
        yield "chat-topic", lambda: _chat_topic(patient, chat)
    for name, probe in patient.probes.items():
        yield name, lambda name=name, probe=probe: [ok(name, probe())]  # type: ignore[misc]


def _membership(patient: Patient, made: Checkup) -> Iterator[CheckResult]:
    account = made.identity.account if made.identity else ""
    try:
        made.membership = patient.account.fetch_membership(account)
    except CostSloError as error:
        yield replace(failed("organization", error), state=State.UNKNOWN)
    else:
        yield detection.membership("organization", made.membership)


def _cost_explorer(patient: Patient, as_of: datetime) -> CheckResult:
    if patient.costs is None:
        says = "not checked (a request costs $0.01)"
        return not_checked("cost-explorer", says, "use --paid")
    return ok("cost-explorer", patient.costs(as_of))


def _tags(patient: Patient, made: Checkup, keys: Sequence[str]) -> Iterator[CheckResult]:
    try:
        status = patient.account.fetch_tags(keys) if keys else {}
    except CostSloError as error:
        if made.membership is not Membership.MEMBER:
            raise
        says = f"{', '.join(keys)}: a member account may not list its tags ({error})"
        yield not_checked("tags", says, "run the doctor with credentials of the payer account")
    else:
        yield from detection.tags_check("tags", keys, status)


def _subscriptions(patient: Patient, made: Checkup) -> Iterator[CheckResult]:
    found = patient.account.fetch_subscriptions()
    watched = (patient.anomaly_topic,) if patient.anomaly_topic else ()
    made.published = detection.published_monitors(found, watched)
    yield from detection.subscriptions("anomaly-subscriptions", found, watched)
    account = made.identity.account if made.identity else ""
    for arn in watched or detection.immediate_topics(found):
        try:
            topic = patient.account.fetch_topic(arn)
        except CostSloError as error:
            yield failed("anomaly-topic", error)
        else:
            yield from topics.anomaly_topic("anomaly-topic", topic, account)


def _monitors(patient: Patient, made: Checkup) -> Iterator[CheckResult]:
    found = patient.account.fetch_monitors()
    yield from detection.monitors("anomaly-monitors", found, made.membership, made.published)


def _chat_topic(patient: Patient, chat: str) -> Iterator[CheckResult]:
    if chat == patient.alert_topic:
        says = "same topic as the alerts: Amazon Q drops alerts, and e-mail readers get its JSON"
        yield fail("chat-topic", says, "set COST_SLO_CHAT_TOPIC_ARN to a separate topic")
    else:
        yield from topics.chat_topic("chat-topic", patient.account.fetch_topic(chat))


def _of_state(patient: Patient, made: Checkup) -> Iterator[tuple[str, Check]]:
    """The checks of the state, and of the next run's cost."""
    spec = made.spec
    if spec is None:
        return
    yield "freshness", lambda: _freshness(patient, spec, made.as_of)
    yield "next-run", lambda: [_next_run(patient, spec, made)]
    yield "self-cost", lambda: _self_cost(patient, spec, made)


def _freshness(patient: Patient, spec: Spec, as_of: datetime) -> Iterator[CheckResult]:
    store = patient.store()
    newest: dict[str, date | None] = {
        slo.name: max((each.day for each in store.load_observations(slo.series)), default=None)
        for slo in spec.slos
    }
    yield from freshness("freshness", newest, as_of)


def _next_run(patient: Patient, spec: Spec, made: Checkup) -> CheckResult:
    store, month = patient.store(), made.as_of.date()
    open_days = first_open_days(store, spec, made.as_of)
    requests = patient.requests_of(spec.slos, made.as_of, open_days)
    made.next_run = NextRun(requests, month, store.load_requests(month), patient.cap)
    return next_run("next-run", made.next_run)


def _self_cost(patient: Patient, spec: Spec, made: Checkup) -> Iterator[CheckResult]:
    """The cost of one deployment per product account, and of one for all."""

    def cost(scope: str, deployments: Sequence[Sequence[Slo]]) -> RunningCost:
        counts = [patient.requests_of(slos, made.as_of, {}) for slos in deployments]
        return running_cost(
            scope,
            requests=sum(counts),
            runs=patient.runs,
            slos=sum(map(len, deployments)),
            deployments=len(deployments),
        )

    made.self_costs = (cost("account", by_account(spec)), cost("organization", [spec.slos]))
    yield from self_cost("self-cost", made.self_costs, patient.runs, patient.cap)
