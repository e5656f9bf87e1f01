# SPDX-License-Identifier: Apache-2.0
"""`cost-slo anomalies` from saved messages to a drafted narrative."""

import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from tests.builders.bills import focus_row, write_csv
from tests.checks.command_line import Ran, cost_slo
from tests.integration.account.test_cost_anomalies import EVENT, SNS

SPEC = """\
apiVersion: cost-slo/v1
slos:
  - name: api
    product: api
    owner: platform
    objective: {monthly: 900}
    scope: {tags: {product: [api]}}
"""
OWN = "anomaly-a1"


class Place:
    """A folder with a spec, in which the command runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "slos.yaml").write_text(SPEC)

    def run(self, message: object, *more: str, day: int = 6) -> Ran:
        file = self.folder / "messages.json"
        file.write_text(message if isinstance(message, str) else json.dumps(message))
        where = ("--spec", self.folder / "slos.yaml", "--state", self.state)
        return cost_slo("anomalies", file, *where, "--as-of", f"2026-09-{day:02}T06:00:00Z", *more)

    def incidents(self, *words: str) -> Ran:
        return cost_slo(*words, "--state", self.state)

    @property
    def state(self) -> Path:
        return self.folder / "state"


@pytest.fixture(name="place")
def somewhere(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_saved_message_opens_an_incident_once(place: Place) -> None:
    first, again = place.run(SNS), place.run(EVENT)

    assert (first.code, first.out.splitlines()) == (
        0,
        [
            f"Anomaly a-1: opened {OWN}",
            "Alert sent: [investigate] Amazon EC2: anomaly of $1,001 above the $300 expected",
        ],
    )
    assert again.out == f"Anomaly a-1: already on {OWN}\n"
    assert len(list((place.state / "alerts").iterdir())) == 1


def test_it_prints_one_json_object(place: Place) -> None:
    ran = place.run(SNS, "--format", "json", "--page-from", "1000")

    assert ran.document == {
        "schema": "cost-slo/anomalies/v1",
        "anomalies": [
            {"id": "a-1", "total_impact": "1001.05", "outcome": "opened", "incident": OWN}
        ],
        "quietened": [],
        "alerts": [f"{OWN}/anomaly/page"],
        "feedback_sent": [],
    }


def test_the_tag_of_a_monitor_can_be_said(place: Place) -> None:
    ran = place.run(SNS, "--monitor-tag", f"{SNS['monitorArn']}=product=api")

    assert "opened api-2026-09" in ran.out


def test_the_end_of_what_is_quiet_is_told_and_what_is_over_opens_nothing(place: Place) -> None:
    place.run(SNS)

    later = place.run({"Anomalies": []}, day=20)
    old = place.run({**SNS, "anomalyId": "b-2"}, day=21)

    assert later.out == f"No anomalies.\nResolved {OWN}: 14 days without a further day of it\n"
    assert old.out == "Anomaly b-2: already over; no incident opened\n"


def test_its_incident_is_listed_shown_and_drafted(place: Place) -> None:
    place.run(SNS)

    listed = place.incidents("incidents", "list", "--format", "json").document
    shown = place.incidents("incidents", "show", OWN)
    drafted = place.incidents("postmortem", "draft", OWN)

    assert [it["slo"] for it in listed["incidents"]] == ["anomaly/amazon-ec2"]
    assert "$601.10 Amazon EC2" in shown.out
    assert (drafted.code, drafted.err) == (0, "")
    assert "measured, anomaly a-1" in drafted.out
    assert "jane" not in shown.out + drafted.out


def test_a_draft_can_be_updated_linted_and_verified(place: Place) -> None:
    place.run(SNS)
    file = place.folder / "draft.md"
    place.incidents("postmortem", "draft", OWN, "--out", str(file))

    updated = place.incidents("postmortem", "draft", OWN, "--out", str(file), "--update")
    linted = cost_slo("postmortem", "lint", file)
    verified = place.incidents("postmortem", "verify", str(file))

    assert updated.code == 0, updated.err
    assert linted.code == 0, linted.out
    assert verified.code in (0, 3), verified.err


@pytest.fixture
def detector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCostExplorer]:
    """The account that the environment names; its detector found an anomaly."""
    bill = write_csv(tmp_path / "bill.csv", focus_row())
    with FakeCostExplorer(bill, clock=datetime(2026, 9, 8, tzinfo=UTC)) as fake:
        monkeypatch.setenv("AWS_ENDPOINT_URL_COST_EXPLORER", fake.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
        fake.anomalies = [{"AnomalyId": "a-1"}]
        yield fake


def test_planned_is_sent_to_the_detector(place: Place, detector: FakeCostExplorer) -> None:
    place.run(SNS)
    at = ("--as-of", "2026-09-07", "--planned", "--text", "a load test")
    moved = place.incidents("incidents", "resolve", OWN, *at)
    assert moved.code == 0, moved.err
    detector.fail_next("ProvideAnomalyFeedback", "AccessDeniedException", "no")

    failed = place.run([], "--send-feedback", day=8)
    sent = place.run([], "--send-feedback", day=9)

    denied = (
        "ce:ProvideAnomalyFeedback: AWS denied it; allow ce:ProvideAnomalyFeedback to this role"
    )
    assert (failed.code, failed.err) == (
        4,
        f"cost-slo: a-1 was not sent, the next run retries: {denied}\n",
    )
    assert (sent.code, sent.out.splitlines()[-1]) == (
        0,
        "Feedback sent to AWS: anomaly a-1 was planned",
    )
    assert detector.anomalies == [{"AnomalyId": "a-1", "Feedback": "PLANNED_ACTIVITY"}]


@pytest.mark.parametrize(
    ("message", "more", "code", "said"),
    [
        ("{", (), 3, "messages.json: not JSON, line 1"),
        ({"title": 1}, (), 3, "no anomalyId and impact"),
        (SNS, ("--page-from", "much"), 2, "is not a positive amount"),
        (SNS, ("--page-from", "-1"), 2, "is not a positive amount"),
        (SNS, ("--monitor-tag", "arn"), 2, "has no tag"),
    ],
)
def test_what_is_wrong_is_said(
    place: Place, message: object, more: tuple[str, ...], code: int, said: str
) -> None:
    ran = place.run(message, *more)

    assert (ran.code, ran.out) == (code, "")
    assert said in " ".join(ran.err.replace("│", " ").split())


def test_messages_are_read_from_stdin(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(SNS)))
    spec = place.folder / "slos.yaml"

    ran = cost_slo(
        "anomalies", "-", "--spec", spec, "--state", place.state, "--as-of", "2026-09-06"
    )

    assert f"opened {OWN}" in ran.out
