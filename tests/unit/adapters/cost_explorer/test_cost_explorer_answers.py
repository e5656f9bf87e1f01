# SPDX-License-Identifier: Apache-2.0
"""Answers that cannot be counted are refused, and questions that cannot be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from cost_slo.adapters.cost_explorer.detail import counted_filter, told_apart
from cost_slo.adapters.cost_explorer.paid import PaidRequests
from cost_slo.adapters.cost_explorer.source import CostExplorerSource
from cost_slo.domain.errors import CostDataError, SourceError, SpecError
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import CubeQuestion
from tests.builders.readings import monthly, spec
from tests.worlds.cost_explorer_rig import FakeLedger

NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)
(WEB,) = spec(monthly("web")).slos
WINDOW, BASELINE = (Period(date(2026, 9, day), date(2026, 9, day + 2)) for day in (3, 1))


@dataclass
class CannedClient:
    """Answers each call with the next page."""

    pages: list[dict[str, Any]]
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def get_cost_and_usage(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        return self.pages[len(self.asked) - 1]


def page(*groups: tuple[int, Sequence[str], str, str], token: str = "") -> dict[str, Any]:
    """One page: day of September, keys, amount and unit of each group."""
    results = [
        {
            "TimePeriod": {"Start": f"2026-09-{day:02}", "End": f"2026-09-{day + 1:02}"},
            "Groups": [
                {
                    "Keys": list(keys),
                    "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": unit}},
                }
            ],
            "Estimated": True,
        }
        for day, keys, amount, unit in groups
    ]
    return {"ResultsByTime": results} | ({"NextPageToken": token} if token else {})


def source(*pages: dict[str, Any]) -> CostExplorerSource:
    client = cast("Any", CannedClient(list(pages)))
    return CostExplorerSource(client, PaidRequests(FakeLedger()), now=lambda: NOW)


def scoped(**scope: Any) -> Slo:
    (found,) = spec(monthly("scoped", scope=scope)).slos
    return found


def test_a_group_that_comes_on_two_pages_is_not_counted_twice() -> None:
    same = (1, ["Usage"], "5", "USD")

    with pytest.raises(SourceError, match="2026-09-01 Usage twice") as caught:
        source(page(same, token="more"), page(same)).fetch_costs([WEB], "USD", NOW)

    assert caught.value.retryable


def test_a_record_type_that_is_not_known_counts_as_usage_and_is_named_once() -> None:
    groups = [(1, ["Levy"], "5", "USD"), (2, ["Levy"], "2.5", "USD"), (2, ["Tax"], "1", "USD")]

    reading = source(page(*groups)).fetch_costs([WEB], "USD", NOW)

    assert [day.usage for day in reading.spend["web"]] == [Decimal(5), Decimal("2.5")]
    assert reading.notes == (
        "RECORD_TYPE `Levy` is not a known value: 2 rows with it ($7.50) count as usage.",
    )


def test_a_day_that_goes_on_on_the_next_page_is_one_day() -> None:
    first, second = page((1, ["Usage"], "5", "USD"), token="more"), page((1, ["Fee"], "2", "USD"))

    (day,) = source(first, second).fetch_costs([WEB], "USD", NOW).spend["web"]

    assert (day.usage, day.lumps, day.rows) == (Decimal(5), Decimal(2), 2)


@pytest.mark.parametrize("amount", ["", "n/a", "NaN", "Infinity"])
def test_an_amount_that_is_none_is_not_nothing(amount: str) -> None:
    with pytest.raises(SourceError, match=r"UnblendedCost: Cost Explorer answers .*: no amount"):
        source(page((1, ["Usage"], amount, "USD"))).fetch_costs([WEB], "USD", NOW)


def test_a_day_without_usage_does_not_move_how_far_charges_reach() -> None:
    pages = page((1, ["Usage"], "5", "USD"), (2, ["Tax"], "1", "USD"))

    assert source(pages).fetch_costs([WEB], "USD", NOW).charged_through == date(2026, 9, 2)


def test_an_account_without_usage_reaches_as_far_as_any_charge() -> None:
    only_tax = page((2, ["Tax"], "1", "USD"))

    assert source(only_tax).fetch_costs([WEB], "USD", NOW).charged_through == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("window", "baseline", "said"),
    [
        (Period(date(2026, 9, 2), date(2026, 9, 4)), BASELINE, "share days"),
        (WINDOW, Period(date(2025, 7, 1), date(2025, 7, 3)), "no day before 1 Aug 2025"),
        (Period(date(2026, 9, 17), date(2026, 9, 18)), BASELINE, "which is to come"),
    ],
)
def test_periods_nobody_can_tell_about_are_refused_before_any_call(
    window: Period, baseline: Period, said: str
) -> None:
    with pytest.raises(CostDataError, match=said):
        source().fetch_cube(CubeQuestion(window, baseline))


def test_a_cube_in_two_currencies_is_refused() -> None:
    mixed = page((1, ["EC2", "Box"], "5", "USD"), (3, ["EC2", "Disk"], "5", "EUR"))

    with pytest.raises(CostDataError, match="answers in EUR, USD; EUR was requested"):
        source(mixed).fetch_cube(CubeQuestion(WINDOW, BASELINE))


def test_a_cube_without_a_charge_is_refused() -> None:
    with pytest.raises(CostDataError, match="no charge in the scope of web in either period"):
        source(page()).fetch_cube(CubeQuestion(WINDOW, BASELINE, WEB))


def test_a_cube_says_what_has_not_arrived_and_what_is_estimated() -> None:
    pages = page((1, ["EC2", "NoUsageType"], "5", "USD"), (3, ["EC2", "Box"], "7", "USD"))

    cube = source(pages).fetch_cube(
        CubeQuestion(WINDOW, BASELINE, WEB, dimensions=("service", "meter"))
    )

    assert [cell.values for cell in cube.cells] == [("EC2", ""), ("EC2", "Box")]
    assert cube.notes == (
        "The charges end with 3 Sep 2026, so the window is not complete.",
        "Charges from 1 Sep 2026 on are estimates of the source.",
    )


def test_dimensions_beyond_two_and_those_it_has_not_got_are_left_out_with_a_note() -> None:
    assert told_apart(["region", "tag:user:team", "account", "meter"]) == (
        ("tag:user:team", "account"),
        [
            "Cost Explorer is not asked by region: it is no group of its answers.",
            "Cost Explorer is not asked by meter: it takes 2 at a time.",
        ],
    )
    with pytest.raises(CostDataError, match="cannot group by region, resource"):
        told_apart(["region", "resource"])


def test_segments_that_are_told_by_three_dimensions_have_no_days() -> None:
    where = (("service", "EC2"), ("meter", "Box"), ("account", "1"))

    assert source().fetch_series(CubeQuestion(WINDOW), [where, ()]) == ((), ())


def test_a_filter_beyond_what_it_takes_is_refused() -> None:
    with pytest.raises(SpecError, match="with its charge categories"):
        counted_filter(scoped(services=[f"s{number}" for number in range(99)]))


def test_what_is_metered_in_one_unit_has_quantities() -> None:
    pages = page(
        (1, ["EC2", "Box"], "5", "USD"),
        (3, ["EC2", "Box"], "8", "USD"),
        (1, ["EC2", "Tax"], "1", "USD"),
        (10, ["EC2", "Box"], "9", "USD"),
    )
    for place, (quantity, unit) in enumerate([("2", "Hrs"), ("3", "Hrs"), ("4", "N/A")]):
        metrics = pages["ResultsByTime"][place]["Groups"][0]["Metrics"]
        metrics["UsageQuantity"] = {"Amount": quantity, "Unit": unit}

    box, tax = (
        source(pages)
        .fetch_cube(CubeQuestion(WINDOW, BASELINE, WEB, dimensions=("service", "meter")))
        .cells
    )

    assert (box.before, box.after) == (Decimal(5), Decimal(8))
    assert (box.quantity_before, box.quantity_after, box.unit) == (Decimal(2), Decimal(3), "Hrs")
    assert tax.quantity_before is None


def test_a_charge_that_no_segment_takes_counts_for_none() -> None:
    pages = page((3, ["EC2"], "8", "USD"), (4, ["S3"], "1", "USD"))

    series = source(pages).fetch_series(CubeQuestion(WINDOW, slo=WEB), [(("service", "EC2"),)])

    assert series == ((Decimal(8), Decimal(0)),)


def test_categories_are_told_in_focus_words() -> None:
    pages = page((1, ["Support fee"], "5", "USD"), (3, ["Fee"], "8", "USD"))

    cube = source(pages).fetch_cube(CubeQuestion(WINDOW, BASELINE, dimensions=("category",)))

    (cell,) = cube.cells
    assert (cell.values, cell.before, cell.after) == (("Purchase",), Decimal(5), Decimal(8))
