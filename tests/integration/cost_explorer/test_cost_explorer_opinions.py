# SPDX-License-Identifier: Apache-2.0
"""AWS's own forecast and comparison: asked within the rules, counted, and told in our words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cost_slo.adapters.cost_explorer.paid import PaidRequests
from cost_slo.adapters.cost_explorer.second_opinion import CostExplorerOpinions
from cost_slo.domain.errors import CostDataError, SourceError
from cost_slo.domain.period import DAY, Month, Period
from cost_slo.domain.spend.second_opinion import MonthChange, NoOpinion, RestOfMonth
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from tests.builders.bills import focus_row, write_csv
from tests.builders.readings import monthly, spec
from tests.checks.cost_explorer_calls import client
from tests.worlds.cost_explorer_rig import FailingCalls, FakeLedger, Waits

NOON = datetime(2026, 9, 16, 12, tzinfo=UTC)
(WEB,) = spec(monthly("web", scope={"services": ["Amazon EC2"]})).slos
AUGUST, SEPTEMBER = (Month.containing(date(2026, month, 1)) for month in (8, 9))


@pytest.fixture(name="fake")
def a_fake(tmp_path: Path) -> Iterator[FakeCostExplorer]:
    days = [date(2026, 8, 1) + number * DAY for number in range(61)]
    rows = [
        focus_row(
            ChargePeriodStart=f"{on}T00:00:00Z",
            ChargePeriodEnd=f"{on + DAY}T00:00:00Z",
            ServiceName=service,
            SkuMeter="BoxUsage",
            BilledCost=f"{cost + on.month - 8}",
        )
        for on in days
        for service, cost in (("Amazon EC2", 3), ("Amazon S3", 1))
    ]
    with FakeCostExplorer(write_csv(tmp_path / "focus.csv", *rows), clock=NOON) as fake:
        yield fake


def opinions(fake: FakeCostExplorer, ledger: FakeLedger | None = None) -> CostExplorerOpinions:
    paid = PaidRequests(ledger or FakeLedger(), patience=Waits().patience)
    return CostExplorerOpinions(client(fake), paid)


def test_a_forecast_is_of_the_rest_of_the_month_and_of_what_the_slo_counts(
    fake: FakeCostExplorer,
) -> None:
    ledger = FakeLedger()

    found = opinions(fake, ledger).second_opinion(WEB, NOON)

    assert isinstance(found, RestOfMonth)
    assert found.period == Period(date(2026, 9, 16), date(2026, 10, 1))
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(Decimal(15 * 3.5), rel=Decimal("0.05"))
    assert ledger.total == fake.requests == 1


def test_the_last_day_of_a_month_has_no_forecast_and_costs_nothing(fake: FakeCostExplorer) -> None:
    found = opinions(fake).second_opinion(WEB, datetime(2026, 9, 30, 9, tzinfo=UTC))

    assert found == NoOpinion("on the last day of a month no day is left to forecast")
    assert fake.calls == []


def test_a_short_history_has_no_forecast_and_says_so(fake: FakeCostExplorer) -> None:
    fake.clock = at = datetime(2026, 8, 6, 12, tzinfo=UTC)
    ledger = FakeLedger()

    found = opinions(fake, ledger).second_opinion(WEB, at)

    assert found == NoOpinion("Insufficient amount of historical data.")
    assert ledger.total == 0


def test_a_forecast_that_fails_is_an_error_of_ours(fake: FakeCostExplorer) -> None:
    fake.faults = FailingCalls(code="ValidationException", said="no")

    with pytest.raises(SourceError, match="ce:GetCostForecast"):
        opinions(fake).second_opinion(WEB, NOON)


def test_two_months_are_compared_by_service_and_driver(fake: FakeCostExplorer) -> None:
    fake.clock = datetime(2026, 10, 12, tzinfo=UTC)
    ledger = FakeLedger()

    found = opinions(fake, ledger).compare_months(WEB, AUGUST, SEPTEMBER)

    where = (("service", "Amazon EC2"),)
    assert found.parts == (MonthChange(where, Decimal(93), Decimal(120)),)
    assert found.difference == Decimal(27)
    assert found.currency == "USD"
    (driver,) = found.drivers
    assert driver.kind == "USAGE_CHANGE"
    assert driver.difference == Decimal(27)
    assert set(driver.where) >= {*where, ("meter", "BoxUsage")}
    assert ledger.total == fake.requests == 2


def test_a_scope_outside_aws_has_no_opinion_of_aws(fake: FakeCostExplorer) -> None:
    (elsewhere,) = spec(monthly("dd", scope={"providers": ["Datadog"]})).slos

    with pytest.raises(CostDataError, match="counts no charge of AWS"):
        opinions(fake).second_opinion(elsewhere, NOON)
