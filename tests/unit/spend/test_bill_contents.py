# SPDX-License-Identifier: Apache-2.0
"""What a bill says of itself."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from cost_slo.domain.spec.scope_notes import BillValue
from cost_slo.domain.spend.bill_contents import (
    KINDS,
    BillContents,
    BillFormat,
    TagKey,
    bill_document,
    focus_version,
)
from tests.checks.documents import assert_documented


def bill(totals: Mapping[str, str], rows: int = 4) -> BillContents:
    """A bill of which only the totals matter."""
    return BillContents(
        source="bill",
        format=BillFormat("FOCUS", "1.2", ("csv",), ("bill/a.csv",)),
        rows=rows,
        totals={currency: Decimal(total) for currency, total in totals.items()},
        first=None,
        last=None,
        data_through=None,
        granularity=None,
        periods=(),
        kinds=dict.fromkeys(KINDS, ()),
        tags=(),
    )


@pytest.mark.parametrize(
    ("columns", "version"),
    [
        (["BilledCost", "ProviderName"], "1.0"),
        (["SkuMeter", "ProviderName"], "1.1"),
        (["SkuMeter", "InvoiceId", "ProviderName"], "1.2"),
        (["InvoiceId", "ServiceProviderName", "ProviderName"], "1.3"),
        (["InvoiceId", "ServiceProviderName"], "1.4"),
        (["invoice_id", "service_provider_name", "publisher_name"], "1.3"),
    ],
)
def test_the_version_of_focus_is_told_from_what_it_added(columns: list[str], version: str) -> None:
    assert focus_version(columns) == version


def test_a_share_is_of_its_own_currency() -> None:
    of_two = bill({"USD": "4", "JPY": "-400"})

    assert of_two.share(BillValue("x", {"JPY": Decimal(-100)}, 1)) == 0.25
    assert of_two.share(BillValue("x", {"USD": Decimal(2)}, 1)) == 0.5
    assert of_two.row_share(BillValue("x", {}, 1)) == 0.25


def test_what_does_not_add_up_has_no_share() -> None:
    nothing = bill({}, rows=0)
    mixed = BillValue("x", {"USD": Decimal(1), "JPY": Decimal(1)}, 1)

    assert nothing.share(BillValue("x", {}, 0)) is None
    assert nothing.row_share(BillValue("x", {}, 0)) == 0
    assert bill({"USD": "0"}).share(BillValue("x", {"USD": Decimal(1)}, 1)) is None
    assert bill({"USD": "4", "JPY": "4"}).share(mixed) is None


def test_a_bill_without_charges_is_documented() -> None:
    assert_documented("bill", bill_document(bill({}, rows=0)))


def test_values_and_tag_keys_are_documented() -> None:
    team = BillValue("team", {"USD": Decimal(1)}, 2)
    search = BillValue("search", {"": Decimal("0.50")}, 1, ("Search",))
    made = replace(bill({"USD": "4"}), periods=(team,), tags=(TagKey(team, 3, search),))

    document = bill_document(made)

    assert_documented("bill", document)
    (tag,) = document["tags"]
    assert (tag["cost_share"], tag["row_share"], tag["values"]) == (0.25, 0.5, 3)
    assert tag["largest"]["costs"] == [{"amount": "0.5", "currency": None}]
    assert document["billing_periods"][0]["value"] == "team"
