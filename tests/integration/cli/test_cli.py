# SPDX-License-Identifier: Apache-2.0
"""Every command helps, every failure has its exit code and one line, and stdout stays clean."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count
from typer.main import get_command

from cost_slo.cli.app import app
from tests.builders.bills import focus_row, write_csv
from tests.checks.command_line import Ran, cost_slo
from tests.checks.documents import assert_documented

PROGRAM = Path(sys.executable).with_name("cost-slo")
ESCAPE = "\x1b"
# The account answers nobody whom it does not know.
SOMEBODY = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "unknown",
    "AWS_SECRET_ACCESS_KEY": "unknown",
}
SPEC = """\
apiVersion: cost-slo/v1
slos:
  - name: web
    product: "[/shop] :boom:"
    owner: platform
    objective: {{monthly: {objective}}}
    plan: none
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return write_spec(tmp_path / "within.yaml", 300)


@pytest.fixture
def tight_spec(tmp_path: Path) -> Path:
    return write_spec(tmp_path / "exhausted.yaml", 5)


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    days = [f"2026-09-{day:02}T00:00:00Z" for day in range(1, 11)]
    rows = [
        focus_row(ChargePeriodStart=start, ChargePeriodEnd=end) for start, end in pairwise(days)
    ]
    return write_csv(tmp_path / "bill.csv", *rows)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def write_spec(path: Path, objective: int) -> Path:
    path.write_text(SPEC.format(objective=objective), encoding="utf-8")
    return path


def evaluate(spec: Path, bill: Path, state: Path, *more: object) -> Ran:
    where = ("--spec", spec, "--costs", bill, "--state", state)
    return cost_slo("evaluate", *where, "--as-of", "2026-09-10T06:00", *more)


def paths(command: object, *names: str) -> Iterator[tuple[str, ...]]:
    yield names
    for name, inner in getattr(command, "commands", {}).items():
        yield from paths(inner, *names, name)


def assert_refused(ran: Ran, code: int, *said: str) -> None:
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("cost-slo: ")
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    assert [word for word in said if word not in ran.err] == []


@pytest.mark.parametrize("path", list(paths(get_command(app))), ids=" ".join)
def test_a_command_helps_with_an_example_of_itself(path: tuple[str, ...]) -> None:
    ran = cost_slo(*path, "--help")

    assert ran.code == 0
    assert f"Example: {' '.join(['cost-slo', *path])}" in " ".join(ran.out.split())


@pytest.mark.parametrize("group", [(), ("incidents",), ("postmortem",)], ids=" ".join)
def test_a_group_without_a_command_shows_its_commands(group: tuple[str, ...]) -> None:
    ran = cost_slo(*group)

    assert ran.code == 2
    assert "Commands:" in ran.out + ran.err


def test_the_version_is_that_of_the_package() -> None:
    ran = cost_slo("--version")

    assert ran.code == 0
    assert re.fullmatch(r"cost-slo \d+\.\d+\.\d+\n", ran.out)


def test_all_within_is_exit_0(spec: Path, bill: Path, state: Path) -> None:
    ran = evaluate(spec, bill, state)

    assert (ran.code, ran.err) == (0, "")
    assert "within" in ran.out


def test_one_exhausted_is_exit_1(tight_spec: Path, bill: Path, state: Path) -> None:
    ran = evaluate(tight_spec, bill, state)

    assert (ran.code, ran.err) == (1, "")
    assert "exhausted" in ran.out
    assert "incident: web-2026-09 (opened)" in ran.out
    assert "Alert sent: [page] web: " in ran.out


def test_the_step_it_proposes_after_an_alert_works_in_that_state_folder(
    tight_spec: Path, bill: Path, tmp_path: Path
) -> None:
    ran = evaluate(tight_spec, bill, tmp_path / "my state")
    (step,) = re.findall(r"^  next: cost-slo (.*)$", ran.out, re.MULTILINE)

    drafted = cost_slo(*shlex.split(step))

    assert drafted.code == 0
    assert drafted.out.startswith("---\n")


