# SPDX-License-Identifier: Apache-2.0
"""Which anomalies were detected, and how does the detector learn that one was planned?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.adapters.cost_anomalies.messages import read_anomaly
from cost_slo.domain.anomalies.anomaly import Anomaly, Feedback
from cost_slo.domain.errors import CostSloError, SourceError
from cost_slo.ports import RequestLedger

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

# So many pages of one answer; more is a token that leads nowhere.
PAGES = 100


class CostAnomalySource:
    """GetAnomalies and ProvideAnomalyFeedback; each request is counted, for each may be charged."""

    def __init__(self, client: CostExplorerClient, ledger: RequestLedger) -> None:
        """`client` is Cost Explorer's."""
        self._client = client
        self._ledger = ledger

    def fetch_anomalies(self, first: date, last: date, *, on: date) -> tuple[Anomaly, ...]:
        """Anomalies whose last day is one of these days, both included; asked on a day.

        Raises SourceError, and CostDataError for an answer that is none.
        """
        interval = {"StartDate": first.isoformat(), "EndDate": last.isoformat()}
        pages = self._pages({"DateInterval": interval}, on)
        return tuple(read_anomaly(entry) for page in pages for entry in page["Anomalies"])

    def send_feedback(self, anomaly: str, feedback: Feedback, *, on: date) -> None:
        """Tell the detector what a person said; saying it again changes nothing."""
        words: Any = {"AnomalyId": anomaly, "Feedback": feedback.value.upper()}
        self._counted("ce:ProvideAnomalyFeedback", self._client.provide_anomaly_feedback, words, on)

    def _pages(self, words: Mapping[str, Any], on: date) -> Iterator[Mapping[str, Any]]:
        asked: dict[str, Any] = dict(words)
        for _ in range(PAGES):
            page = self._counted("ce:GetAnomalies", self._client.get_anomalies, asked, on)
            yield page
            token = page.get("NextPageToken")
            if not token:
                return
            asked["NextPageToken"] = token
        raise SourceError(f"ce:GetAnomalies: more than {PAGES} pages; ask about fewer days")

    def _counted(
        self,
        operation: str,
        call: Callable[..., Any],
        words: Mapping[str, Any],
        on: date,
    ) -> Mapping[str, Any]:
        """One request, counted before it is made: a crash may count one too many, never too few."""
        self._ledger.add_requests(on, 1)
        try:
            with calling(operation):
                answer: Mapping[str, Any] = call(**words)
        except CostSloError:
            self._ledger.add_requests(on, -1)
            raise
        return answer
