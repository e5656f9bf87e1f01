# SPDX-License-Identifier: Apache-2.0
"""For which charges and days does AWS know product attributes?

Only those of Amazon Bedrock: a request that names an attribute is answered of nothing else.
"""

from __future__ import annotations

from datetime import date

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spec.scope import Scope
from cost_slo.domain.wording import day

# AWS refuses a request about attributes that starts before this day.
ATTRIBUTES_FROM = date(2026, 9, 1)

SINCE = f"AWS has product attributes from {day(ATTRIBUTES_FROM)} on"


def refuse_mixed(scope: Scope) -> None:
    """Raise CostDataError for a scope whose attributes AWS refuses, or mixes with other charges."""
    if not scope.by_product_attributes or scope.not_ is None:
        return
    if scope.not_.services is not None:
        raise CostDataError(
            "Cost Explorer takes no service that is left out beside product attributes; take "
            "`services` out of `not`",
            column="not.services",
        )
    if scope.product_attributes is None and scope.services is None:
        raise CostDataError(
            "Cost Explorer answers a request with product attributes of Amazon Bedrock only, so it "
            "cannot leave them out of anything more; add `services: [Amazon Bedrock]` to the "
            "scope, or name under `product_attributes` what is counted",
            column="not.product_attributes",
        )


def first_readable(slo: Slo | None, first: date) -> date:
    """The first day that an SLO's scope can be read for, if nothing is known before `first`."""
    return max(first, ATTRIBUTES_FROM) if slo and slo.scope.by_product_attributes else first


def readable_part(slo: Slo, period: Period) -> Period:
    """The days of a period that an SLO's scope can be read for. CostDataError if there are none."""
    start = first_readable(slo, period.start)
    if start >= period.end:
        raise CostDataError(f"{SINCE}; no earlier day can be requested")
    return Period(start, period.end)
