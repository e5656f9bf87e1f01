# SPDX-License-Identifier: Apache-2.0
"""What a finding is, what findings mean together, and what each fact of an account is judged."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.cli.doctor import doctor_exit_code
from cost_slo.domain.doctor.account import (
    AnomalyMonitor,
    AnomalySubscription,
    Membership,
    Statement,
    Subscriber,
    Topic,
    masked,
)
from cost_slo.domain.doctor.detection import (
    MOST_CUSTOM,
    MOST_SUBSCRIPTIONS,
    membership,
    monitors,
    published_monitors,
    subscriptions,
    tag_keys,
    tags_check,
)
from cost_slo.domain.doctor.document import checkup_document
from cost_slo.domain.doctor.finding import (
    CheckResult,
    State,
    fail,
    failed,
    not_checked,
    ok,
    verdict,
    warn,
    worst,
)
from cost_slo.domain.doctor.run import NextRun, freshness, next_run, self_cost
from cost_slo.domain.doctor.running_cost import by_account, running_cost
from cost_slo.domain.doctor.topics import alert_topic, anomaly_topic, chat_topic
from cost_slo.domain.errors import CapReachedError, SettingsError, SourceError
from cost_slo.domain.spec.document import Spec
from tests.checks.documents import assert_documented

OURS, THEIRS = "123456789012", "999999999999"
ARN = f"arn:aws:sns:us-east-1:{OURS}:alerts"
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
OWNER = Statement(accounts=frozenset({OURS}))
HEARD = Subscriber("email", "p…@example.com")
states = st.sampled_from(
    [ok("c", "s"), not_checked("c", "s"), warn("c", "s", "r"), fail("c", "s", "r")]
)


def states_of(findings: Iterable[CheckResult]) -> list[str]:
    return [finding.state.word for finding in findings]


def a_spec(*scopes: dict[str, object]) -> Spec:
    return Spec.model_validate(
        {
            "apiVersion": "cost-slo/v1",
            "slos": [
                {
                    "name": f"slo-{number}",
                    "product": "shop",
                    "owner": "web",
                    "objective": {"monthly": 100},
                    "scope": scope,
                }
                for number, scope in enumerate(scopes)
            ],
        }
    )


def a_topic(*publishers: Statement, key: str | None = None, **more: Subscriber) -> Topic:
    return Topic(ARN, OURS, publishers, tuple(more.values()), key)


@given(st.lists(states, max_size=6))
def test_only_a_failure_is_an_error_and_the_worst_is_told_first(
    findings: list[CheckResult],
) -> None:
    fails = any(finding.state is State.FAIL for finding in findings)

    assert doctor_exit_code(findings) == (5 if fails else 0)
    assert verdict(findings).startswith("Problems found") is fails
    assert (worst(findings) is State.OK) is verdict(findings).startswith("All OK")


@pytest.mark.parametrize(
    ("error", "state", "says", "remedy"),
    [
        (SourceError("it failed; do this; and that"), "fail", "it failed", "do this; and that"),
        (SourceError("slow down", retryable=True), "unknown", "slow down", "run the doctor again"),
        (CapReachedError("no more"), "fail", "no more", "fix this, then run the doctor again"),
        (SettingsError("no table; deploy it"), "fail", "no table", "deploy it"),
    ],
)
def test_an_error_is_a_finding_with_a_remedy(
    error: SourceError, state: str, says: str, remedy: str
) -> None:
    found = failed("table", error)

    assert (found.check, found.state.word, found.says) == ("table", state, says)
    assert found.remedy.startswith(remedy)


@given(st.emails())
def test_a_mail_address_is_never_shown_whole(address: str) -> None:
    assert masked(address) != address
    assert masked(address).startswith(f"{address[0]}…@")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("", "…"),
        ("@example.com", "…@example.com"),
        ("https://user:secret@hooks.example.com/T0/x", "https://hooks.example.com/…"),
        ("+4915112345678", "…78"),
    ],
)
def test_what_is_secret_in_an_address_is_left_out(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_tags_that_scopes_name_or_leave_out_are_looked_at_once() -> None:
    spec = a_spec(
        {"tags": {"team": ["a"], "user:product": ["b"]}},
        {"tags": {"product": ["c"]}, "not": {"tags": {"env": ["test"]}}},
    )

    assert tag_keys(spec) == ("team", "product", "env")


def test_a_tag_is_active_or_its_slos_count_nothing() -> None:
    found = list(tags_check("tags", ["a", "b", "c"], {"a": "Active", "b": "Inactive"}))

    assert [(each.state.word, each.says) for each in found] == [
        ("fail", "b: not active; its SLOs count nothing"),
        ("fail", "c: no cost allocation tag of that name; its SLOs count nothing"),
        ("ok", "active: a"),
    ]
    assert "StartCostAllocationTagBackfill" in found[0].remedy
    assert states_of(tags_check("tags", ["c"], {})) == ["fail"]
    assert [each.says for each in tags_check("tags", [], {})] == ["no scope uses tags"]


@pytest.mark.parametrize("place", list(Membership))
def test_every_place_in_an_organization_is_told(place: Membership) -> None:
    assert membership("organization", place).state is State.OK


def test_monitors_are_made_adopted_or_not_allowed() -> None:
    services, tag = AnomalyMonitor("arn:1", "SERVICE"), AnomalyMonitor("arn:2", "TAG")
    full = [AnomalyMonitor(f"arn:{number}") for number in range(MOST_CUSTOM)]

    assert states_of(monitors("m", [], Membership.ALONE)) == ["ok", "ok"]
    assert states_of(monitors("m", [services, tag], Membership.PAYER)) == ["warn", "ok"]
    assert states_of(monitors("m", [services], Membership.MEMBER)) == ["warn", "warn"]
    assert states_of(monitors("m", [services], Membership.ALONE, {"arn:1"})) == ["ok", "ok"]
    assert states_of(monitors("m", [], None)) == ["ok", "unknown"]
    assert states_of(monitors("m", full, Membership.PAYER)) == ["ok", "fail"]


def test_anomalies_are_to_reach_a_topic_at_once() -> None:
    at_once = AnomalySubscription("arn:1", "IMMEDIATE", ("arn:m",), (ARN,))
    daily = AnomalySubscription("arn:2", "DAILY", ("arn:n",))

    assert states_of(subscriptions("s", [at_once, daily], ())) == ["ok"]
    assert states_of(subscriptions("s", [at_once], (ARN,))) == ["ok"]
    assert states_of(subscriptions("s", [at_once], ("arn:other",))) == ["warn"]
    assert states_of(subscriptions("s", [daily] * MOST_SUBSCRIPTIONS, ())) == ["warn", "fail"]
    assert published_monitors([at_once, daily], (ARN,)) == {"arn:m"}
    assert published_monitors([at_once, daily], ()) == frozenset()


def test_an_alert_topic_has_an_owner_and_is_heard() -> None:
    by_source = Statement(
        accounts=frozenset("*"), source_accounts=frozenset({OURS}), is_bounded=True
    )
    anybody = Statement(accounts=frozenset("*"))
    pending = Subscriber("email", "p…@example.com", is_confirmed=False)
    odd = Subscriber("application", "…12", is_confirmed=False)

    assert states_of(alert_topic("t", a_topic(OWNER, a=HEARD))) == ["ok"]
    assert states_of(alert_topic("t", a_topic(by_source, a=HEARD))) == ["ok"]
    assert states_of(alert_topic("t", a_topic(anybody, a=HEARD))) == ["warn", "fail", "ok"]
    assert states_of(alert_topic("t", a_topic(OWNER))) == ["fail"]
    found = list(alert_topic("t", a_topic(OWNER, a=pending, b=odd)))
    assert [each.says for each in found] == [
        "email p…@example.com is not confirmed",
        "application …12 is not confirmed",
    ]
    assert found[0].remedy.startswith("its reader has to click the link in the mail")
    assert found[1].remedy.startswith("it has to confirm")


def test_a_chat_topic_is_heard_by_amazon_q() -> None:
    chat = Subscriber("https", "https://global.sns-api.chatbot.amazonaws.com/…")

    assert states_of(chat_topic("t", a_topic(OWNER, a=chat))) == ["ok"]
    assert states_of(chat_topic("t", a_topic(OWNER, a=HEARD))) == ["warn"]


@pytest.mark.parametrize(
    ("sources", "is_bounded", "state"),
    [({OURS}, True, "ok"), ({THEIRS}, True, "fail"), ((), True, "warn"), ((), False, "warn")],
)
def test_cost_anomaly_detection_publishes_on_behalf_of_this_account(
    *, sources: Iterable[str], is_bounded: bool, state: str
) -> None:
    detector = Statement(
        services=frozenset({"costalerts.amazonaws.com"}),
        source_accounts=frozenset(sources),
        is_bounded=is_bounded,
    )

    found = list(anomaly_topic("t", a_topic(OWNER, detector, a=HEARD), OURS))

    assert states_of(found) == [state, "ok"]


@pytest.mark.parametrize(
    ("key", "services", "state"),
    [
        ("alias/aws/sns", set(), "fail"),
        ("alias/own", {"costalerts.amazonaws.com", "cloudwatch.amazonaws.com"}, "ok"),
        ("alias/own", {"budgets.amazonaws.com"}, "fail"),
        ("alias/own", None, "unknown"),
    ],
)
def test_who_publishes_to_an_encrypted_topic_needs_its_key(
    key: str, services: set[str] | None, state: str
) -> None:
    known = None if services is None else frozenset(services)
    topic = replace(a_topic(OWNER, key=key, a=HEARD), key_services=known)

    assert states_of(anomaly_topic("t", topic, OURS)) == ["fail", state, "ok"]
    assert states_of(alert_topic("t", topic)) == [state, "ok"]


def test_a_ledger_is_fresh_stale_or_empty() -> None:
    fresh, old = date(2026, 11, 8), date(2026, 11, 7)

    assert states_of(freshness("f", {"web": fresh}, NOON)) == ["ok"]
    assert states_of(freshness("f", {"web": old}, NOON)) == ["warn"]
    assert states_of(freshness("f", {"web": fresh, "api": None}, NOON)) == ["ok", "warn"]
    assert states_of(freshness("f", {"web": None}, NOON)) == ["unknown"]


def test_the_next_run_has_a_price_and_stays_under_the_cap() -> None:
    run = NextRun(requests=2, month=date(2026, 11, 1), made=298, cap=300)

    assert next_run("n", run).state is State.OK
    assert next_run("n", run).says.startswith(
        "the next evaluation makes 2 requests, $0.02; 298 of 300 allowed requests made in Nov 2026"
    )
    assert next_run("n", NextRun(2, run.month, 299, 300)).state is State.FAIL


@given(
    requests=st.integers(0, 50),
    runs=st.integers(1, 24),
    slos=st.integers(1, 500),
    deployments=st.integers(1, 50),
)
def test_a_running_cost_is_the_sum_of_whole_cents_and_grows_with_each_part(
    requests: int, runs: int, slos: int, deployments: int
) -> None:
    cost = running_cost("account", requests=requests, runs=runs, slos=slos, deployments=deployments)
    more = running_cost(
        "account", requests=requests, runs=runs, slos=slos, deployments=deployments + 1
    )

    assert cost.total == sum(cost.items.values())
    assert all(amount == round(amount, 2) >= 0 for amount in cost.items.values())
    assert cost.items["Cost Explorer"] == Decimal(requests * runs * 30) / 100
    assert more.total > cost.total


def test_more_requests_than_the_cap_allows_is_to_be_looked_at() -> None:
    cost = running_cost("account", requests=4, runs=3, slos=1, deployments=1)

    assert states_of(self_cost("c", [cost], 3, 360)) == ["ok", "ok"]
    assert states_of(self_cost("c", [cost], 3, 359)) == ["warn", "ok"]


def test_each_account_that_a_spec_names_has_a_deployment_of_its_own() -> None:
    first, second = "111122223333", "444455556666"
    spec = a_spec({"accounts": [first, second]}, {"accounts": [second]}, {"regions": ["eu-west-1"]})

    (of_first, of_second) = by_account(spec)

    assert [slo.name for slo in of_first] == ["slo-0", "slo-2"]
    assert [slo.name for slo in of_second] == ["slo-0", "slo-1", "slo-2"]
    assert {slo.scope.accounts for slo in (*of_first, *of_second)} == {None}
    assert by_account(a_spec({})) == (a_spec({}).slos,)


def test_what_is_not_known_of_a_checkup_is_null() -> None:
    document = checkup_document([not_checked("spec", "no spec")], NOON, None, ())

    assert_documented("doctor", document)
    assert document["next_run"] is None
    assert document["findings"][0]["remedy"] is None
    assert document["as_of"] == "2026-11-10T12:00:00Z"


def test_the_next_run_and_the_cost_of_each_scope_are_told_to_machines() -> None:
    run = NextRun(requests=2, month=NOON.date(), made=0, cap=300)
    cost = running_cost("organization", requests=2, runs=3, slos=1, deployments=1)

    document = checkup_document([next_run("next-run", run)], NOON, run, [cost])

    assert_documented("doctor", document)
    assert document["next_run"]["price"] == "0.02"
    assert document["self_cost"][0]["requests_month"] == 180


def test_a_name_of_aws_is_not_masked() -> None:
    assert masked(ARN) == ARN
