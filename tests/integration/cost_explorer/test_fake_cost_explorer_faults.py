# SPDX-License-Identifier: Apache-2.0
"""What the fake Cost Explorer counts, and how it fails on demand; its command line."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from cost_slo.testing.fake_cost_explorer import FakeCostExplorer, ReceivedCall
from tests.builders.bills import focus_row, write_csv
from tests.checks.cost_explorer_calls import SEPTEMBER, amounts, client, code_and_text, costs, raw

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 3})
ASKED = {"TimePeriod": SEPTEMBER, "Granularity": "MONTHLY", "Metrics": ["UnblendedCost"]}
MONITOR = {"MonitorName": "all", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}


@pytest.fixture(name="fake")
def a_fake(tmp_path: Path) -> Iterator[FakeCostExplorer]:
    bill = write_csv(tmp_path / "focus.csv", focus_row())
    with FakeCostExplorer(bill, clock=datetime(2026, 9, 20, tzinfo=UTC)) as fake:
        yield fake


def ask(ce: "CostExplorerClient") -> dict[str, str]:
    """The cost of September by day one."""
    return amounts(ce.get_cost_and_usage(**ASKED))


def test_every_call_is_kept_and_only_answers_are_paid_for(fake: FakeCostExplorer) -> None:
    costs(fake)
    raw(fake, "GetCostAndUsage", {"Metrics": []})
    raw(fake, "GetAnomalyMonitors", {})

    assert [call.operation for call in fake.calls] == [
        "GetCostAndUsage",
        "GetCostAndUsage",
        "GetAnomalyMonitors",
    ]
    assert fake.calls[1] == ReceivedCall("GetCostAndUsage", {"Metrics": []})
    assert fake.requests == 1


def test_the_next_calls_of_an_operation_fail_as_told(fake: FakeCostExplorer) -> None:
    fake.fail_next("GetCostAndUsage", "BillExpirationException", "The report expired.", times=2)
    ce = client(fake)

    for _ in range(2):
        with pytest.raises(ce.exceptions.BillExpirationException) as error:
            ask(ce)
        assert code_and_text(error.value) == ("BillExpirationException", "The report expired.")

    assert ask(ce) == {"2026-09-01": "1"}
    assert (len(fake.calls), fake.requests) == (3, 1)


def test_a_failure_waits_for_its_operation(fake: FakeCostExplorer) -> None:
    fake.fail_next("GetTags", "ThrottlingException", "Rate exceeded")

    assert ask(client(fake)) == {"2026-09-01": "1"}
    assert raw(fake, "GetTags", {"TimePeriod": SEPTEMBER})[0] == 400


@pytest.mark.parametrize(("after_effect", "monitors"), [(False, 0), (True, 1)])
def test_a_failure_comes_before_or_after_the_effect(
    fake: FakeCostExplorer, *, after_effect: bool, monitors: int
) -> None:
    fake.fail_next("*", "InternalFailure", "No.", status=500, after_effect=after_effect)

    status, answer = raw(fake, "CreateAnomalyMonitor", {"AnomalyMonitor": MONITOR})

    assert (status, answer["__type"]) == (500, "InternalFailure")
    assert len(fake.monitors) == monitors


@pytest.mark.parametrize(("after_effect", "paid"), [(False, 0), (True, 1)])
def test_a_connection_drops_before_or_after_the_effect(
    fake: FakeCostExplorer, *, after_effect: bool, paid: int
) -> None:
    fake.drop_next("GetCostAndUsage", after_effect=after_effect)

    with pytest.raises(ConnectionClosedError):
        ask(client(fake))

    assert fake.requests == paid


def test_an_sdk_that_tries_again_gets_over_throttles_and_drops(fake: FakeCostExplorer) -> None:
    fake.throttle_every(2)
    ce = client(fake, PATIENT)

    assert [ask(ce) for _ in range(3)] == [{"2026-09-01": "1"}] * 3

    assert (len(fake.calls), fake.requests) == (5, 3)
    fake.throttle_every(None)
    fake.drop_next("*")
    assert ask(ce) == {"2026-09-01": "1"}


def test_a_throttle_has_the_code_that_sdks_know(fake: FakeCostExplorer) -> None:
    fake.throttle_every(1)

    with pytest.raises(ClientError) as error:
        ask(client(fake))

    assert code_and_text(error.value) == ("LimitExceededException", "Rate exceeded")


def test_many_may_ask_at_a_time(fake: FakeCostExplorer) -> None:
    ce = client(fake)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(ce), range(64)))

    assert answers == [{"2026-09-01": "1"}] * 64
    assert fake.requests == len(fake.calls) == 64


def test_every_answer_has_an_id_of_its_own(fake: FakeCostExplorer) -> None:
    ids = {costs(fake)["ResponseMetadata"]["RequestId"] for _ in range(3)}

    assert len(ids) == 3


def test_an_sdk_finds_it_by_its_environment(
    fake: FakeCostExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_COST_EXPLORER", fake.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    from cost_slo.adapter_kit.aws_calls import client as aws_client  # noqa: PLC0415 - after the environment is set

    assert ask(aws_client("ce")) == {"2026-09-01": "1"}


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_command_serves_a_bill(tmp_path: Path, stop: signal.Signals) -> None:
    bill = write_csv(tmp_path / "focus.csv", focus_row())
    command = [sys.executable, "-m", "cost_slo.testing.fake_cost_explorer", f"{bill}"]
    with subprocess.Popen(
        [*command, "--clock", "2026-09-20T00:00:00Z", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            name, _, url = process.stdout.readline().strip().partition("=")
            assert name == "AWS_ENDPOINT_URL_COST_EXPLORER"
            status, answer = raw(url, "GetCostAndUsage", ASKED)
        finally:
            process.send_signal(stop)

    assert (status, process.returncode) == (200, 0)
    assert amounts(answer) == {"2026-09-01": "1"}


def test_the_command_says_why_it_does_not_serve(capsys: pytest.CaptureFixture[str]) -> None:
    from cost_slo.testing.fake_cost_explorer.__main__ import main  # noqa: PLC0415 - the shell

    assert main(["no-such-bill.csv"]) == 1
    assert "fake Cost Explorer: " in capsys.readouterr().err


def test_the_documented_snippet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[3] / "docs" / "testing.md"
    (snippet,) = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    write_csv(tmp_path / "bill.parquet.csv", focus_row())
    monkeypatch.chdir(tmp_path)

    names: dict[str, object] = {}
    exec(snippet.replace("bill.parquet", "bill.parquet.csv"), names)

    assert {"client", "fake"} <= names.keys()