def test_the_step_it_proposes_is_short_in_the_default_state_folder(
    monkeypatch: pytest.MonkeyPatch, tight_spec: Path, bill: Path, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    as_of = ("--as-of", "2026-09-10T06:00")

    ran = cost_slo("evaluate", "--spec", tight_spec, "--costs", bill, *as_of)

    assert "  next: cost-slo postmortem draft web-2026-09\n" in ran.out


def test_an_old_bill_is_exit_3(spec: Path, bill: Path, state: Path) -> None:
    where = ("--spec", spec, "--costs", bill, "--state", state)

    ran = cost_slo("evaluate", *where, "--as-of", "2026-12-01")

    assert ran.code == 3
    assert "stale data" in ran.out


def test_a_wrong_spec_is_exit_2(bill: Path, tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "wrong.yaml", -5)

    for command in (("validate", spec), ("evaluate", "--spec", spec, "--costs", bill)):
        assert_refused(cost_slo(*command), 2, "wrong.yaml:6", "objective.monthly")


def test_a_missing_spec_is_exit_2(tmp_path: Path) -> None:
    ran = cost_slo("validate", tmp_path / "nowhere.yaml")

    assert_refused(ran, 2, "nowhere.yaml: no such file")


def test_a_time_that_is_none_is_exit_2(spec: Path, bill: Path) -> None:
    ran = cost_slo("evaluate", "--spec", spec, "--costs", bill, "--as-of", "yesterday")

    assert (ran.code, ran.out) == (2, "")
    assert "'yesterday' is not a date or time; write 2026-11-02" in ran.err


def test_a_bill_that_cannot_be_trusted_is_exit_3(spec: Path, state: Path, tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bad.csv", focus_row(), focus_row(BilledCost="twelve"))

    ran = evaluate(spec, bill, state)

    assert_refused(ran, 3, "bad.csv", "row 2", "BilledCost", "twelve")
    assert not state.exists()


def test_a_bill_that_is_not_there_is_exit_3(spec: Path, state: Path, tmp_path: Path) -> None:
    ran = evaluate(spec, tmp_path / "nowhere.csv", state)

    assert_refused(ran, 3, "nowhere.csv: there is no such file")


def test_a_state_folder_that_cannot_be_is_exit_5(spec: Path, bill: Path) -> None:
    ran = evaluate(spec, bill, state=bill)

    assert_refused(ran, 5, str(bill))


def test_a_result_that_cannot_be_written_is_exit_5(bill: Path) -> None:
    ran = cost_slo("demo", "--out", bill)

    assert_refused(ran, 5, str(bill))


def test_a_folder_that_is_not_a_demos_is_exit_5(bill: Path) -> None:
    ran = cost_slo("demo", "--out", bill.parent)

    assert_refused(ran, 5, "not a demo folder")
    assert bill.exists()


@set_initial_no_auth_action_count(0)
@mock_aws
def test_an_outside_system_that_failed_is_exit_4(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SOMEBODY.items():
        monkeypatch.setenv(name, value)

    ran = cost_slo("incidents", "list", "--state", "dynamodb:state")

    assert_refused(ran, 4, "dynamodb:GetItem: ")


def test_an_alert_that_cannot_be_delivered_is_exit_4_and_all_the_rest_is_said(
    tight_spec: Path, bill: Path, state: Path
) -> None:
    state.mkdir()
    (state / "alerts").write_text("in the way", encoding="utf-8")

    machine = evaluate(tight_spec, bill, state, "--format", "json")
    people = evaluate(tight_spec, bill, state)

    assert (machine.code, machine.err) == (people.code, people.err) == (4, "")
    assert_documented("evaluation", machine.document)
    assert machine.document["slos"][0]["incident_change"] == "opened"
    (error,) = machine.document["errors"]
    assert error["slo"] == "web"
    assert "web-2026-09 waits for the next run: " in error["error"]
    assert "web: an alert about web-2026-09 waits for the next run: " in people.out


def test_json_is_one_documented_object_and_nothing_else(
    tight_spec: Path, bill: Path, state: Path
) -> None:
    ran = evaluate(tight_spec, bill, state, "--format", "json")

    assert (ran.code, ran.err) == (1, "")
    assert_documented("evaluation", ran.document)
    assert ran.document["charges"]["cost_total"] == "9"
    assert ran.document["slos"][0]["incident_change"] == "opened"


def test_a_dry_run_writes_nothing(tight_spec: Path, bill: Path, state: Path) -> None:
    ran = evaluate(tight_spec, bill, state, "--dry-run", "--format", "json")

    assert ran.document["slos"][0]["incident_change"] == "opened"
    assert not state.exists()


def test_text_for_no_terminal_has_no_escape_codes(
    tight_spec: Path, bill: Path, state: Path
) -> None:
    said = [
        evaluate(tight_spec, bill, state),
        cost_slo("incidents", "list", "--state", state),
        cost_slo("incidents", "show", "web-2026-09", "--state", state),
        cost_slo("validate", tight_spec),
        cost_slo("--help"),
    ]

    assert [ran.out for ran in said if ESCAPE in ran.out + ran.err] == []


def test_no_color_takes_the_colours_off_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    tight_spec: Path,
    bill: Path,
    state: Path,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = evaluate(tight_spec, bill, state)
    monkeypatch.setenv("NO_COLOR", "1")

    plain = evaluate(tight_spec, bill, state)

    colours = re.compile(rf"{ESCAPE}\[[0-9;]*3[0-7]m")
    assert colours.search(coloured.out)
    assert not colours.search(plain.out)


def test_a_name_that_looks_like_markup_is_printed_as_written(spec: Path) -> None:
    ran = cost_slo("validate", spec)

    assert ran.code == 0
    assert "[/shop] :boom:" in ran.out


def test_names_and_figures_are_whole_in_80_columns(
    monkeypatch: pytest.MonkeyPatch,
    tight_spec: Path,
    bill: Path,
    state: Path,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")

    evaluated = evaluate(tight_spec, bill, state)
    listed = cost_slo("incidents", "list", "--state", state)

    for ran, words in (
        (evaluated, ("web", "exhausted", "$9.00", "Month end")),
        (listed, ("web-2026-09", "page", "open", "2026-09-10")),
    ):
        assert [word for word in words if word not in ran.out] == []
        lines = re.sub(rf"{ESCAPE}\[[0-9;]*m", "", ran.out).splitlines()
        assert max(len(line) for line in lines if "next: cost-slo" not in line) <= 80


def test_the_state_folder_can_be_named_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
    tight_spec: Path,
    bill: Path,
    state: Path,
) -> None:
    monkeypatch.setenv("COST_SLO_STATE", str(state))
    as_of = ("--as-of", "2026-09-10T06:00")

    cost_slo("evaluate", "--spec", tight_spec, "--costs", bill, *as_of)

    assert (state / "state.sqlite3").exists()
    assert "web-2026-09" in cost_slo("incidents", "list").out


def test_an_empty_setting_means_the_default_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COST_SLO_STATE", "")
    monkeypatch.chdir(tmp_path)

    cost_slo("incidents", "list")

    assert not (tmp_path / "state.sqlite3").exists()


def test_the_schema_of_a_spec_is_json() -> None:
    ran = cost_slo("schema")

    assert ran.code == 0
    assert ran.document["title"] == "cost-slo spec"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_commands(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = cost_slo("--show-completion", shell)
    monkeypatch.setenv("_COST_SLO_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", "cost-slo ev")
    monkeypatch.setenv("COMP_CWORD", "1")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "cost-slo ev")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")

    completed = cost_slo()

    assert shown.code == 0
    assert "_COST_SLO_COMPLETE" in shown.out
    assert completed.code == 0
    assert "evaluate" in completed.out


def test_a_reader_that_hangs_up_is_no_traceback() -> None:
    with subprocess.Popen(
        [PROGRAM, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()

        assert b"Traceback" not in running.stderr.read()


def test_without_its_extra_the_program_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cost_slo.cli.app", None)

    ran = cost_slo("--version")

    assert ran.code == 5
    assert "install `cost-slo[local]`" in ran.err
