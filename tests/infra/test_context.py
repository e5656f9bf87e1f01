# SPDX-License-Identifier: Apache-2.0
"""Is a wrong choice refused before anything is deployed, and in words?"""

import re
from pathlib import Path
from typing import Any

import pytest

from infra.context import Context, ContextError, read_context, read_spec

ADOPTED = "arn:aws:ce::111122223333:anomalymonitor/0c4e1c2a"


def test_values_of_the_command_line_are_text() -> None:
    context = read_context(
        {
            "scope": "organization",
            "chat": "true",
            "digest_hour": "7",
            "alert_emails": "oncall@example.com, finops@example.com",
        }
    )

    assert (context.scope, context.chat, context.digest_hour) == ("organization", True, 7)
    assert context.alert_emails == ("oncall@example.com", "finops@example.com")


def test_what_cdk_adds_for_itself_is_not_ours() -> None:
    theirs = {"aws:cdk:bundling-stacks": ["*"], "@aws-cdk/core:checkSecretUsage": True}

    assert read_context(theirs) == Context()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"digest_hours": 7}, "-c digest_hours: unknown context value; did you mean digest_hour?"),
        ({"colour": "red"}, "-c colour: unknown context value"),
        ({"digest_hour": "25"}, "-c digest_hour: Input should be less than or equal to 23"),
        ({"scope": "team"}, "-c scope: Input should be 'account' or 'organization'"),
        ({"deployment": "Two Words"}, "-c deployment: String should match pattern"),
        (
            {"time_zone": "Mars/Olympus"},
            "-c time_zone: Value error, 'Mars/Olympus' is not a time zone",
        ),
        ({"alert_emails": "oncall"}, "-c alert_emails.0: String should match pattern"),
        ({"monitor_arn": "arn:aws:ce"}, "-c monitor_arn: String should match pattern"),
        (
            {"monitor_arn": ADOPTED, "monitor_create": "true"},
            "monitor_create creates one; set only one of them",
        ),
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_by_its_name(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ContextError) as refused:
        read_context(given)

    assert says in str(refused.value)


def test_the_runbook_names_every_value_and_no_other() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")
    rows = text.partition("| `-c NAME=VALUE`")[2].partition("\n\n")[0].splitlines()[2:]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert told == Context.model_fields.keys()
    assert set(re.findall(r"-c ([a-z_]+)=", text)) <= told


@pytest.mark.parametrize(
    ("given", "creates", "tags"),
    [
        ({}, True, False),
        ({"scope": "organization"}, True, True),
        ({"scope": "organization", "tag_monitors": False}, True, False),
        ({"tag_monitors": True}, True, True),
        ({"monitor_arn": ADOPTED}, False, False),
        ({"monitor_create": False}, False, False),
    ],
    ids=str,
)
def test_monitors_follow_from_the_scope_and_what_is_there(
    given: dict[str, Any], *, creates: bool, tags: bool
) -> None:
    context = Context.model_validate(given)

    assert (context.creates_monitor, context.monitors_tags) == (creates, tags)


@pytest.mark.parametrize("text", ["slos: [", "apiVersion: cost-slo/v1\nslos: []\n", None])
def test_a_spec_that_is_none_is_refused_with_what_tells_why(
    tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "cost-slo.yaml"
    if text is not None:
        path.write_text(text)

    with pytest.raises(
        ContextError, match=r"not a valid spec; run `cost-slo validate .*cost-slo\.yaml`"
    ):
        read_spec(path)
