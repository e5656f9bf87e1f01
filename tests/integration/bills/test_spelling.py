# SPDX-License-Identifier: Apache-2.0
"""If a scope is spelled otherwise than the bill, a note names what the bill has; or both count."""

import json
from pathlib import Path
from typing import Any

import pytest

from cost_slo.domain.errors import CostDataError
from tests.builders.bills import (
    a_period,
    a_response,
    an_slo,
    cur_row,
    focus_row,
    read_bill,
    total,
    write_csv,
    write_json,
)

AZURE = {"ProviderName": "Microsoft", "ServiceName": "Virtual Machines", "RegionId": "westeurope"}


def tagged(cost: str, **labels: str | None) -> dict[str, str]:
    return focus_row(BilledCost=cost, Tags=json.dumps(labels))


def notes(location: Path, **scope: Any) -> str:
    """What is said of one scope, as one text."""
    return "\n".join(read_bill(location, an_slo(**scope)).scope_notes["all"])


def counted(location: Path, **scope: Any) -> str:
    return total(read_bill(location, an_slo(match="insensitive", **scope)))


@pytest.fixture(name="cases")
def three_cases(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "bill.csv",
        tagged("1", Application="search"),
        tagged("2", APPLICATION="search"),
        tagged("4", application=" Search "),
        tagged("8", application="other"),
        tagged("16", Owner="search"),
    )


def test_a_tag_in_other_spellings_is_named_with_its_amounts(cases: Path) -> None:
    said = notes(cases, tags={"Application": ["search"]})

    assert "not counted: `application:  Search ` ($4.00), `APPLICATION: search` ($2.00)" in (
        said.replace("application: Search", "application:  Search ")
    )
    assert total(read_bill(cases, an_slo(tags={"Application": ["search"]}))) == "1"


def test_an_insensitive_scope_counts_every_spelling_and_says_nothing(cases: Path) -> None:
    wanted = {"tags": {"aPPlication": ["SEARCH"]}}

    assert counted(cases, **wanted) == "7"
    assert notes(cases, match="insensitive", **wanted) == ""


def test_an_insensitive_exclusion_leaves_out_every_spelling(cases: Path) -> None:
    assert counted(cases, not_={"tags": {"APPlication": ["search"]}}) == "24"


def test_an_exclusion_that_misses_a_spelling_is_named(cases: Path) -> None:
    scope: dict[str, Any] = {"not": {"tags": {"Application": ["search"]}}}

    assert "are counted in spite of `not:`: `application: Search` ($4.00)" in notes(cases, **scope)
    assert total(read_bill(cases, an_slo(**scope))) == "30"


@pytest.mark.parametrize("key", ["services", "regions", "providers"])
def test_other_keys_have_spellings_too(tmp_path: Path, key: str) -> None:
    column = {"services": "ServiceName", "regions": "RegionId", "providers": "ProviderName"}[key]
    rows = [focus_row(BilledCost="1", **{column: "Name"}), focus_row(**{column: " NAME"})]
    bill = write_csv(tmp_path / "bill.csv", *rows)

    assert "not counted: `NAME` ($1.00)" in notes(bill, **{key: ["Name"]})
    assert counted(bill, **{key: ["name"]}) == "2"


def test_of_two_spellings_on_one_row_the_exact_one_decides(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        tagged("1", application="b", Application="a"),
        tagged("2", APPLICATION="c", Application=""),
        tagged("4", application="d", APPLICATION="e"),
    )

    assert counted(bill, tags={"Application": ["a"]}) == "1"
    assert counted(bill, tags={"Application": ["b"]}) == "0"
    assert counted(bill, tags={"Application": ["c"]}) == "2"
    assert counted(bill, tags={"Application": ["e"]}) == "4"
    assert counted(bill, tags={"Application": ["d"]}) == "0"


def test_untagged_means_without_any_spelling(cases: Path) -> None:
    assert counted(cases, tags={"Application": [""]}) == "16"


