# SPDX-License-Identifier: Apache-2.0
"""Messages of AWS Cost Anomaly Detection in every spelling and envelope, and its API."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.adapters.cost_anomalies.messages import read_anomalies
from cost_slo.adapters.cost_anomalies.source import CostAnomalySource
from cost_slo.domain.anomalies.anomaly import Feedback, Impact, RootCause
from cost_slo.domain.errors import CostDataError, SourceError
from tests.checks.third_party import third_party
from tests.fakes.ports import FakeStore

SNS = {
    "accountId": "111122223333",
    "anomalyDetailsLink": "https://console.example/anomalies/a-1",
    "anomalyEndDate": "2026-09-05T00:00:00Z",
    "anomalyId": "a-1",
    "anomalyScore": {"currentScore": 0.47, "maxScore": 0.9},
    "anomalyStartDate": "2026-09-03T00:00:00Z",
    "dimensionalValue": "Amazon EC2",
    "impact": {
        "maxImpact": 151,
        "totalActualSpend": 1301.10,
        "totalExpectedSpend": 300.05,
        "totalImpact": 1001.05,
        "totalImpactPercentage": 333.63,
    },
    "monitorArn": "arn:aws:ce::111122223333:anomalymonitor/m",
    "rootCauses": [
        {
            "linkedAccount": "111122223333",
            "linkedAccountName": "jane-doe-sandbox",
            "region": "us-east-1",
            "service": "Amazon EC2",
            "usageType": "BoxUsage",
            "impact": {"contribution": 601.1},
        }
    ],
    "subscriptionId": "s",
    "subscriptionName": "jane-doe-alerts",
    "somethingNew": {"of": ["next", "year"]},
}
DETAIL = {
    **{key: value for key, value in SNS.items() if not key.startswith(("dimension", "subscr"))},
    "dimensionValue": "Amazon EC2",
    "monitorName": "all services",
    "accountName": "jane-doe-payer",
    "feedback": "string",
}
EVENT = {"version": "0", "source": "aws.ce", "detail-type": "Anomaly Detected", "detail": DETAIL}
ENTRY = {
    "AnomalyId": "a-1",
    "AnomalyStartDate": "2026-09-03T00:00:00Z",
    "AnomalyEndDate": "2026-09-05",
    "DimensionValue": "Amazon EC2",
    "RootCauses": [
        {
            "Service": "Amazon EC2",
            "Region": "us-east-1",
            "LinkedAccount": "111122223333",
            "LinkedAccountName": "jane-doe-sandbox",
            "UsageType": "BoxUsage",
            "Impact": {"Contribution": 601.1},
        }
    ],
    "AnomalyScore": {"MaxScore": 0.9, "CurrentScore": 0.47},
    "Impact": {
        "MaxImpact": 151.0,
        "TotalImpact": 1001.05,
        "TotalActualSpend": 1301.10,
        "TotalExpectedSpend": 300.05,
        "TotalImpactPercentage": 333.63,
    },
    "MonitorArn": "arn:aws:ce::111122223333:anomalymonitor/m",
}


def notification(message: object) -> dict[str, Any]:
    return {"Type": "Notification", "TopicArn": "arn", "Message": json.dumps(message)}


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in SNS.items() if key not in keys}


def read(document: object) -> Any:
    (found,) = read_anomalies(json.dumps(document))
    return found


ENVELOPED: dict[str, object] = {
    "raw delivery": SNS,
    "an SNS envelope": notification(SNS),
    "an SQS message of an SNS envelope": {"body": json.dumps(notification(SNS))},
    "an SQS event of raw messages": {"Records": [{"body": json.dumps(SNS)}]},
    "an SQS event of SNS envelopes": {"Records": [{"body": json.dumps(notification(SNS))}]},
    "an SNS event": {"Records": [{"EventSource": "aws:sns", "Sns": notification(SNS)}]},
    "an SNS record": {"EventSource": "aws:sns", "Sns": notification(SNS)},
    "an EventBridge event": EVENT,
    "an EventBridge detail": DETAIL,
    "an EventBridge event over SQS": {"Records": [{"body": json.dumps(EVENT)}]},
    "a GetAnomalies answer": {"Anomalies": [ENTRY], "ResponseMetadata": {}},
    "a GetAnomalies entry": ENTRY,
    "a list": [SNS],
}


@pytest.mark.parametrize("envelope", ENVELOPED)
def test_every_spelling_in_every_envelope_is_the_same_anomaly(envelope: str) -> None:
    found = read(ENVELOPED[envelope])

    assert (found.id, found.dimension) == ("a-1", "Amazon EC2")
    assert (found.first, found.last) == (date(2026, 9, 3), date(2026, 9, 5))
    assert found.monitor == "arn:aws:ce::111122223333:anomalymonitor/m"
    assert found.causes == (
        RootCause("Amazon EC2", "111122223333", "us-east-1", "BoxUsage", Decimal("601.1")),
    )
    assert found.impact == Impact(
        Decimal("1001.05"),
        Decimal("1301.1"),
        Decimal("300.05"),
        Decimal("333.63"),
        Decimal(151),
    )
    assert (found.score, found.feedback) == (Decimal("0.47"), None)
    assert "jane" not in repr(found)


def test_one_message_a_line_and_several_in_one_are_read_in_order() -> None:
    second = SNS | {"anomalyId": "a-2"}

    lines = f"{json.dumps(SNS)}\n\n{json.dumps(notification(second))}\n"
    one = {"Records": [{"body": json.dumps(SNS)}, {"body": json.dumps(second)}]}

    for text in (lines, json.dumps(one), json.dumps({"Anomalies": [SNS, second]})):
        assert [found.id for found in read_anomalies(text)] == ["a-1", "a-2"]
    assert read_anomalies('{"Anomalies": []}') == ()


def test_an_address_in_the_value_of_a_tag_is_not_kept() -> None:
    assert read(SNS | {"dimensionalValue": "jane.doe@example.com"}).dimension == "[address]"


@pytest.mark.parametrize("causes", [{}, {"rootCauses": []}, {"rootCauses": None}])
def test_root_causes_may_be_missing(causes: dict[str, object]) -> None:
    assert read(without("rootCauses") | causes).causes == ()


def test_a_root_cause_may_lack_each_of_its_parts() -> None:
    assert read(SNS | {"rootCauses": [{}, {"service": "Amazon S3", "impact": None}]}).causes == (
        RootCause(),
        RootCause("Amazon S3"),
    )


def test_of_a_new_service_no_percentage_is_told() -> None:
    impact = {"maxImpact": 80, "totalActualSpend": 80, "totalExpectedSpend": 0, "totalImpact": 80}

    found = read(SNS | {"impact": impact}).impact

    assert (found.total, found.expected, found.percentage) == (Decimal(80), Decimal(0), None)


@pytest.mark.parametrize(
    ("impact", "total"),
    [
        ({"maxImpact": 80}, 80),
        ({"maxImpact": 80, "totalActualSpend": 300, "totalExpectedSpend": "100"}, 200),
    ],
)
def test_an_impact_without_a_total_is_the_difference_or_the_dearest_day(
    impact: dict[str, object], total: int
) -> None:
    assert read(SNS | {"impact": impact}).impact.total == total


def test_an_anomaly_that_goes_on_may_lack_its_end() -> None:
    assert read(without("anomalyEndDate")).last == date(2026, 9, 3)


@pytest.mark.parametrize("said", ["PLANNED_ACTIVITY", "NO", "YES"])
def test_feedback_is_read(said: str) -> None:
    assert read(ENTRY | {"Feedback": said}).feedback is Feedback(said.lower())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON, line 1"),
        ("{", "not JSON, line 1"),
        ('{\n"anomalyId": jane}', "not JSON, line 2"),
        (f"{json.dumps(SNS)}\n\njane", "row 3: not JSON"),
        ("7", "not an object"),
        ("null", "not an object"),
        ('"jane"', "not JSON"),
        ("{}", "no key of an anomaly: no anomalyId and impact"),
        ('{"Message": "You have chosen to subscribe, jane"}', "not JSON"),
        ('{"jane": 1, "Impact": 1, "MonitorArn": 1}', "keys Impact, MonitorArn: no anomalyId"),
        (json.dumps(without("anomalyStartDate")), "anomalystartdate: no day"),
        (json.dumps(SNS | {"anomalyEndDate": "jane"}), "anomalyenddate: no day"),
        (json.dumps(SNS | {"impact": {}}), "an anomaly without an impact"),
        (json.dumps(SNS | {"impact": {"maxImpact": "jane"}}), "maximpact: no number"),
        (json.dumps(SNS | {"impact": {"maxImpact": True}}), "maximpact: no number"),
        (json.dumps(SNS | {"impact": {"maxImpact": [1]}}), "maximpact: no number"),
        (json.dumps(SNS | {"impact": {"maxImpact": float("nan")}}), "no finite number"),
        (json.dumps(SNS | {"rootCauses": ["jane"]}), "a root cause that is no object"),
        (json.dumps(SNS | {"rootCauses": 7}), "root causes that are no list"),
        ("[" * 5000 + "]" * 5000, "expected a message"),
        (json.dumps([[[[[[[[SNS]]]]]]]]), "not an object"),
    ],
)
def test_what_is_no_anomaly_is_refused_without_quoting_it(text: str, message: str) -> None:
    with pytest.raises(CostDataError) as refused:
        read_anomalies(text)

    assert message in str(refused.value)
    assert "jane" not in str(refused.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted({*SNS, *ENTRY, "Message", "Records"})), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_read_or_refused_in_our_words(document: object) -> None:
    with suppress(CostDataError):
        read_anomalies(json.dumps(document))


@given(st.sampled_from(sorted(SNS)), json_values)
def test_any_value_in_the_place_of_another_is_read_or_refused(key: str, value: object) -> None:
    with suppress(CostDataError):
        read_anomalies(json.dumps(SNS | {key: value}))


@pytest.mark.parametrize("name", ["sns_message.json", "eventbridge_anomaly_detected.json"])
def test_the_examples_of_the_user_guide_are_read(name: str) -> None:
    folder: Path = third_party("cost_anomaly_notification_aws_docs")

    (found,) = read_anomalies((folder / name).read_text("utf-8"))

    assert found.id == "12345678-abcd-ef12-3456-987654321a12"
    assert found.impact.total == Decimal(1001)
    assert found.impact.actual is not None
    assert found.impact.expected is not None
    assert found.impact.total == found.impact.actual - found.impact.expected
    assert [cause.contribution for cause in found.causes] == [Decimal(601)]
    assert found.dimension


# The API -----------------------------------------------------------------------------------------

ON = date(2026, 9, 6)


@pytest.fixture(name="stub")
def stubbed() -> Iterator[Stubber]:
    client = boto3.client(
        "ce", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    with Stubber(client) as stub:
        yield stub


def source(stub: Stubber, ledger: FakeStore) -> CostAnomalySource:
    client: Any = stub.client
    return CostAnomalySource(client, ledger)


def test_a_refused_request_is_not_counted_and_its_error_is_ours(stub: Stubber) -> None:
    ledger = FakeStore()
    stub.add_client_error("provide_anomaly_feedback", "LimitExceededException", "too many, jane")

    with pytest.raises(
        SourceError, match="ce:ProvideAnomalyFeedback: AWS asks to slow down"
    ) as refused:
        source(stub, ledger).send_feedback("a-1", Feedback.PLANNED_ACTIVITY, on=ON)

    assert refused.value.retryable
    assert ledger.load_requests(ON) == 0


def test_feedback_is_sent_in_the_words_of_the_api(stub: Stubber) -> None:
    ledger = FakeStore()
    words = {"AnomalyId": "a-1", "Feedback": "PLANNED_ACTIVITY"}
    stub.add_response("provide_anomaly_feedback", {"AnomalyId": "a-1"}, words)

    source(stub, ledger).send_feedback("a-1", Feedback.PLANNED_ACTIVITY, on=ON)

    assert ledger.load_requests(ON) == 1
    stub.assert_no_pending_responses()
