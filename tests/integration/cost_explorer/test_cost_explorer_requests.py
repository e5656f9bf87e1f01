# SPDX-License-Identifier: Apache-2.0
"""What Cost Explorer is asked, how often, and what is counted when it refuses."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.errors import SourceError, SpecError
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spec.document import Spec
from cost_slo.domain.spend.cube import CubeQuestion
from cost_slo.domain.spend.reading import CostReading
from cost_slo.testing.fake_cost_explorer import Arrival, FakeCostExplorer
from cost_slo.use_cases.evaluate import run
from cost_slo.use_cases.reading import Monitor
from tests.builders.bills import focus_row, write_csv
from tests.builders.readings import monthly, spec
from tests.fakes.ports import FakeNotifier, FakeSpecSource, FakeStore, FakeUnitSource
from tests.worlds.cost_explorer_rig import FailingCalls, FakeLedger, Waits, live

FIRST = date(2026, 7, 1)
NOON = datetime(2026, 9, 16, 12, tzinfo=UTC)
TEAMS = 20
OPERATION = "GetCostAndUsage"


def charged(on: date, **changes: str) -> dict[str, str]:
    times = {"ChargePeriodStart": f"{on}T00:00:00Z", "ChargePeriodEnd": f"{on + DAY}T00:00:00Z"}
    return focus_row(**{**times, "SkuMeter": "BoxUsage", **changes})


@pytest.fixture(name="bill", scope="module")
def a_bill_of_twenty_teams(tmp_path_factory: pytest.TempPathFactory) -> Path:
    days = [FIRST + number * DAY for number in range(100)]
    rows = [
        charged(on, Tags=f'{{"team": "t{team}"}}', BilledCost=f"{team + 1}")
        for on in days
        for team in range(TEAMS)
    ]
    return write_csv(tmp_path_factory.mktemp("bill") / "focus.csv", *rows)


@pytest.fixture(name="fake")
def a_fake(bill: Path) -> Iterator[FakeCostExplorer]:
    with FakeCostExplorer(bill, clock=NOON, page_size=500) as fake:
        yield fake


def by_team(team: int, **scope: Any) -> dict[str, Any]:
    return monthly(f"team-{team}", 10_000, scope={"tags": {"team": [f"t{team}"]}} | scope)


TWENTY = spec(*(by_team(team) for team in range(TEAMS)))
OPEN = {slo.name: date(2026, 9, 1) for slo in TWENTY.slos}


def read(fake: FakeCostExplorer, ledger: FakeLedger, document: Spec = TWENTY) -> CostReading:
    since = {slo.name: date(2026, 9, 1) for slo in document.slos}
    return live(fake, ledger).fetch_costs(document.slos, "USD", NOON, since)


def test_twenty_slos_for_sixty_days_cost_a_request_a_day(bill: Path) -> None:
    store, start = FakeStore(), datetime(2026, 7, 20, 9, tzinfo=UTC)
    arrival = Arrival(restated_one_in=5)
    with FakeCostExplorer(bill, clock=start, arrival=arrival) as fake:
        monitor = Monitor(
            specs=FakeSpecSource(TWENTY),
            costs=live(fake, store),
            units=FakeUnitSource(),
            policy=cache(partial(load_policy, base=Path())),
            store=store,
            notifier=FakeNotifier(),
        )
        run(monitor, start)
        backfill = fake.requests
        for number in range(1, 61):
            fake.clock = start + number * DAY
            document = run(monitor, fake.clock).document
            assert document["errors"] == []
            assert document["source"]["requests_cap"] == 300
        asked = [call.parameters["TimePeriod"] for call in fake.calls]
        months = {(start + number * DAY).date().replace(day=1) for number in range(61)}
        counted = sum(store.load_requests(month) for month in months)

    assert (fake.requests - backfill) / 60 <= 1.2
    assert counted == fake.requests
    assert asked[0]["Start"] == "2026-02-01"
    assert asked[23]["Start"] == "2026-08-01", "settled days are never asked for again"


def test_pages_are_read_to_the_end_and_each_is_counted(fake: FakeCostExplorer) -> None:
    ledger, whole = FakeLedger(), read(fake, FakeLedger())
    fake.page_size, before = 75, fake.requests

    paged = read(fake, ledger)

    assert paged.spend == whole.spend
    assert ledger.total == fake.requests - before == paged.requests == 4
    assert paged.request_cost == Decimal("0.04")
    assert paged.description == "Cost Explorer, 4 requests ($0.04)"
    assert paged.requests_month == 4


@pytest.mark.parametrize("code", ["InvalidNextTokenException", "RequestChangedException"])
def test_an_answer_that_breaks_off_is_read_again_from_the_start(
    fake: FakeCostExplorer, code: str
) -> None:
    ledger, whole = FakeLedger(), read(fake, FakeLedger())
    fake.page_size, before = 75, fake.requests
    fake.faults = FailingCalls(first=3, code=code)

    again = read(fake, ledger)

    assert again.spend == whole.spend
    assert again.charges == whole.charges
    assert ledger.total == fake.requests - before == 2 + 4


def test_an_answer_that_breaks_off_each_time_is_an_error_in_the_end(fake: FakeCostExplorer) -> None:
    fake.faults = FailingCalls(code="RequestChangedException", times=9)

    with pytest.raises(SourceError, match="asked again and again") as caught:
        read(fake, FakeLedger())

    assert caught.value.retryable
    assert len(fake.calls) == 1 + 3


def test_a_throttled_page_is_waited_for_and_asked_for_again(fake: FakeCostExplorer) -> None:
    ledger, waits, whole = FakeLedger(), Waits(), read(fake, FakeLedger())
    fake.page_size, before = 75, fake.requests
    fake.faults = FailingCalls(first=3, times=3)

    paged = live(fake, ledger, waits=waits).fetch_costs(TWENTY.slos, "USD", NOON, OPEN)

    assert paged.spend == whole.spend
    assert waits.waited == [0.5, 1.0, 2.0], "half of a wait that doubles"
    assert ledger.total == fake.requests - before == paged.requests == 4


def test_throttling_without_end_is_an_error_that_may_be_tried_later(
    fake: FakeCostExplorer,
) -> None:
    ledger, waits = FakeLedger(), Waits()
    fake.faults = FailingCalls(times=99)

    with pytest.raises(SourceError, match="slow down") as caught:
        live(fake, ledger, waits=waits).fetch_costs(TWENTY.slos, "USD", NOON, OPEN)

    assert caught.value.retryable
    assert len(waits.waited) == 4
    assert ledger.total == 0, "AWS does not charge for a refusal"


def test_an_expired_bill_is_asked_for_once_more(fake: FakeCostExplorer) -> None:
    fake.faults = FailingCalls(code="BillExpirationException")
    assert read(fake, FakeLedger()).requests == 1

    fake.faults = FailingCalls(code="BillExpirationException", times=2)
    with pytest.raises(SourceError, match="BillExpirationException"):
        read(fake, FakeLedger())


def test_an_account_without_data_yet_is_told_so(fake: FakeCostExplorer) -> None:
    fake.faults = FailingCalls(code="DataUnavailableException", said="Data is not available.")

    with pytest.raises(SourceError, match=r"has no data for .*Sep.*a day passes"):
        read(fake, FakeLedger())


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("Start date (and hour) should be before end date (and hour)", "the period has no day"),
        ("end date past the beginning of next month", "is --as-of to come"),
        (
            (
                "To retrieve data beyond the past 14 months, your start date needs to be the "
                "first day of the month."
            ),
            "it knows the days of 14 months",
        ),
    ],
)
def test_refused_dates_say_what_to_do(fake: FakeCostExplorer, said: str, advice: str) -> None:
    fake.faults = FailingCalls(code="ValidationException", said=said)

    with pytest.raises(SourceError, match=advice):
        read(fake, FakeLedger())


def test_beyond_the_cap_nothing_is_asked(fake: FakeCostExplorer) -> None:
    ledger = FakeLedger({date(2026, 9, 1): 300})

    with pytest.raises(SourceError) as caught:
        read(fake, ledger)

    assert str(caught.value) == (
        "the cap of 300 paid requests ($3.00) for September 2026 is reached, so no request is "
        "made; raise COST_SLO_CE_MONTHLY_CAP, or evaluate an export of the bill (--costs "
        "FILE), which costs nothing"
    )
    assert fake.calls == []
    assert ledger.total == 300


def test_a_dropped_answer_may_have_been_paid_for_and_stays_counted(fake: FakeCostExplorer) -> None:
    ledger = FakeLedger()
    fake.drop_next(OPERATION, after_effect=True)

    with pytest.raises(SourceError, match="no answer from AWS"):
        read(fake, ledger)

    assert ledger.total == fake.requests == 1


def test_a_scope_that_fails_alone_silences_no_other(fake: FakeCostExplorer) -> None:
    narrow = by_team(3, regions=["us-east-1"])
    document = spec(by_team(1), narrow | {"name": "narrow"})
    fake.faults = FailingCalls(first=2, code="ValidationException", said="no")

    reading = read(fake, FakeLedger(), document)

    assert set(reading.spend) == {"team-1"}
    assert set(reading.failures) == {"narrow"}


def test_more_values_than_a_filter_takes_are_refused_before_any_call(
    fake: FakeCostExplorer,
) -> None:
    many = [f"t{number}" for number in range(101)]
    document = spec(by_team(1), monthly("many", scope={"tags": {"team": many, "app": ["a"]}}))

    reading = read(fake, FakeLedger(), document)

    (refused,) = reading.failures.values()
    assert isinstance(refused, SpecError)
    assert "names 102 values, and Cost Explorer filters by 100 at most" in str(refused)
    assert len(fake.calls) == 1


def test_a_scope_outside_aws_is_not_asked_for(fake: FakeCostExplorer) -> None:
    document = spec(monthly("other", scope={"providers": ["Datadog"]}))

    reading = read(fake, FakeLedger(), document)

    assert reading.spend == {"other": ()}
    assert reading.charged_through == date(2026, 9, 15)
    assert reading.notes == ("other counts no charge of AWS, and Cost Explorer knows no other.",)


def test_another_currency_than_the_spec_s_is_refused_by_name(fake: FakeCostExplorer) -> None:
    reading = live(fake, FakeLedger()).fetch_costs(TWENTY.slos[:1], "EUR", NOON, OPEN)

    (error,) = reading.failures.values()
    assert "answers team-0 in USD on 2026-09-01, and the spec is in EUR" in str(error)


def test_a_month_of_a_new_slo_is_read_from_the_backfill_on(fake: FakeCostExplorer) -> None:
    known = {"team-0": date(2026, 9, 1)}

    reading = live(fake, FakeLedger()).fetch_costs(TWENTY.slos[:2], "USD", NOON, known)

    assert reading.covers_from == {"team-0": date(2026, 4, 1)}
    assert reading.spend["team-1"][0].day == FIRST


def test_a_cube_and_its_series_cost_a_request_each(fake: FakeCostExplorer) -> None:
    ledger, slo = FakeLedger(), TWENTY.slos[2]
    source = live(fake, ledger)
    window, baseline = (Period(date(2026, 9, day), date(2026, 9, day + 7)) for day in (8, 1))

    cube = source.fetch_cube(CubeQuestion(window, baseline, slo, "USD"))
    series = source.fetch_series(CubeQuestion(window, slo=slo), [(("service", "Amazon EC2"),), ()])

    assert [(cell.values, cell.before, cell.after) for cell in cube.cells] == [
        (("Amazon EC2",), Decimal(21), Decimal(21))
    ]
    assert cube.requests == 1
    assert series == ((Decimal(3),) * 7, (Decimal(0),) * 7)
    assert ledger.total == 2
