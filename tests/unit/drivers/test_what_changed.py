# SPDX-License-Identifier: Apache-2.0
"""What a change is told as: names, shares, days and sentences that add up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.drivers.document import explanation
from cost_slo.domain.drivers.segments.names import named, segment_name, shared, whereabouts
from cost_slo.domain.drivers.segments.segments import breakdown
from cost_slo.domain.drivers.sentences import (
    baseline_words,
    change_headline,
    driver_sentence,
    offset_note,
    period_words,
    share_words,
)
from cost_slo.domain.drivers.what_changed import (
    first_match_order,
    observed,
    used_quantity,
    what_changed,
)
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spend.cube import Cell
from tests.builders.bills import an_slo
from tests.builders.changes import (
    BOX,
    DIMENSIONS,
    FIRST_WEEK,
    NAT,
    SECOND_WEEK,
    SPOT,
    cell,
    changed,
    cube,
    segment,
)
from tests.checks.documents import assert_documented

TAGGED = ("service", "tag:team")
HOURS = {"unit": "Hours", "quantity_before": "10", "quantity_after": "20"}


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ({"service": "VPC"}, "VPC"),
        ({"meter": "NatGateway-Bytes"}, "NatGateway-Bytes"),
        ({"service": "VPC", "meter": "NatGateway-Bytes"}, "NatGateway-Bytes (VPC)"),
        ({"service": "EC2", "meter": ""}, "EC2 without a meter"),
        ({"meter": ""}, "charges without a meter"),
        ({"service": ""}, "charges without a service"),
        ({"category": "Tax"}, "Tax charges"),
        ({"category": "Tax", "service": "EC2"}, "Tax of EC2"),
        ({"category": "Usage", "service": "EC2"}, "EC2"),
        ({"category": "Usage"}, "Usage charges"),
        ({"meter": "BoxUsage", "tag:team": ""}, "BoxUsage"),
        ({"region": "x", "tag:team": ""}, "everything in x without the tag team"),
        ({"category": ""}, "everything without a category"),
        ({"region": "us-east-1"}, "everything in us-east-1"),
        ({"account": "1111"}, "everything of account 1111"),
        ({"account": ""}, "everything of no account"),
        ({"resource": "i-1"}, "everything by i-1"),
        ({"resource": "", "service": "EC2"}, "EC2 of no resource"),
        ({"tag:team": "web", "service": "EC2"}, "EC2 tagged team=web"),
        ({"tag:team": "web", "tag:env": "prod"}, "everything tagged team=web and env=prod"),
        (
            {"tag:team": "", "tag:env": "prod", "region": "x"},
            "everything in x tagged env=prod without the tag team",
        ),
    ],
)
def test_a_segment_is_called_by_what_its_charges_have_in_common(
    where: dict[str, str], name: str
) -> None:
    assert segment_name(where.items()) == name


def test_what_all_cells_of_a_segment_agree_in_is_told_too() -> None:
    found = segment({"meter": "NatGateway-Bytes"}, cell(NAT, "1", "2"))
    mixed = segment({"service": "EC2"}, cell(BOX, "1", "2"), cell(SPOT, "1", "2"))
    nowhere = segment({"meter": "BoxUsage"}, cell(("EC2", "BoxUsage", "", ""), "1", "2"))

    assert named(found, DIMENSIONS) == "NatGateway-Bytes (VPC) in us-east-1 of account 1111"
    assert named(mixed, DIMENSIONS) == "EC2"
    assert named(nowhere, DIMENSIONS) == "BoxUsage (EC2)"


def test_what_costs_nothing_hides_no_place_that_all_costs_share() -> None:
    idle = cell((*NAT[:2], "2222", "eu-west-1"), "0", "0")
    found = segment({"meter": "NatGateway-Bytes"}, cell(NAT, "1", "2"), idle)
    nothing = segment({"meter": "NatGateway-Bytes"}, idle)

    assert named(found, DIMENSIONS) == "NatGateway-Bytes (VPC) in us-east-1 of account 1111"
    assert shared(nothing, cube(idle)) == ()


def test_what_a_driver_shares_is_all_its_costs_agree_in_where_the_whole_does_not() -> None:
    gateway, everywhere = segment({"meter": NAT[1]}, cell(NAT, "1", "2")), cell(BOX, "1", "1")
    untagged = segment({"service": "VPC"}, cell(("VPC", ""), "1", "2"))

    assert shared(gateway, cube(*gateway.cells, everywhere)) == (("service", "VPC"),)
    assert shared(gateway, cube(*gateway.cells)) == ()
    assert shared(
        untagged, cube(*untagged.cells, cell(("EC2", "web"), "1", "1"), dimensions=TAGGED)
    ) == (("tag:team", ""),)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, ""),
        ({"service": "VPC", "region": "us-east-1", "account": "1111"}, ""),
        ({"category": "Usage", "tag:team": ""}, ""),
        ({"category": "Tax"}, "Tax charges"),
        ({"resource": "i-1"}, "by i-1"),
        ({"meter": "BoxUsage", "tag:team": "web", "tag:env": "prod"}, "BoxUsage tagged team=web"),
    ],
)
def test_what_a_name_says_already_or_does_not_matter_is_not_told_again(
    found: dict[str, str], words: str
) -> None:
    assert whereabouts(tuple(found.items())) == words


def test_a_driver_is_told_with_the_meter_and_the_tag_that_all_of_it_has() -> None:
    web, api = cell(("EC2", "BoxUsage", "web"), "1", "9"), cell(("S3", "Requests", "api"), "5", "5")
    whole = cube(web, api, dimensions=("service", "meter", "tag:team"))

    found = what_changed(whole, breakdown(whole), [()], FIRST_WEEK.start)
    (told,) = explanation(found)["drivers"]

    assert told["where"] == [{"dimension": "service", "value": "EC2"}]
    assert told["shared"] == [
        {"dimension": "meter", "value": "BoxUsage"},
        {"dimension": "tag:team", "value": "web"},
    ]
    assert told["text"] == (
        "EC2: +$8.00, from $1.00 to $9.00; 100% of the change; all BoxUsage tagged team=web."
    )


def test_a_part_without_a_subject_of_its_own_is_everything_else_there() -> None:
    part = segment(
        {"region": "us-east-1"}, cell(BOX, "1", "2"), cell((*NAT[:2], "2", NAT[3]), "1", "2")
    )

    assert named(part, DIMENSIONS, others=True) == "everything else in us-east-1"


def test_a_segment_of_which_another_claimed_a_part_is_the_other_part() -> None:
    spot = segment({"meter": "SpotUsage"}, cell(SPOT, "0", "9"))
    boxes = segment({"service": "EC2"}, cell(BOX, "1", "5"), cell((*BOX[:3], "x"), "1", "2"))
    gateways = segment({"service": "VPC"}, cell(NAT, "1", "4"))

    found = changed(boxes, spot, gateways)

    assert [driver.name.split()[0] for driver in found.drivers] == [
        "other",
        "SpotUsage",
        "VPC",
    ]
    assert first_match_order([boxes, spot, gateways], DIMENSIONS) == [1, 0, 2]


def test_segments_that_claim_cells_of_each_other_keep_their_order() -> None:
    one = segment({"service": "EC2"}, cell(("EC2", "BoxUsage", "1111", "x"), "0", "1"))
    two = segment({"account": "1111"}, cell(("EC2", "Other", "1111", "x"), "0", "1"))

    assert first_match_order([one, two], DIMENSIONS) == [0, 1]


def test_drivers_and_rest_add_up_to_the_change_to_the_last_digit() -> None:
    tiny = "0.000000000000000000000001"
    found = changed(
        segment({"service": "VPC"}, cell(NAT, "0.1", "1000000000.3")),
        rest=(cell(BOX, "5", "5" + tiny[1:]),),
    )

    assert str(found.change) == "1000000000.200000000000000000000001"
    with localcontext(prec=60):
        assert sum(part.segment.change for part in found.parts) == found.change


def test_a_share_passes_the_whole_when_something_else_fell() -> None:
    found = changed(
        segment({"service": "VPC"}, cell(NAT, "0", "30")),
        segment({"service": "EC2"}, cell(BOX, "20", "0")),
    )

    assert [share_words(driver) for driver in found.drivers] == ["300%", "-200%"]
    assert offset_note(found) == (
        "Shares exceed 100% because $20.00 of decreases offset $30.00 of increases."
    )
    new, gone = (driver_sentence(driver, found) for driver in found.drivers)
    assert new == (
        "VPC in us-east-1 of account 1111: new, +$30.00; 300% of the change; all NatGateway-Bytes."
    )
    assert gone == (
        "EC2 in us-east-1 of account 1111: gone, -$20.00; offsets the change (-200%); all BoxUsage."
    )


def test_a_share_of_no_change_is_none() -> None:
    found = changed(
        segment({"service": "VPC"}, cell(NAT, "0", "30")),
        segment({"service": "EC2"}, cell(BOX, "30", "0")),
    )

    assert [share_words(driver) for driver in found.drivers] == ["-", "-"]
    assert offset_note(found) == "$30.00 of increases and $30.00 of decreases add up to $0.00."
    assert driver_sentence(found.drivers[0], found).endswith(
        "1111: new, +$30.00; all NatGateway-Bytes."
    )


def test_what_barely_goes_the_other_way_is_not_worth_a_word() -> None:
    found = changed(
        segment({"service": "VPC"}, cell(NAT, "0", "30")), rest=(cell(BOX, "1.4", "0"),)
    )

    assert offset_note(found) is None
    assert offset_note(changed(segment({"service": "VPC"}, cell(NAT, "0", "0")))) is None


def test_usage_price_and_quantities_are_told_of_what_is_metered() -> None:
    # 10 hours at 1 became 20 at 2: (20 - 10) * 1.5 of usage, (2 - 1) * 15 of price.
    found = changed(segment({"service": "EC2"}, cell(BOX, "10", "40", **HOURS)))

    assert driver_sentence(found.drivers[0], found) == (
        "EC2 in us-east-1 of account 1111: +$30.00, from $10.00 to $40.00; 100% of the change; "
        "+$15.00 from more usage, +$15.00 from a higher price (10 to 20 Hours)."
    )


def test_a_fall_is_told_with_its_own_words_and_fine_quantities_with_their_digits() -> None:
    hours = HOURS | {"quantity_before": "1234.56", "quantity_after": "0.001234"}
    found = changed(segment({"service": "EC2"}, cell(BOX, "1234.56", "0.001234", **hours)))

    told = driver_sentence(found.drivers[0], found)

    assert "-$1,234.56 from less usage (1,235 to 0.0012 Hours)" in told


def test_quantities_of_two_units_are_not_added() -> None:
    gigabytes = HOURS | {"unit": "GB"}
    both = segment(
        {"account": "1111"}, cell(BOX, "1", "2", **HOURS), cell(NAT, "1", "2", **gigabytes)
    )

    assert used_quantity(both) is None
    assert used_quantity(segment({}, cell(BOX, "1", "2"))) is None
    assert "Hours" not in driver_sentence(changed(both).drivers[0], changed(both))


def test_a_quantity_of_zero_is_told_as_zero() -> None:
    new = HOURS | {"quantity_before": "0"}
    part = segment({"service": "EC2"}, cell(BOX, "0", "2", **new), cell(SPOT, "1", "2", **HOURS))

    assert used_quantity(part) == (Decimal(10), Decimal(40), "Hours")
    known = segment({"service": "EC2"}, cell(BOX, "1", "2", unit="Hours", quantity_before="0"))
    assert used_quantity(known) == (Decimal(0), Decimal(0), "Hours")
    assert "(0 to 0 Hours)" not in driver_sentence(changed(known).drivers[0], changed(known))


def test_a_driver_is_told_with_the_day_its_own_costs_turned() -> None:
    part = segment({"service": "VPC"}, cell(NAT, "70", "140"))
    whole = cube(*part.cells)
    days = [Decimal(10)] * 28 + [Decimal(40)] * 14

    found = what_changed(whole, breakdown(whole), [days], date(2026, 8, 4))

    assert found.drivers[0].since is not None
    assert found.drivers[0].since.day == date(2026, 9, 1)
    assert "started 1 Sep 2026 in one step" in driver_sentence(found.drivers[0], found)
    assert_documented("explanation", explanation(found))


@pytest.mark.parametrize(
    ("window", "baseline", "words"),
    [
        (("2026-09-08", 7), ("2026-09-01", 7), "8 to 14 Sep 2026 against 1 to 7 Sep 2026"),
        (("2026-09-01", 30), ("2026-08-01", 31), "Sep 2026 against Aug 2026 (as billed)"),
        (
            ("2026-07-01", 92),
            ("2026-04-01", 91),
            "Jul 2026 to Sep 2026 against Apr 2026 to Jun 2026 (as billed)",
        ),
        (
            ("2026-09-08", 1),
            ("2026-08-11", 28),
            "8 Sep 2026 against the same weekdays of 11 Aug 2026 to 7 Sep 2026 (mean of 4 weeks)",
        ),
        (
            ("2026-09-08", 2),
            ("2026-09-01", 5),
            "8 to 9 Sep 2026 against 1 to 5 Sep 2026 (scaled from 5 days to 2)",
        ),
    ],
)
def test_periods_are_told_as_a_person_writes_them(
    window: tuple[str, int], baseline: tuple[str, int], words: str
) -> None:
    def period(first: str, days: int) -> Period:
        start = date.fromisoformat(first)
        return Period(start, start + days * DAY)

    told = baseline_words(period(*window), period(*baseline))
    assert f"{period_words(period(*window))} against {told}" == words


def test_the_headline_says_what_changed_against_what() -> None:
    found = changed(segment({"service": "VPC"}, cell(NAT, "1", "3")))

    assert change_headline(found) == (
        "8 to 14 Sep 2026 against 1 to 7 Sep 2026: +$2.00, from $1.00 to $3.00."
    )


def test_a_series_is_looked_at_from_the_earlier_to_the_later_period() -> None:
    assert observed(SECOND_WEEK, FIRST_WEEK) == Period(FIRST_WEEK.start, SECOND_WEEK.end)
    assert observed(FIRST_WEEK, SECOND_WEEK) == Period(FIRST_WEEK.start, SECOND_WEEK.end)


def test_an_explanation_is_documented_and_its_changes_add_up() -> None:
    found = changed(
        segment({"service": "EC2"}, cell(BOX, "10", "40", **HOURS)),
        segment({"service": "VPC", "region": ""}, cell((*NAT[:3], ""), "3", "0")),
        rest=(cell(SPOT, "1", "1.5"),),
    )

    document = explanation(found, an_slo(metric="EffectiveCost"))

    assert_documented("explanation", document)
    assert (document["slo"], document["metric"]) == ("all", "EffectiveCost")
    parts = [*document["drivers"], document["rest"]]
    assert sum(Decimal(part["change"]) for part in parts) == Decimal(document["total"]["change"])
    for part in parts:
        assert sum(map(Decimal, part["effects"].values())) == Decimal(part["change"])


def test_an_explanation_of_no_change_is_documented() -> None:
    document = explanation(changed(rest=(cell(BOX, "1", "1"),)))

    assert (document["slo"], document["drivers"], document["rest"]["share"]) == (None, [], None)
    assert_documented("explanation", document)


amounts = st.decimals(-1000, 1000, places=6)
cells = st.builds(
    Cell,
    st.tuples(*[st.sampled_from("abc")] * 4),
    amounts,
    amounts,
)


@given(st.lists(cells, min_size=1, max_size=30))
def test_whatever_changed_the_parts_are_disjoint_and_add_up(found: list[Cell]) -> None:
    whole = cube(*found)

    told = what_changed(whole, parts := breakdown(whole), [()] * len(parts.segments), date.min)

    assert sum(len(part.segment.cells) for part in told.parts) == len(found)
    assert told.before == sum((each.before for each in found), Decimal(0))
    assert sum(part.segment.change for part in told.parts) == told.change
    assert_documented("explanation", explanation(told))
