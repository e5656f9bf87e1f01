# SPDX-License-Identifier: Apache-2.0
"""Attaches anomalies from the queue of the anomaly topic to incidents."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities import batch

from cost_slo.adapters.cost_anomalies.messages import read_anomalies
from cost_slo.use_cases.anomalies import handle_anomalies
from cost_slo.use_cases.outbox import insist
from cost_slo.wiring.deployed import Deployed, Deployment, deployed, log_causes

logger, tracer = Logger(), Tracer(auto_patch=False)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], context: Any, deployed: Deployed = deployed) -> Any:  # noqa: ANN401  Powertools' own types
    """The messages that failed; the queue delivers only those again."""
    queue = batch.BatchProcessor(batch.EventType.SQS, raise_on_entire_batch_failure=False)
    queue.logger = logger  # type: ignore[assignment]  # same methods
    answer = batch.process_partial_response
    return answer(event, lambda record: _handle(record, deployed()), queue, context)


def _handle(record: Any, made: Deployment) -> None:  # noqa: ANN401
    handled = handle_anomalies(made.anomalies, read_anomalies(record.body), made.now())
    log_causes(logger, ((f"anomaly {it.id} was not handled", why) for it, why in handled.failed))
    insist([*handled.undelivered, *handled.failed], "message or anomaly")
