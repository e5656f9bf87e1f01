# SPDX-License-Identifier: Apache-2.0
"""The environment variables of the functions."""

from __future__ import annotations

from cost_slo.settings import PREFIX
from infra.components.state import State
from infra.components.topics import Topics
from infra.context import Context


def environment(
    context: Context, state: State, topics: Topics, *, dashboard_url: str
) -> dict[str, str]:
    """The settings of a deployment, as variables."""
    values = {
        "spec": "cost-slo.yaml",
        "costs": "ce:",
        "table_name": state.table.table_name,
        "narratives_bucket": state.bucket.bucket_name,
        "alert_topic_arn": topics.alerts.topic.topic_arn,
        "chat_topic_arn": topics.chat.topic.topic_arn if topics.chat else None,
        "channels_secret_id": context.channels_secret_id,
        "time_zone": context.time_zone,
        "deployment": context.deployment,
        "dashboard_url": dashboard_url,
        "ce_monthly_cap": str(context.ce_monthly_cap),
    }
    named = {name: value for name, value in values.items() if value is not None}
    return {
        "POWERTOOLS_SERVICE_NAME": context.deployment,
        "POWERTOOLS_TRACE_DISABLED": "true",
        **{f"{PREFIX}{name}".upper(): value for name, value in named.items()},
    }
