# SPDX-License-Identifier: Apache-2.0
"""Deployed by the CDK, run on deployed code and roles for forty days: what reached whom?"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cost_slo.domain.incidents.incident import Severity, Status
from tests.e2e.conftest import ELSEWHERE, MAILBOX, OVER, TOLD, TRAINING, Played
from tests.e2e.gaps import GAPS

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

METALABS = "metalabs-infrastructure"
SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "custom_notification.schema.json").read_text("utf-8"))
)


def test_what_the_fake_account_does_not_deploy_is_in_one_table(played: Played) -> None:
    sys.stdout.write("\n".join(["", *played.filled, ""]))

    assert {line.split()[0] for line in played.filled} == set(GAPS)


def test_every_run_succeeds_for_forty_days(played: Played) -> None:
    runs = Counter(run.function for run in played.runs if run.at < OVER)

    assert [run for run in played.runs if run.answer.raised] == []
    assert runs["evaluate"] == 40 * 3
    assert runs["rituals"] == 40
    assert runs["anomaly"] == 3


def test_every_question_of_a_role_is_permitted(played: Played) -> None:
    questions = played.questions

    assert {(each.role, each.action) for each in questions if not each.permitted} == set()
    asked = {each.action for each in questions if "assumed-role" in each.principal}
    assert {"ce:GetCostAndUsage", "cloudtrail:LookupEvents", "sns:Publish"} <= asked


def test_the_runaway_is_one_incident_that_pages_and_ends(played: Played) -> None:
    incident = played.runaway

    assert [each.slo for each in played.incidents].count(METALABS) == 1
    reached = [event.severity for event in incident.events if event.severity is not None]
    assert max(reached) >= Severity.PAGE
    assert incident.opened_at.date().isoformat() in {"2026-09-13", "2026-09-14"}
    assert incident.status in {Status.RESOLVED, Status.CLOSED}


def test_the_detectors_word_is_an_incident_that_names_the_slo_it_may_belong_to(
    played: Played,
) -> None:
    (own,) = [each for each in played.incidents if each.slo.startswith("anomaly/amazon-elastic")]
    (mail, *_) = [each for each in played.mail if "anomaly of $600" in each.subject]

    assert own.opened_at == TOLD
    assert METALABS in mail.text


def test_what_a_person_calls_planned_is_told_to_the_detector_once(played: Played) -> None:
    told = [call for call in played.calls if call.operation == "ProvideAnomalyFeedback"]

    assert [call.parameters for call in told] == [
        {"AnomalyId": ELSEWHERE, "Feedback": "PLANNED_ACTIVITY"},
    ]


def test_the_narrative_is_an_object_in_the_bucket(played: Played) -> None:
    incident = played.runaway
    text = played.narratives[f"narratives/{incident.id}.md"]

    assert "# Cost incident: metalabs" in text
    assert "Amazon Elastic Compute Cloud" in text
    assert "_[measured E" in text


def test_the_mail_says_what_happened_and_the_digest_comes_each_morning(played: Played) -> None:
    mail = played.mail
    digests = [each for each in mail if each.subject.startswith("[digest]")]
    (page,) = [
        each for each in mail if METALABS in each.subject and each.subject.startswith("[page]")
    ][:1]

    assert {each.to for each in mail} == {MAILBOX}
    assert all(len(each.subject) < 100 and each.subject.isascii() for each in mail)
    assert len({each.subject[:20] for each in digests}) == 40
    assert all("Dashboard: https://console.aws" in each.text for each in digests)
    assert re.search(r"\$[\d,]+", page.text)
    assert "Owner: platform" in page.text
    id_ = played.runaway.id
    assert f"Acknowledge: cost-slo incidents acknowledge {id_} --state dynamodb:" in page.text
    assert f"Narrative draft: s3://{played.life.bucket}/narratives/{id_}.md" in page.text
    assert "shown at https://console.aws.amazon.com/cloudwatch/home?region=us-east-1" in page.text


def test_the_mail_says_what_was_deployed_before_the_rise(played: Played) -> None:
    told = [each.text for each in played.mail if METALABS in each.subject]

    assert any(f"CreateStack of {TRAINING}" in text for text in told)


def test_each_chat_message_is_one_that_is_shown(played: Played) -> None:
    told = [json.loads(envelope["Message"]) for envelope in played.chat]
    faults = [error.message for each in told for error in SCHEMA.iter_errors(each)]

    assert faults == []
    assert any(METALABS in json.dumps(each) for each in told)


def test_the_channels_of_the_secret_hear_of_the_page(played: Played) -> None:
    assert any(METALABS in json.dumps(each) for each in played.hook)


def test_each_evaluation_prints_its_metrics(played: Played) -> None:
    evaluations = [run.answer for run in played.runs if run.function == "evaluate"]

    for answer in evaluations:
        lines = {line["slo"]: line for line in answer.metrics}
        assert {"all", METALABS} <= lines.keys()
        about = lines["all"]["_aws"]["CloudWatchMetrics"][0]
        assert about["Namespace"] == "CostSLO"
        assert lines["all"]["service"] == "cost-slo"
        assert lines["all"]["EvaluationSucceeded"] in (1.0, [1.0])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dashboard_shows_the_slos_and_the_narrative(played: Played, theme: str) -> None:
    asked = {"widgetContext": {"theme": theme}}
    with played.life.account.enforced():
        page = played.life.invoke("widget", asked, OVER)
        detail = played.life.invoke("widget", {**asked, "incident": played.runaway.id}, OVER)

    assert page.raised is None
    assert detail.raised is None
    assert METALABS in page.returned
    assert "<script" not in page.returned
    assert "Amazon Elastic Compute Cloud" in detail.returned


def test_another_amount_in_the_spec_keeps_the_state(played: Played) -> None:
    assert played.before_update
    assert played.after_update == played.before_update
    assert played.replaced == []
    last = [run for run in played.runs if run.function == "evaluate"][-1]
    assert last.at - datetime.fromisoformat("2026-10-07T21:30:00+00:00") == timedelta(0)
    assert "4,600" in "".join(each.text for each in played.mail)


def test_nothing_new_is_nothing_to_deploy(played: Played) -> None:
    assert "There were no differences" in played.no_change
