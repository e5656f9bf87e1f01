# SPDX-License-Identifier: Apache-2.0
"""What did Cost Explorer report as charged, day by day, in the scope of each SLO?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from cost_slo.adapters.cost_explorer.answers import Answered, read_answer
from cost_slo.adapters.cost_explorer.attributes import first_readable
from cost_slo.adapters.cost_explorer.cube import (
    both,
    checked_baseline,
    read_cube,
)
from cost_slo.adapters.cost_explorer.detail import detail_query, told_apart
from cost_slo.adapters.cost_explorer.pages import CalledOperation, fetch_pages
from cost_slo.adapters.cost_explorer.paid import PaidRequests
from cost_slo.adapters.cost_explorer.plan import plan_queries
from cost_slo.adapters.cost_explorer.queries import CostQuery
from cost_slo.adapters.cost_explorer.reading import Answers, cost_reading
from cost_slo.adapters.cost_explorer.series import can_tell, dimensions_of, read_series
from cost_slo.domain.errors import CostDataError, CostSloError, SourceError
from cost_slo.domain.period import DAY
from cost_slo.domain.request_price import REQUEST_PRICE
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import Cube, CubeQuestion, Where
from cost_slo.domain.spend.reading import CostReading
from cost_slo.domain.wording import days

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

_OPERATION = "ce:GetCostAndUsage"


class CostExplorerSource:
    """Reads the whole account, or organisation, of its client."""

    def __init__(
        self, client: CostExplorerClient, paid: PaidRequests, *, now: Callable[[], datetime]
    ) -> None:
        """`now` says when a question is asked that is about no instant: its month pays for it."""
        self._client = client
        self._paid = paid
        self._now = now

    def fetch_costs(
        self,
        slos: Sequence[Slo],
        currency: str,
        as_of: datetime,
        open_from: Mapping[str, date] | None = None,
    ) -> CostReading:
        """Daily spend in each SLO's scope, from the first open day on.

        An SLO whose own request fails is in `failures`; the error is raised if nothing can be
        read, or the last charged day is unknown.
        """
        made = self._paid.made
        plan = plan_queries(slos, as_of, open_from)
        answers: dict[int, Answered] = {}
        failed: dict[int, CostSloError] = {}
        for place, query in enumerate(plan.queries):
            try:
                answers[place] = self._ask(query, as_of.date())
            except (CostDataError, SourceError) as error:
                failed[place] = error
        read = Answers(plan, answers, failed, self._paid.made - made)
        if not read.whole:
            raise _unread(failed[0])
        reading = cost_reading(slos, currency, read, open_from or {})
        return replace(
            reading,
            requests_month=self._paid.made_in(as_of.date()),
            requests_cap=self._paid.monthly_cap,
        )

    def fetch_cube(self, asked: CubeQuestion) -> Cube:
        """Grouped by service and usage type, or by the first two dimensions it has."""
        made, now = self._paid.made, self._now()
        baseline = checked_baseline(asked, now)
        dimensions, notes = told_apart(asked.dimensions)
        chosen = replace(asked, dimensions=dimensions)
        answer = self._ask(detail_query(chosen, both(asked.window, baseline, now)), now.date())
        cube = read_cube(chosen, baseline, answer, notes)
        requests = self._paid.made - made
        cube = replace(cube, requests=requests, request_cost=REQUEST_PRICE * requests)
        return cube if asked.dimensions else cube.varying

    def fetch_series(
        self, asked: CubeQuestion, segments: Sequence[Where]
    ) -> tuple[tuple[Decimal, ...], ...]:
        """Empty if the segments have more than two dimensions, or if the first day is too early.

        Before the first day of product attributes, a scope that names some cannot be read.
        """
        chosen, start = replace(asked, dimensions=dimensions_of(segments)), asked.window.start
        is_known = first_readable(asked.slo, start) == start
        if not (is_known and can_tell(chosen.dimensions)):
            return ((),) * len(segments)
        now = self._now()
        answer = self._ask(detail_query(chosen, both(asked.window, asked.window, now)), now.date())
        return read_series(answer, chosen, segments)

    def _ask(self, query: CostQuery, month: date) -> Answered:
        asked = days(query.period.start, query.period.end - DAY)
        call = CalledOperation(_OPERATION, self._client.get_cost_and_usage, query.request, asked)
        return read_answer(query, fetch_pages(self._paid, call, month))


def _unread(error: CostSloError) -> CostSloError:
    """The error if every query failed. It is no CostDataError, because callers retry those."""
    return SourceError(str(error)) if isinstance(error, CostDataError) else error