def test_a_user_prefix_in_another_letter_case_is_a_spelling(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", tagged("2", **{"user:TEAM": "a"}))

    assert counted(bill, tags={"team": ["A"]}) == "2"


@pytest.mark.parametrize("column", ["resourceTags/user:{}", "resource_tags_user_{}"])
def test_tag_columns_of_a_cur_have_spellings(tmp_path: Path, column: str) -> None:
    row = cur_row()
    if "/" not in column:
        row = {name.replace("/", "_").lower(): value for name, value in row.items()}
        row = {
            "line_item_usage_start_date": "2026-09-01T00:00:00Z",
            "line_item_line_item_type": "Usage",
            "line_item_unblended_cost": "1.00",
            "line_item_currency_code": "USD",
            "line_item_product_code": "AmazonEC2",
        }
    first, second = column.format("team"), column.format("TEAM ")
    bill = write_csv(
        tmp_path / "bill.csv", row | {first: "a", second: ""}, row | {first: "", second: "A"}
    )

    assert "not counted: `TEAM: A` ($1.00)" in notes(bill, tags={"team": ["a"]})
    assert counted(bill, tags={"Team": ["a"]}) == "2"


def test_a_saved_response_has_spellings(tmp_path: Path) -> None:
    groups = {("Amazon EC2", "team$a"): "1", ("Amazon EC2", "team$A"): "2"}
    bill = write_json(
        tmp_path / "costs.json",
        a_response(
            a_period("2026-09-01", "2026-09-02", groups),
            by=[("DIMENSION", "SERVICE"), ("TAG", "team")],
        ),
    )

    assert "`team: A` ($2.00)" in notes(bill, tags={"team": ["a"]})
    assert counted(bill, tags={"Team": ["a"]}) == "3"


def test_a_tag_column_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", cur_row({"resourceTags/user:CostCenter": "1"}))

    for match in ("exact", "insensitive"):
        with pytest.raises(CostDataError, match="did you mean `CostCenter`"):
            read_bill(bill, an_slo(match=match, tags={"cost-center": ["1"]}))


@pytest.mark.parametrize(
    ("scope", "hint"),
    [
        ({"services": ["AmazonRDS"]}, "did you mean `Amazon Relational Database Service` ($3.00)?"),
        ({"services": ["Moon"]}, "the bill has `Amazon Relational Database Service` ($3.00), "),
        ({"regions": ["us-east-1a"]}, "did you mean `us-east-1` ($4.00)?"),
        ({"providers": ["Amazon Web Services"]}, "did you mean `AWS` ($4.00)?"),
        ({"accounts": ["1111-2222-3333"]}, "did you mean `111122223333` (payer, $4.00)?"),
        ({"accounts": ["payer"]}, "did you mean `111122223333` (payer, $4.00)?"),
        ({"tags": {"team": ["serch"]}}, "did you mean `search` ($3.00)?"),
        ({"tags": {"teams": ["search"]}}, "no charge has a tag `teams`; did you mean `team`"),
        ({"tags": {"x": ["y"]}}, "no charge has a tag `x`; the bill has `team` ($3.00)"),
        (
            {"services": ["Amazon EC2"], "tags": {"team": ["search"]}},
            "each alone matches: service `Amazon EC2` 1 row, tag `team: search` 1 row",
        ),
        ({"not": {"regions": ["us-east-1"]}}, "`not:` leaves out each of the 2 rows"),
        ({"charge_categories": ["Tax"]}, "it does not count (Tax): `Usage` ($4.00)"),
        (
            {"charge_categories": ["Credit"], "tags": {"team": ["search"]}},
            "it does not count (Credit): `Usage` ($3.00)",
        ),
    ],
)
def test_a_scope_that_finds_nothing_is_told_what_the_bill_has(
    tmp_path: Path, scope: dict[str, Any], hint: str
) -> None:
    service = "Amazon Relational Database Service"
    known = {"SubAccountName": "payer"}
    bill = write_csv(
        tmp_path / "bill.csv",
        tagged("3", team="search") | known | {"ServiceName": service},
        focus_row(BilledCost="1") | known,
    )

    said = notes(bill, **scope)

    assert hint in said
    assert said.endswith("`cost-slo bill show bill.csv` lists what the bill has")


def test_a_product_code_of_a_cur_leads_to_the_name_that_the_bill_counts_by(tmp_path: Path) -> None:
    row = cur_row({"product/ProductName": "Compute", "lineItem/ProductCode": "AmazonXYZ"})
    bill = write_csv(tmp_path / "bill.csv", row)

    assert "did you mean `Compute` (AmazonXYZ, $1.00)?" in notes(bill, services=["AmazonXYZ"])


def test_charges_of_another_currency_keep_it_in_a_hint(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(BillingCurrency="EUR", ServiceName="Search"))

    assert "did you mean `Search` (EUR 1.00)?" in notes(bill, services=["serch"])


def test_a_scope_whose_charges_come_later_is_told_the_first_day(tmp_path: Path) -> None:
    start = {"ChargePeriodStart": "2026-11-05T00:00:00Z", "ChargePeriodEnd": "2026-11-06T00:00:00Z"}
    bill = write_csv(tmp_path / "bill.csv", focus_row(**start))

    assert "the first on 5 Nov 2026" in notes(bill)


def test_a_scope_that_finds_something_is_told_nothing(cases: Path) -> None:
    assert notes(cases, tags={"Owner": ["search"]}) == ""
    assert notes(cases) == ""
