# SPDX-License-Identifier: Apache-2.0
"""`--costs ce:` on the command line: the price before any call, the count after each run."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cost_slo.domain.period import DAY
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from cost_slo.wiring.local import store_of
from tests.builders.bills import focus_row, write_csv
from tests.checks.command_line import Ran, cost_slo
from tests.checks.documents import assert_documented
from tests.checks.golden_files import assert_golden

NOON = datetime(2026, 9, 16, 12, tzinfo=UTC)
SPEC = """\
apiVersion: cost-slo/v1
slos:
  - {name: red, product: shop, owner: web, objective: {monthly: 1000},
     scope: {tags: {team: [red]}}}
  - {name: blue, product: shop, owner: web, objective: {monthly: 1000},
     scope: {tags: {team: [blue]}}}
  - {name: ireland, product: shop, owner: web, objective: {monthly: 1000}, metric: EffectiveCost,
     scope: {regions: [eu-west-1], not: {services: [AWS Support]}}}
"""
NOVA = """\
  - {name: nova, product: shop, owner: web, objective: {monthly: 1000},
     scope: {product_attributes: {model: [nova-pro]}}}
"""


@pytest.fixture(name="fake")
def a_fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCostExplorer]:
    days = [datetime(2026, 6, 1, tzinfo=UTC) + number * DAY for number in range(110)]
    rows = [
        focus_row(
            ChargePeriodStart=f"{on:%Y-%m-%d}T00:00:00Z",
            ChargePeriodEnd=f"{on + DAY:%Y-%m-%d}T00:00:00Z",
            SkuMeter=meter,
            RegionId=region,
            BilledCost=cost,
            Tags=f'{{"team": "{team}"}}',
        )
        for on in days
        for team, meter, region, cost in (
            ("red", "BoxUsage", "eu-west-1", "12" if on.day == 14 else "3"),
            ("blue", "EBS", "us-east-1", "2"),
        )
    ]
    with FakeCostExplorer(write_csv(tmp_path / "focus.csv", *rows), clock=NOON) as fake:
        monkeypatch.setenv("AWS_ENDPOINT_URL_COST_EXPLORER", fake.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
        yield fake


@pytest.fixture(name="spec")
def a_spec(tmp_path: Path) -> Path:
    spec = tmp_path / "slos.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    return spec


@pytest.fixture(name="state")
def a_state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def evaluated(spec: Path, state: Path, *more: str) -> Ran:
    asked = ("--costs", "ce:", "--state", state, "--as-of", "2026-09-16T12:00")
    return cost_slo("evaluate", "--spec", spec, *asked, *more)


def test_a_dry_run_prints_the_plan_and_asks_nothing(
    fake: FakeCostExplorer, spec: Path, state: Path
) -> None:
    ran = evaluated(spec, state, "--dry-run")

    assert ran.code == 0
    assert_golden("plan_cost_explorer.txt", ran.out)
    assert fake.calls == []


def test_a_dry_run_needs_no_account(
    spec: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)

    ran = evaluated(spec, state, "--dry-run", "--format", "json")

    assert ran.code == 0
    assert ran.document["schema"] == "cost-slo/plan/v1"
    assert ran.document["price"] == "0.02"
    assert ran.document["requests"][0]["slos"] == ["red", "blue"]
    assert ran.document["requests"][0]["request"]["TimePeriod"] == {
        "Start": "2026-04-01",
        "End": "2026-09-17",
    }


def test_a_second_opinion_is_priced_noted_and_counted(
    fake: FakeCostExplorer, spec: Path, state: Path
) -> None:
    planned = evaluated(spec, state, "--dry-run", "--second-opinion")
    ran = evaluated(spec, state, "--second-opinion")

    assert "plus 3 AWS forecasts, one per monthly objective" in planned.out
    assert "5 requests, $0.05," in planned.out
    assert (
        "blue: AWS expects the month to end at $58.00 ($58.00 to $58.00), with what has arrived of "
        "the days before 16 Sep 2026; we estimate $60.00"
    ) in ran.out.replace("\n", " ")
    assert "5 paid requests ($0.05); 5 of 300 allowed this month." in ran.out
    assert fake.requests == 5


def test_what_is_told_by_product_attributes_is_asked_late_and_has_no_forecast(
    fake: FakeCostExplorer, spec: Path, state: Path
) -> None:
    spec.write_text(SPEC + NOVA, encoding="utf-8")

    planned = evaluated(spec, state, "--dry-run", "--second-opinion")

    asked = "2026-09-01..2026-09-16 by RECORD_TYPE; product attribute model is nova-pro"
    assert asked in " ".join(planned.out.split())
    assert "plus 3 AWS forecasts, one per monthly objective" in planned.out
    assert fake.calls == []


def test_a_bill_in_files_judges_the_slos_that_it_can_tell(
    tmp_path: Path, fake: FakeCostExplorer, spec: Path, state: Path
) -> None:
    del fake
    spec.write_text(SPEC + NOVA, encoding="utf-8")
    bill = tmp_path / "focus.csv"

    ran = cost_slo(
        "evaluate", "--spec", spec, "--costs", bill, "--state", state, "--as-of", f"{NOON:%FT%TZ}"
    )

    assert ran.code == 3
    assert "nova: product_attributes: a bill in files has no product attributes;" in ran.out
    assert "ireland within" in " ".join(ran.out.split())


def test_a_second_opinion_that_fails_is_a_note(
    fake: FakeCostExplorer, spec: Path, state: Path
) -> None:
    fake.fail_next("GetCostForecast", "ValidationException", "no")

    ran = evaluated(spec, state, "--second-opinion")

    assert ran.code == 0
    assert "red: AWS was not heard: ce:GetCostForecast: ValidationException: no" in ran.out


def test_a_second_opinion_goes_with_cost_explorer_alone(spec: Path, state: Path) -> None:
    bill = ("--costs", "bill.csv", "--state", state)

    ran = cost_slo("evaluate", "--spec", spec, *bill, "--second-opinion")

    assert ran.code == 2
    assert "--second-opinion needs --costs ce:" in ran.err


def test_a_run_says_what_it_cost_and_what_the_month_has_cost(
    fake: FakeCostExplorer, spec: Path, state: Path
) -> None:
    evaluated(spec, state)
    ran = evaluated(spec, state)

    assert "2 paid requests ($0.02); 4 of 300 allowed this month." in ran.out
    assert store_of(state).load_requests(NOON.date()) == fake.requests == 4


def test_the_object_of_a_paid_run_is_documented(
    fake: FakeCostExplorer, spec: Path, state: Path
) -> None:
    ran = evaluated(spec, state, "--format", "json")

    assert_documented("evaluation", ran.document)
    source = ran.document["source"]
    assert (source["requests"], source["request_cost"]) == (2, "0.02")
    assert (source["requests_month"], source["requests_cap"]) == (fake.requests, 300)


def test_at_the_cap_of_the_environment_nothing_is_asked_and_the_exit_code_is_4(
    fake: FakeCostExplorer, spec: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COST_SLO_CE_MONTHLY_CAP", "0")

    ran = evaluated(spec, state)

    assert ran.code == 4
    assert "the cap of 0 paid requests ($0.00) for September 2026 is reached" in ran.err
    (alert,) = (state / "alerts").iterdir()
    assert "[cap reached] no SLO is judged" in alert.read_text(encoding="utf-8")
    assert fake.calls == []


def test_a_cap_that_is_no_number_is_exit_5(
    spec: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COST_SLO_CE_MONTHLY_CAP", "three dollars")

    ran = evaluated(spec, state, "--dry-run")

    assert ran.code == 5
    assert "COST_SLO_CE_MONTHLY_CAP: not of the form that is expected" in ran.err


def test_a_change_is_explained_by_meter_for_two_requests(
    fake: FakeCostExplorer, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COST_SLO_STATE", str(state))
    periods = ("--from", "2026-08-17..2026-08-23", "--to", "2026-09-08..2026-09-14")

    ran = cost_slo("explain", "--costs", "ce:", *periods, "--format", "json")

    assert ran.code == 0, ran.err
    assert ran.document["total"]["change"] == "9"
    (driver,) = ran.document["drivers"]
    assert driver["where"] == [{"dimension": "meter", "value": "BoxUsage"}]
    assert store_of(state).load_requests(datetime.now(UTC).date()) == fake.requests == 2


def test_a_bill_read_live_can_be_replayed_and_told(
    fake: FakeCostExplorer, spec: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COST_SLO_STATE", str(state))
    at = ("--costs", "ce:", "--as-of", "2026-09-16T12:00")

    assert cost_slo("validate", spec, *at).code == 0
    assert cost_slo("backtest", "--spec", spec, *at).code == 0
    assert fake.requests == 4
