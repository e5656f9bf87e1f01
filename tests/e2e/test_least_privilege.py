# SPDX-License-Identifier: Apache-2.0
"""Does each role allow what is needed and nothing else? One action is taken away at a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.components.permissions import EXPLAINED
from tests.e2e.account import Account, Question
from tests.e2e.conftest import FIRST_SIGN, OVER, PLANNED, TOLD, Played, known_elsewhere, runaway
from tests.e2e.functions import Answer, running
from tests.e2e.life import Life
from tests.e2e.state import Items, go_back, remembered

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MORNING = datetime(2026, 9, 17, 8, tzinfo=UTC)
# The days of September on which the runaway is first told, and what changed is looked up.
RISING = (13, 14, 15, 16)

# A run; whether it failed: it raised, gave messages back, or measured that it judged not all.
Step = Callable[[], bool]


@dataclass(frozen=True)
class Trial:
    """The shortest runs that need whatever a role allows, from a state of the forty days."""

    role: str
    steps: tuple[Step, ...]
    start: Items | None = None


def test_each_action_of_each_role_is_needed_by_some_run(played: Played) -> None:
    life, end = played.life, remembered(played.life.account, played.table)
    rows: list[tuple[str, str, str, str]] = []
    try:
        for trial in trials(played):
            name, allowed = name_of(life, trial.role), actions(policy_of(life, trial.role))
            rows.extend((name, action, *missed(played, trial, action)) for action in allowed)
    finally:
        go_back(life.account, played.table, end)
    sys.stdout.write("\n".join(["", *(" | ".join(row) for row in rows), ""]))

    assert {name for name, *_ in rows} == {name_of(life, role) for role in roles(life)}
    assert [row for row in rows if row[3] != "failed"] == []


def test_no_action_and_only_explained_resources_are_wild(played: Played) -> None:
    life = played.life
    found = [policy_of(life, role) for role in roles(life)]
    statements = [each for policy in found for each in policy["Statement"]]

    wild = [each for each in statements if any(map(is_wild, listed(each["Resource"])))]
    assert {action for each in wild for action in listed(each["Action"])} <= EXPLAINED.keys()
    assert not [each for each in statements if "*" in json.dumps(each["Action"])]
    assert not [each for each in statements if each["Effect"] != "Allow"]


def trials(played: Played) -> Iterator[Trial]:
    """One for each role that runs something."""
    life = played.life
    schedules = {each.function: each for each in life.schedules}
    mornings = [
        at for day in RISING for at in schedules["evaluate"].due(FIRST_SIGN.replace(day=day).date())
    ]

    def function(name: str, *steps: Step, start: Items | None = None) -> Trial:
        return Trial(life.functions[name].role, steps, start)

    def event(name: str, at: datetime) -> Step:
        return lambda: has_failed(life.invoke(name, schedules[name].event(at), at))

    def anomaly() -> bool:
        answer = life.publish_anomaly(runaway(600, "2026-09-13"), TOLD)
        return answer is not None and has_failed(answer)

    def widget(**asked: str) -> Step:
        return lambda: has_failed(life.invoke("widget", asked, OVER))

    def undrafted() -> bool:
        life.forget_narratives()
        return widget(incident=played.runaway.id)()

    yield function(
        "evaluate", *(event("evaluate", at) for at in mornings), start=played.at[FIRST_SIGN]
    )
    yield function("anomaly", anomaly, start=played.at[TOLD])
    yield function("rituals", event("rituals", MORNING), start=played.at[PLANNED])
    if "widget" in life.functions:
        yield function("widget", widget(), widget(incident=played.runaway.id), undrafted)
    for schedule in life.schedules:
        starts = (
            _quiet(partial(life.ask_to_start, schedule)),
            _quiet(partial(life.give_up, schedule)),
        )
        yield Trial(schedule.role, starts)


def has_failed(answer: Answer) -> bool:
    """Whether an operator would see it."""
    unjudged = any(line.get("EvaluationSucceeded") in (0.0, [0.0]) for line in answer.metrics)
    told = answer.returned if isinstance(answer.returned, dict) else {}
    return bool(answer.raised or told.get("batchItemFailures") or unjudged)


def missed(played: Played, trial: Trial, action: str) -> tuple[str, str]:
    """What was refused first without the action, and whether the run failed."""
    life = played.life
    with without(life, trial.role, action):
        for fresh in (False, True):
            _begin(played, trial)
            with _fresh(played, trial.role) if fresh else _same():
                found = _first_refused(life, trial, action)
            if found:
                refused, failed = found
                return refused.resource, "failed" if failed else "survived"
    return "never asked for", "succeeded"


def _first_refused(life: Life, trial: Trial, action: str) -> tuple[Question, bool] | None:
    for step in trial.steps:
        life.account.forget_questions()
        with life.account.enforced():
            try:
                failed = step()
            except ClientError:
                failed = True  # what Lambda does as the function: its queue, its logs
        for question in life.account.questions():
            if not question.permitted and question.action == action:
                return question, failed
    return None


def _begin(played: Played, trial: Trial) -> None:
    life = played.life
    if trial.start is not None:
        go_back(life.account, played.table, trial.start)
    life.empty_queue()
    life.costs.anomalies = [known_elsewhere()]
    life.forget_narratives() if trial.start is not None else life.put_narratives(played.narratives)


@contextmanager
def _same() -> Iterator[None]:
    yield


@contextmanager
def _fresh(played: Played, role: str) -> Iterator[None]:
    """The role's function in a new process, which has read nothing yet."""
    life, before = played.life, played.life.functions
    with running(life.account, life.stack, life.account.folder, role=role) as made:
        life.functions = {**before, **made}
        try:
            yield
        finally:
            life.functions = before


