# SPDX-License-Identifier: Apache-2.0
"""The demo tells a whole story: a bill, incidents, their narratives and what to try next."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.command_line import Ran, cost_slo
from tests.documents import assert_documented


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The demo's folder and what it said, played once for all tests."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    return folder, cost_slo("demo", "--out", folder)


def next_steps(said: str) -> list[list[str]]:
    lines = said.split("Try next:")[1].splitlines()
    return [shlex.split(line)[1:] for line in lines if line.strip()]


def test_the_story_has_an_incident_and_its_narrative(story: tuple[Path, Ran]) -> None:
    folder, ran = story

    listed = cost_slo("incidents", "list", "--state", folder / "state", "--format", "json")

    assert (ran.code, ran.err) == (0, "")
    assert_documented("incidents", listed.document)
    ids = [incident["id"] for incident in listed.document["incidents"]]
    assert ids
    for incident in ids:
        narrative = folder / "narratives" / f"{incident}.md"
        assert incident in narrative.read_text(encoding="utf-8")
        assert str(narrative) in ran.out


def test_every_alert_of_the_story_is_told_and_kept(story: tuple[Path, Ran]) -> None:
    folder, ran = story

    subjects = [
        file.read_text(encoding="utf-8").splitlines()[0]
        for file in (folder / "state" / "alerts").glob("*.txt")
    ]

    assert subjects
    assert [subject for subject in subjects if f"  {subject}\n" not in ran.out] == []


def test_the_steps_it_proposes_work_and_change_nothing(story: tuple[Path, Ran]) -> None:
    folder, ran = story
    state = ("--state", folder / "state", "--format", "json")
    evaluate, *others = next_steps(ran.out)
    before = cost_slo("incidents", "list", *state).out

    evaluated = cost_slo(*evaluate, "--format", "json")
    codes = [cost_slo(*step).code for step in others]

    assert_documented("evaluation", evaluated.document)
    assert {slo["incident_change"] for slo in evaluated.document["slos"]} == {"none"}
    assert codes == [0] * len(others)
    assert cost_slo("incidents", "list", *state).out == before


def test_the_story_is_told_anew_in_its_own_folder_only(story: tuple[Path, Ran]) -> None:
    folder, _ = story

    refused = cost_slo("demo", "--out", folder / "bill")

    assert refused.code == 5
    assert "not a demo's folder" in refused.err
    assert list((folder / "bill").iterdir()) != []
