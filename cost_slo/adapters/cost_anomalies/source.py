# SPDX-License-Identifier: Apache-2.0
"""How does the detector learn that an anomaly was planned?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.domain.anomalies.anomaly import Feedback
from cost_slo.domain.errors import CostSloError
from cost_slo.ports import RequestLedger

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient


class CostAnomalySource:
    """ProvideAnomalyFeedback; each request is counted, because it may be charged."""

    def __init__(self, client: CostExplorerClient, ledger: RequestLedger) -> None:
        self._client = client
        self._ledger = ledger

    def send_feedback(self, anomaly: str, feedback: Feedback, *, on: date) -> None:
        """Send what a person said of an anomaly; sending it again changes nothing."""
        words: Any = {"AnomalyId": anomaly, "Feedback": feedback.value.upper()}
        # It is counted before it is made: a crash may count one too many, never too few.
        self._ledger.add_requests(on, 1)
        try:
            with calling("ce:ProvideAnomalyFeedback"):
                self._client.provide_anomaly_feedback(**words)
        except CostSloError:
            self._ledger.add_requests(on, -1)
            raise
