# SPDX-License-Identifier: Apache-2.0
import json
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.drivers.movers import (
    Mover,
    MoverKind,
    Movers,
    notable_movers,
    top_movers,
)
from cost_slo.domain.drivers.segment_movers import segment_movers
from cost_slo.domain.period import Period
from cost_slo.domain.spend.reading import DailySpend
from cost_slo.domain.stored import from_json, to_json
from tests.builders.changes import cell, cube
from tests.builders.stories import BASELINE, WINDOW, charges

MONTH_BEFORE = Period(date(2026, 10, 1), date(2026, 11, 1))

SPEND = st.lists(
    st.builds(
        DailySpend,
        day=st.integers(0, 13).map(lambda days: BASELINE.start + timedelta(days=days)),
        service=st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h"]),
        usage=st.decimals(min_value=0, max_value=10**6, places=12),
        credits=st.decimals(min_value=-(10**6), max_value=0, places=10),
    ),
    max_size=40,
)


def moved(*services: tuple[str, str, str], limit: int = 5) -> Movers:
    spend = charges({name: (before, after) for name, before, after in services})
    return top_movers(spend, WINDOW, baseline=BASELINE, limit=limit)


def test_the_largest_change_comes_first_and_the_rest_is_counted() -> None:
    movers = moved(("s3", "10", "12"), ("ec2", "50", "20"), ("rds", "5", "6"), limit=2)

    assert [mover.service for mover in movers.movers] == ["ec2", "s3"]
    assert movers.movers[0] == Mover("ec2", Decimal(50), Decimal(20), Decimal(-30), MoverKind.DOWN)
    assert movers.rest == Decimal(6) - Decimal(5)
    assert movers.change == Decimal(38) - Decimal(65)


def test_new_and_vanished_services_are_named_as_such() -> None:
    movers = moved(("lambda", "0", "8"), ("kinesis", "3", "0"), ("s3", "1", "2"))

    assert [mover.kind for mover in movers.movers] == [MoverKind.NEW, MoverKind.GONE, MoverKind.UP]


def test_equal_changes_are_ordered_by_name() -> None:
    movers = moved(("b", "0", "8"), ("c", "8", "0"), ("a", "1", "9"))

    assert [mover.service for mover in movers.movers] == ["a", "b", "c"]


def test_a_service_that_did_not_change_is_no_mover() -> None:
    assert moved(("s3", "4", "4")).movers == ()


def test_charges_outside_both_periods_do_not_count() -> None:
    stray = DailySpend(Decimal(99), day=WINDOW.end, service="s3")

    movers = top_movers([*charges({"s3": ("1", "2")}), stray], WINDOW, baseline=BASELINE)

    assert movers.total_after == Decimal(2)


def test_a_baseline_of_another_length_is_scaled_to_the_windows_days() -> None:
    spend = [
        DailySpend(Decimal(31), day=MONTH_BEFORE.start, service="s3"),
        DailySpend(Decimal(9), day=WINDOW.start, service="s3"),
    ]

    movers = top_movers(spend, WINDOW, baseline=MONTH_BEFORE)

    assert movers.total_before == Decimal(31) * 7 / 31
    assert movers.change == Decimal(9) - Decimal(7)


@given(SPEND, st.integers(0, 8), st.sampled_from([BASELINE, MONTH_BEFORE]))
def test_movers_and_the_rest_are_the_whole_change_exactly(
    spend: list[DailySpend], limit: int, baseline: Period
) -> None:
    movers = top_movers(spend, WINDOW, baseline=baseline, limit=limit)

    assert sum((mover.change for mover in movers.movers), movers.rest) == movers.change
    assert movers.total_after - movers.total_before == movers.change
    assert len(movers.movers) <= limit


@given(SPEND, st.randoms())
def test_the_order_of_charges_changes_nothing(spend: list[DailySpend], random: object) -> None:
    shuffled = list(spend)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert top_movers(shuffled, WINDOW, baseline=BASELINE) == top_movers(
        spend, WINDOW, baseline=BASELINE
    )


@given(SPEND)
def test_movers_survive_being_stored(spend: list[DailySpend]) -> None:
    movers = top_movers(spend, WINDOW, baseline=BASELINE)

    stored = json.loads(json.dumps(to_json(movers)))

    assert from_json(Movers, stored) == movers


def test_amounts_are_stored_as_decimal_strings() -> None:
    stored = to_json(moved(("s3", "10.10", "12")))

    assert stored["movers"] == [
        {"service": "s3", "before": "10.1", "after": "12", "change": "1.9", "kind": "up"}
    ]
    assert stored["window"] == {"start": "2026-11-08", "end": "2026-11-15"}


def test_movers_under_a_hundredth_of_the_movement_are_told_together() -> None:
    movers = notable_movers(moved(("ec2", "0", "1000"), ("s3", "0", "11"), ("sns", "0", "5")))

    assert [mover.service for mover in movers.movers] == ["ec2", "s3"]
    assert movers.rest == Decimal(5)


@given(SPEND)
def test_telling_small_movers_together_keeps_the_sum(spend: list[DailySpend]) -> None:
    movers = notable_movers(top_movers(spend, WINDOW, baseline=BASELINE))

    assert sum((mover.change for mover in movers.movers), movers.rest) == movers.change


def test_nothing_charged_is_no_change() -> None:
    movers = top_movers([], WINDOW, baseline=BASELINE)

    assert (movers.movers, movers.rest, movers.change) == ((), Decimal(0), Decimal(0))
    assert notable_movers(movers) == movers


def test_the_segments_of_a_cube_are_movers_that_add_up_and_survive_as_json() -> None:
    gateway, box = ("NatGateway-Bytes", "us-east-1"), ("BoxUsage", "eu-west-1")
    whole = cube(
        cell(gateway, "10", "400"), cell(box, "70", "70.5"), dimensions=("meter", "region")
    )

    found = segment_movers(whole)

    (mover,) = found.movers
    assert (mover.service, mover.change) == ("NatGateway-Bytes in us-east-1", Decimal(390))
    assert mover.where == (("meter", "NatGateway-Bytes"), ("region", "us-east-1"))
    assert found.rest == found.change - mover.change == Decimal("0.5")
    assert from_json(Movers, json.loads(json.dumps(to_json(found)))) == found
