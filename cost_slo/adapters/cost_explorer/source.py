# SPDX-License-Identifier: Apache-2.0
"""What does Cost Explorer say was charged, day by day, in the scope of each SLO?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from cost_slo.adapters.cost_explorer.answers import Answered, read_answer
from cost_slo.adapters.cost_explorer.attributes import first_told
from cost_slo.adapters.cost_explorer.cube import (
    CubeAsked,
    askable_periods,
    both,
    read_cube,
    varying,
)
from cost_slo.adapters.cost_explorer.detail import detail_query, metric_of, told_apart
from cost_slo.adapters.cost_explorer.pages import CalledOperation, fetch_pages
from cost_slo.adapters.cost_explorer.paid import PaidRequests
from cost_slo.adapters.cost_explorer.plan import plan_queries
from cost_slo.adapters.cost_explorer.queries import PRICE, CostQuery
from cost_slo.adapters.cost_explorer.reading import Read, cost_reading
from cost_slo.adapters.cost_explorer.series import can_tell, dimensions_of, read_series
from cost_slo.domain.errors import CostDataError, CostSloError, SourceError
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import Cube, Where
from cost_slo.domain.spend.reading import CostReading
from cost_slo.domain.wording import days

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

_OPERATION = "ce:GetCostAndUsage"


class CostExplorerSource:
    """Reads the whole account, or organisation, that its client asks for."""

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

        An SLO whose own request fails is in `failures`; the error is raised where nothing can be
        read, or nobody can say how far the charges reach.
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
        read = Read(plan, answers, failed, self._paid.made - made)
        if not read.whole:
            raise _unread(failed[0])
        reading = cost_reading(slos, currency, read, open_from or {})
        return replace(
            reading,
            requests_month=self._paid.made_in(as_of.date()),
            requests_cap=self._paid.monthly_cap,
        )

    def fetch_cube(
        self,
        slo: Slo | None,
        currency: str | None,
        window: Period,
        baseline: Period | None = None,
        dimensions: Sequence[str] = (),
    ) -> Cube:
        """What each service and usage type cost in two periods, or what each of two dimensions."""
        made, now = self._paid.made, self._now()
        window, held = askable_periods(window, baseline, now, slo.scope if slo else None)
        chosen, notes = told_apart(dimensions)
        answer = self._ask(detail_query(slo, both(window, held, now), chosen), now.date())
        cube = read_cube(CubeAsked(slo, currency, window, held, chosen), answer, notes)
        requests = self._paid.made - made
        cube = replace(cube, requests=requests, request_cost=PRICE * requests)
        return cube if dimensions else varying(cube)

    def fetch_series(
        self,
        slo: Slo | None,
        currency: str | None,
        period: Period,
        segments: Sequence[Where],
    ) -> tuple[tuple[Decimal, ...], ...]:
        """The cost of each segment on each day.

        Empty where segments are told by more than two dimensions, or no charge of the first day by
        what the scope names.
        """
        del currency
        dimensions = dimensions_of(segments)
        is_told = first_told(slo.scope if slo else None, period.start) == period.start
        if not (is_told and can_tell(dimensions)):
            return ((),) * len(segments)
        now = self._now()
        query = detail_query(slo, both(period, period, now), dimensions)
        answer = self._ask(query, now.date())
        return read_series(answer, metric_of(slo), period, dimensions, segments)

    def _ask(self, query: CostQuery, month: date) -> Answered:
        asked = days(query.period.start, query.period.end - DAY)
        call = CalledOperation(_OPERATION, self._client.get_cost_and_usage, query.request, asked)
        return read_answer(query, fetch_pages(self._paid, call, month))


def _unread(error: CostSloError) -> CostSloError:
    """What is raised when nothing was read: never what makes a caller read each SLO alone."""
    return SourceError(str(error)) if isinstance(error, CostDataError) else error
