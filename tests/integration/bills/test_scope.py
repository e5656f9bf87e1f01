# SPDX-License-Identifier: Apache-2.0
"""Which charges a scope counts: the condition in SQL means what the spec says."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cost_slo.domain.errors import CostDataError
from tests.builders.bills import an_slo, focus_row, read_bill, write_csv

HOSTILE = ["'", '"', "' OR 1=1 --", "$p0", "a''b", "\\", "%", "é", "x; DROP TABLE cells"]
SERVICES = ["Amazon EC2", "Amazon S3", *HOSTILE]
TAG_KEYS = ["product", "team", "it's"]
TAG_VALUES = ["metalabs", "weel", *HOSTILE]

tags = st.dictionaries(st.sampled_from(TAG_KEYS), st.sampled_from(TAG_VALUES), max_size=2)
rows = st.lists(st.tuples(st.sampled_from(SERVICES), tags), min_size=1, max_size=6)
wanted = st.lists(st.sampled_from(SERVICES), min_size=1, max_size=3)
wanted_tags = st.dictionaries(
    st.sampled_from(TAG_KEYS),
    st.lists(st.sampled_from([*TAG_VALUES, ""]), min_size=1, max_size=3),
    max_size=2,
)


def selects(selector: dict[str, Any], service: str, labels: dict[str, str]) -> bool:
    return service in selector.get("services", [service]) and all(
        labels.get(key, "") in values for key, values in selector.get("tags", {}).items()
    )


@examples(max_examples=25)
@given(rows=rows, services=wanted, by_tag=wanted_tags, left_out=wanted)
def test_a_scope_counts_exactly_the_rows_it_describes(
    rows: list[tuple[str, dict[str, str]]],
    services: list[str],
    by_tag: dict[str, list[str]],
    left_out: list[str],
) -> None:
    scope: dict[str, Any] = {"services": services, "tags": by_tag}
    expected = sum(
        selects(scope, service, labels) and not selects({"services": left_out}, service, labels)
        for service, labels in rows
    )

    with tempfile.TemporaryDirectory() as folder:
        bill = write_csv(
            Path(folder) / "bill.csv",
            *(focus_row(ServiceName=service, Tags=json.dumps(labels)) for service, labels in rows),
        )
        reading = read_bill(bill, an_slo(**scope, not_={"services": left_out}))

    assert reading.scopes["all"].in_scope == expected
    assert reading.scopes["all"].outside_scope == len(rows) - expected


@pytest.mark.parametrize("text", ["", "NULL", "{}", '{"product": null}', '{"product": ""}'])
def test_the_empty_value_means_untagged(tmp_path: Path, text: str) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(Tags=text))

    reading = read_bill(bill, an_slo(tags={"product": [""]}))

    assert reading.scopes["all"].in_scope == 1


def test_a_tag_is_found_with_and_without_its_user_prefix(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(Tags='{"user:product": "metalabs"}'))

    reading = read_bill(bill, an_slo(tags={"product": ["metalabs"]}))

    assert reading.scopes["all"].in_scope == 1


def test_tags_that_cannot_be_read_stop_only_the_scopes_that_ask_for_them(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(Tags="product=metalabs"))

    with pytest.raises(CostDataError, match="row 1: Tags: `product=metalabs` cannot be read"):
        read_bill(bill, an_slo(tags={"product": ["metalabs"]}))

    assert read_bill(bill).scopes["all"].in_scope == 1


@pytest.mark.parametrize(
    ("scope", "column"),
    [
        ({"services": ["x"]}, "ServiceName"),
        ({"accounts": ["x"]}, "SubAccountId"),
        ({"regions": ["x"]}, "RegionId"),
        ({"providers": ["x"]}, "ProviderName"),
        ({"tags": {"x": ["y"]}}, "Tags"),
        ({"not": {"regions": ["x"]}}, "RegionId"),
    ],
)
def test_a_scope_over_a_column_the_bill_has_not_names_it(
    tmp_path: Path, scope: dict[str, Any], column: str
) -> None:
    needed = ("ChargePeriodStart", "ChargeCategory", "BilledCost")
    row = {key: value for key, value in focus_row().items() if key in needed}
    bill = write_csv(tmp_path / "bill.csv", row)

    with pytest.raises(CostDataError) as caught:
        read_bill(bill, an_slo(**scope))

    assert (caught.value.file, caught.value.column) == (str(bill), column)


NOVA = {"product_attributes": {"model": ["nova-pro"]}}


@pytest.mark.parametrize("scope", [NOVA, {"not": NOVA}], ids=["counted", "left out"])
def test_product_attributes_are_told_by_no_bill(tmp_path: Path, scope: dict[str, Any]) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row())

    with pytest.raises(CostDataError) as caught:
        read_bill(bill, an_slo(**scope))

    assert "a bill in files has no product attributes" in str(caught.value)
    assert "read this SLO with --costs ce:, or scope it by service or tag" in str(caught.value)
