# SPDX-License-Identifier: Apache-2.0
"""GetDimensionValues, GetTags, ListCostAllocationTags: which values are there?"""

from __future__ import annotations

from datetime import UTC, datetime

from cost_slo.testing.fake_cost_explorer import metrics
from cost_slo.testing.fake_cost_explorer.bill import VISIBLE
from cost_slo.testing.fake_cost_explorer.cost_and_usage import (
    account_names,
    refuse_early_attributes,
)
from cost_slo.testing.fake_cost_explorer.dimensions import (
    IS_BEDROCK,
    PRODUCT_ATTRIBUTES,
    dimension,
    product_attribute,
)
from cost_slo.testing.fake_cost_explorer.expression import (
    Grammar,
    is_by_service,
    uses_product_attributes,
)
from cost_slo.testing.fake_cost_explorer.look import FakeAnswer, FakeRequest, Look, with_token
from cost_slo.testing.fake_cost_explorer.paging import Page, page_size
from cost_slo.testing.fake_cost_explorer.periods import cost_interval
from cost_slo.testing.fake_cost_explorer.refusal import invalid

_COSTS = "COST_AND_USAGE"
_MOST = 1000
MOST_TAGS = 100
FIRST_ACTIVE = datetime(2018, 1, 1, tzinfo=UTC)


def get_dimension_values(look: Look, request: FakeRequest) -> FakeAnswer:
    name, key = request["Dimension"], request.get("DimensionKey")
    if request.get("Context", _COSTS) != _COSTS:
        raise invalid(f"Context {request['Context']} is not faked")
    if key and name != "PRODUCT_ATTRIBUTE":
        raise invalid("DimensionKey is only supported when Dimension is PRODUCT_ATTRIBUTE")
    if name != "PRODUCT_ATTRIBUTE":
        page = _page(look, request, dimension(name))
    elif key:
        page = _page(look, request, product_attribute(key), attributes=True)
    else:
        page = look.pages.page(request, _MOST, lambda: _attribute_keys(look, request))
    names = account_names(look) if name == "LINKED_ACCOUNT" else {}
    answer = {
        "DimensionValues": [
            {
                "Value": value,
                "Attributes": {"description": names.get(value, value)} if names else {},
            }
            for value in page.items
        ],
        "ReturnSize": len(page.items),
        "TotalSize": page.total,
    }
    return with_token(answer, page.token)


def get_tags(look: Look, request: FakeRequest) -> FakeAnswer:
    """The values of a key, '' for untagged costs; all keys if none is named."""
    key = request.get("TagKey")
    grammar = look.grammar()
    value = "unnest(map_keys(tags))" if not key else grammar.tag(key)
    page = _page(look, request, value, grammar=grammar, attributes=False)
    answer = {"Tags": list(page.items), "ReturnSize": len(page.items), "TotalSize": page.total}
    return with_token(answer, page.token)


def list_cost_allocation_tags(look: Look, request: FakeRequest) -> FakeAnswer:
    """Every tag key of the bill is active."""
    page = look.pages.page(
        request, page_size(request, MOST_TAGS, _MOST), lambda: _allocation_tags(look, request)
    )
    return with_token({"CostAllocationTags": list(page.items)}, page.token, "NextToken")


def _page(
    look: Look,
    request: FakeRequest,
    value: str,
    *,
    grammar: Grammar | None = None,
    attributes: bool = False,
) -> Page[str]:
    """A page of the values of an expression, alphabetical or as SortBy says."""
    sort = request.get("SortBy")
    if sort and (request.get("NextPageToken") or request.get("SearchString")):
        raise invalid("NextPageToken and SearchString are not supported with SortBy")
    size = page_size(request, _MOST, _MOST) if sort else look.page_size
    return look.pages.page(
        request,
        size,
        lambda: _values(look, request, value, grammar or look.grammar(), attributes=attributes),
    )


def _values(
    look: Look, request: FakeRequest, value: str, grammar: Grammar, *, attributes: bool
) -> list[str]:
    asked = cost_interval(request["TimePeriod"], "DAILY", look.now)
    filtered = request.get("Filter")
    condition = grammar.condition(filtered)
    if uses_product_attributes(filtered):
        if filtered is None or not is_by_service(filtered):
            raise invalid("A SERVICE filter is required beside ProductAttributes")
        attributes = True
    if attributes:
        refuse_early_attributes(asked)
        condition = f"{condition} AND {IS_BEDROCK}"
    rows = look.ask(
        f"SELECT value FROM (SELECT {value} AS value, * FROM {VISIBLE} "  # noqa: S608
        f"WHERE charge_start >= $start AND charge_start < $end AND {condition}) "
        f"GROUP BY value ORDER BY {_order(request)}",
        grammar,
        start=asked.start,
        end=asked.end,
    )
    wanted = str(request.get("SearchString") or "").lower()
    return [str(found) for (found,) in rows if wanted in str(found).lower()]


def _order(request: FakeRequest) -> str:
    sort = request.get("SortBy")
    if not sort:
        return "value"
    (name,) = metrics.known([sort[0]["Key"]])
    direction = "ASC" if sort[0].get("SortOrder") == "ASCENDING" else "DESC"
    return f"sum({metrics.METRIC_COLUMNS[name]}) {direction}, value"


def _attribute_keys(look: Look, request: FakeRequest) -> list[str]:
    if request.get("SortBy"):
        raise invalid("DimensionKey is required when SortBy is specified")
    return [
        key
        for key in sorted(PRODUCT_ATTRIBUTES)
        if any(_values(look, request, product_attribute(key), look.grammar(), attributes=True))
    ]


def _allocation_tags(look: Look, request: FakeRequest) -> list[FakeAnswer]:
    rows = look.ask(
        "SELECT key, max(charge_start) FROM (SELECT unnest(map_keys(tags)) AS key, charge_start "  # noqa: S608
        f"FROM {VISIBLE}) GROUP BY key ORDER BY key",
        look.grammar(),
    )
    found = [
        {
            "TagKey": str(key),
            "Type": "AWSGenerated" if str(key).startswith("aws:") else "UserDefined",
            "Status": "Active",
            "LastUpdatedDate": f"{FIRST_ACTIVE:%Y-%m-%dT%H:%M:%SZ}",
            "LastUsedDate": f"{last:%Y-%m-01T00:00:00Z}",
        }
        for key, last in rows
    ]
    keys = request.get("TagKeys")
    return [
        tag
        for tag in found
        if request.get("Status", tag["Status"]) == tag["Status"]
        and request.get("Type", tag["Type"]) == tag["Type"]
        and (not keys or tag["TagKey"] in keys)
    ]
