# SPDX-License-Identifier: Apache-2.0
"""The custom widget of the CloudWatch dashboard: every SLO, and the chosen incident."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from cost_slo.adapters.custom_widget import read_request
from cost_slo.use_cases.dashboard import dashboard_page
from cost_slo.wiring.deployed import deployed_dashboard

logger, tracer = Logger(), Tracer()


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: Mapping[str, Any], context: LambdaContext) -> str:
    """HTML from the state; Markdown if the dashboard editor asks for a description."""
    now, own = datetime.now(UTC), context.invoked_function_arn
    return dashboard_page(deployed_dashboard(), read_request(event, endpoint=own, now=now))
