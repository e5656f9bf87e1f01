# SPDX-License-Identifier: Apache-2.0
"""One failing check stops no other, whichever it is and however it fails."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from cost_slo.domain.doctor.account import Identity, Membership, Statement, Subscriber, Topic
from cost_slo.domain.doctor.finding import State
from cost_slo.domain.errors import CostSloError, SettingsError, SourceError
from cost_slo.domain.spec.document import Spec
from cost_slo.ports import SpecSource, Store
from cost_slo.use_cases.doctor.checkup import examine
from cost_slo.use_cases.doctor.patient import Account, Patient
from tests.fakes.ports import FakeSpecSource, FakeStore
from tests.worlds.dynamodb import Around

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
OURS = "123456789012"
ALERTS, CHAT, ANOMALIES = (
    f"arn:aws:sns:us-east-1:{OURS}:{name}" for name in ("alerts", "chat", "anomalies")
)
SPEC = Spec.model_validate(
    {
        "apiVersion": "cost-slo/v1",
        "slos": [
            {
                "name": "web",
                "product": "shop",
                "owner": "web",
                "objective": {"monthly": 100},
                "scope": {"tags": {"team": ["web"]}},
            }
        ],
    }
)
# Which check fails, among others, where a call does.
BY_CALL = {
    "fetch_identity": "credentials",
    "load_spec": "spec",
    "fetch_membership": "organization",
    "costs": "cost-explorer",
    "fetch_tags": "tags",
    "fetch_subscriptions": "anomaly-subscriptions",
    "fetch_monitors": "anomaly-monitors",
    "fetch_topic": "alert-topic",
    "probe": "bucket",
    "load_observations": "freshness",
    "load_requests": "next-run",
    "requests_of": "self-cost",
}


class FakeAccount:
    """An account in which all is well."""

    def fetch_identity(self) -> Identity:
        return Identity(OURS, "us-east-1")

    def fetch_membership(self, account: str) -> Membership:
        assert account == OURS
        return Membership.PAYER

    def fetch_tags(self, keys: object) -> dict[str, str]:
        assert keys == ("team",)
        return {"team": "Active"}

    def fetch_monitors(self) -> tuple[()]:
        return ()

    def fetch_subscriptions(self) -> tuple[()]:
        return ()

    def fetch_topic(self, arn: str) -> Topic:
        detector = Statement(
            frozenset({"costalerts.amazonaws.com"}), source_accounts=frozenset({OURS})
        )
        chat = Subscriber("https", "https://global.sns-api.chatbot.amazonaws.com/…")
        return Topic(arn, OURS, (Statement(accounts=frozenset({OURS})), detector), (chat,))


def a_patient(around: Callable[[str, Callable[[], Any]], Any] = lambda _, call: call()) -> Patient:
    """Where all is well but what `around` does to its calls."""
    store = cast("Store", Around(FakeStore(), around))
    return Patient(
        specs=cast("SpecSource", Around(FakeSpecSource(SPEC), around)),
        account=cast("Account", Around(FakeAccount(), around)),
        store=lambda: store,
        requests_of=lambda slos, *_: cast("int", around("requests_of", lambda: len(slos))),
        cap=300,
        runs=3,
        alert_topic=ALERTS,
        chat_topic=CHAT,
        anomaly_topic=ANOMALIES,
        probes={"bucket": lambda: cast("str", around("probe", lambda: "it is readable"))},
        costs=lambda _: cast("str", around("costs", lambda: "it answers")),
    )


def test_where_nothing_fails_every_check_is_made_in_its_order() -> None:
    made = examine(a_patient(), NOON)

    assert [(each.check, each.state.word) for each in made.findings] == [
        ("credentials", "ok"),
        ("spec", "ok"),
        ("organization", "ok"),
        ("cost-explorer", "ok"),
        ("tags", "ok"),
        ("anomaly-subscriptions", "warn"),
        ("anomaly-topic", "ok"),
        ("anomaly-topic", "ok"),
        ("anomaly-monitors", "ok"),
        ("anomaly-monitors", "ok"),
        ("alert-topic", "ok"),
        ("chat-topic", "ok"),
        ("bucket", "ok"),
        ("freshness", "unknown"),
        ("next-run", "ok"),
        ("self-cost", "ok"),
        ("self-cost", "ok"),
        ("self-cost", "ok"),
    ]
    assert made.next_run is not None
    assert [cost.scope for cost in made.self_costs] == ["account", "organization"]


@pytest.mark.parametrize("error", [SourceError("no", retryable=True), SettingsError("no; mend it")])
@pytest.mark.parametrize("failing", BY_CALL)
def test_a_call_that_fails_is_a_finding_and_stops_no_other_check(
    failing: str, error: CostSloError
) -> None:
    def around(call: str, made: Callable[[], Any]) -> Any:
        if call == failing:
            raise error
        return made()

    sick = examine(a_patient(around), NOON).findings

    all_checks = {each.check for each in examine(a_patient(), NOON).findings}
    without = {"load_spec": {"tags", "freshness", "next-run", "self-cost"}}
    without["fetch_subscriptions"] = without["fetch_identity"] = {"anomaly-topic"}
    assert all_checks - {each.check for each in sick} == without.get(failing, set())
    (found,) = [each for each in sick if each.check == BY_CALL[failing]]
    assert found.state in {State.FAIL, State.UNKNOWN}
    assert found.remedy


def test_a_chat_topic_that_is_the_alerts_fails() -> None:
    patient = replace(a_patient(), chat_topic=ALERTS)

    (found,) = [each for each in examine(patient, NOON).findings if each.check == "chat-topic"]

    assert (found.state, found.remedy) == (
        State.FAIL,
        "set COST_SLO_CHAT_TOPIC_ARN to a separate topic",
    )
