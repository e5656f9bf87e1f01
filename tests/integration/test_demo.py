# SPDX-License-Identifier: Apache-2.0
"""The demo tells a whole story: a bill, incidents, their narratives and what to try next."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cost_slo.synthetic import Story, charges
from tests.checks.command_line import cost_slo
from tests.checks.documents import assert_documented
from tests.checks.golden_files import assert_golden


@pytest.fixture(scope="module")
def story(played: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy of the demo's folder, and what it said as if it had been played there."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    shutil.copytree(played / "demo", folder)
    said = (played / "said.txt").read_text(encoding="utf-8")
    return folder, said.replace(str(played / "demo"), str(folder))


def sums(bill: Path) -> list[Decimal]:
    """What each billing period up to the story month adds up to."""
    query = "SELECT sum(BilledCost) FROM read_parquet(?)"
    with duckdb.connect() as connection:
        return [
            connection.execute(query, [f"{bill}/BILLING_PERIOD=2026-{month:02}/*"]).fetchall()[0][0]
            for month in range(6, 10)
        ]


def next_steps(said: str) -> list[list[str]]:
    lines = said.split("Try next:")[1].splitlines()
    return [shlex.split(line)[1:] for line in lines if line.strip()]


def test_the_story_has_an_incident_and_its_narrative(story: tuple[Path, str]) -> None:
    folder, said = story

    listed = cost_slo("incidents", "list", "--state", folder / "state", "--format", "json")

    assert_documented("incidents", listed.document)
    ids = [incident["id"] for incident in listed.document["incidents"]]
    assert ids
    for incident in ids:
        narrative = folder / "narratives" / f"{incident}.md"
        assert incident in narrative.read_text(encoding="utf-8")
        assert str(narrative) in said


def test_every_alert_of_the_story_is_told_and_kept(story: tuple[Path, str]) -> None:
    folder, said = story

    subjects = [
        file.read_text(encoding="utf-8").splitlines()[0]
        for file in (folder / "state" / "alerts").glob("*.txt")
    ]

    assert subjects
    assert [subject for subject in subjects if f"  {subject}\n" not in said] == []


def test_the_steps_it_proposes_work_and_change_nothing(story: tuple[Path, str]) -> None:
    folder, said = story
    state = ("--state", folder / "state", "--format", "json")
    evaluate, *others = next_steps(said)
    before = cost_slo("incidents", "list", *state).out

    evaluated = cost_slo(*evaluate, "--format", "json")
    codes = [cost_slo(*step).code for step in others]

    assert evaluated.code == 1
    assert_documented("evaluation", evaluated.document)
    judged = {slo["name"]: (slo["verdict"], slo["incident"]) for slo in evaluated.document["slos"]}
    verdict, incident = judged["metalabs-infrastructure"]
    assert verdict in {"burning", "exhausted"}
    assert incident == "metalabs-infrastructure-2026-09"
    assert {slo["incident_change"] for slo in evaluated.document["slos"]} == {"none"}
    assert codes == [0] * len(others)
    assert cost_slo("incidents", "list", *state).out == before


def test_a_person_stops_the_runaway_and_the_incident_ends(
    story: tuple[Path, str],
) -> None:
    folder, said = story

    shown = cost_slo(
        *("incidents", "show", "metalabs-infrastructure-2026-09", "--format", "json"),
        *("--state", folder / "state"),
    )

    (incident,) = shown.document["incidents"]
    kinds = [step["kind"] for step in incident["timeline"]]
    people = ["acknowledged", "cause_identified", "mitigating"]
    assert [kind for kind in kinds if kind in {"opened", *people, "resolved"}] == [
        *("opened", *people, "resolved")
    ]
    assert said.count("a person: job paused") == 1


def test_the_bill_it_leaves_is_the_story_to_the_last_digit(story: tuple[Path, str]) -> None:
    folder, said = story
    (stopped,) = re.findall(r"^(\d\d) Sep .*a person: job paused", said, re.MULTILINE)
    bill = charges(Story(mitigated_day=int(stopped) + 1))
    settled = [row for row in bill if row.charge_period_start < datetime(2026, 10, 1, tzinfo=UTC)]
    (evaluate, *_) = next_steps(said)

    document = cost_slo(*evaluate, "--dry-run", "--format", "json").document

    told = sum(sums(folder / "bill"))
    assert told == sum(row.billed_cost for row in settled)
    assert document["source"]["notes"] == []


def test_the_story_is_told_anew_in_its_own_folder_only(story: tuple[Path, str]) -> None:
    folder, _ = story

    refused = cost_slo("demo", "--out", folder / "bill")

    assert refused.code == 5
    assert "not a demo folder" in refused.err
    assert list((folder / "bill").iterdir()) != []


def test_a_digest_of_the_story_tells_the_runaway_first(story: tuple[Path, str]) -> None:
    folder, _ = story

    told = cost_slo(
        *("digest", "--spec", folder / "slos.yaml", "--state", folder / "state"),
        *("--as-of", "2026-09-16T09:30"),
    )

    assert told.code == 0
    assert_golden("digest_demo.txt", told.out)