@contextmanager
def without(life: Life, role: str, action: str) -> Iterator[None]:
    """The role without one action."""
    policy = policy_of(life, role)
    write(life.account, role, _less(policy, action))
    try:
        yield
    finally:
        write(life.account, role, policy)


def write(account: Account, role: str, policy: Mapping[str, Any]) -> None:
    """Put a role's one policy."""
    name = role.rpartition("/")[2]
    document = json.dumps({"Version": "2012-10-17", **policy})
    account.client("iam").put_role_policy(
        RoleName=name, PolicyName="Exactly", PolicyDocument=document
    )


def _less(policy: Mapping[str, Any], action: str) -> dict[str, Any]:
    left = deepcopy(dict(policy))
    for statement in left["Statement"]:
        statement["Action"] = [each for each in listed(statement["Action"]) if each != action]
    left["Statement"] = [each for each in left["Statement"] if each["Action"]]
    return left


def roles(life: Life) -> list[str]:
    """The ARN of every role of the stack."""
    return [life.stack.attribute(name, "Arn") for name in life.stack.of_type("AWS::IAM::Role")]


def policy_of(life: Life, role: str) -> dict[str, Any]:
    """The one policy of a role, as it was deployed."""
    name = role.rpartition("/")[2]
    (resource,) = (
        each
        for logical, each in life.stack.of_type("AWS::IAM::Role").items()
        if life.stack.physical[logical] == name
    )
    (policy,) = resource["Properties"]["Policies"]
    assert policy["PolicyName"] == "Exactly"
    return dict(life.stack.resolved(policy["PolicyDocument"]))


def name_of(life: Life, role: str) -> str:
    """The role's name in the template."""
    name = role.rpartition("/")[2]
    return next(logical for logical, each in life.stack.physical.items() if each == name)


def actions(policy: Mapping[str, Any]) -> list[str]:
    """Every action that a policy allows."""
    return sorted(
        {each for statement in policy["Statement"] for each in listed(statement["Action"])}
    )


def is_wild(resource: str) -> bool:
    """Whether it names more than one thing; a group of logs ends in `:*` to name its streams."""
    return any(mark in resource.removesuffix(":*") for mark in "*?")


def listed(value: Any) -> list[str]:
    """One or several, as a list."""
    return [value] if isinstance(value, str) else list(value)


def _quiet(call: Callable[[], object]) -> Step:
    def step() -> bool:
        call()
        return False

    return step
