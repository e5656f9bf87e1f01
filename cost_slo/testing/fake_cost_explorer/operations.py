# SPDX-License-Identifier: Apache-2.0
"""Which operations are answered, and which of them are paid for?"""

from __future__ import annotations

from collections.abc import Mapping

from cost_slo.testing.fake_cost_explorer.anomalies import get_anomalies, provide_anomaly_feedback
from cost_slo.testing.fake_cost_explorer.comparisons import (
    get_cost_and_usage_comparisons,
    get_cost_comparison_drivers,
)
from cost_slo.testing.fake_cost_explorer.cost_and_usage import get_cost_and_usage
from cost_slo.testing.fake_cost_explorer.forecast import get_cost_forecast
from cost_slo.testing.fake_cost_explorer.look import Operation
from cost_slo.testing.fake_cost_explorer.monitors import (
    create_anomaly_monitor,
    delete_anomaly_monitor,
    get_anomaly_monitors,
    update_anomaly_monitor,
)
from cost_slo.testing.fake_cost_explorer.subscriptions import (
    create_anomaly_subscription,
    delete_anomaly_subscription,
    get_anomaly_subscriptions,
    update_anomaly_subscription,
)
from cost_slo.testing.fake_cost_explorer.values import (
    get_dimension_values,
    get_tags,
    list_cost_allocation_tags,
)

# Each page costs a request.
PAID: Mapping[str, Operation] = {
    "GetCostAndUsage": get_cost_and_usage,
    "GetCostAndUsageComparisons": get_cost_and_usage_comparisons,
    "GetCostComparisonDrivers": get_cost_comparison_drivers,
    "GetCostForecast": get_cost_forecast,
    "GetDimensionValues": get_dimension_values,
    "GetTags": get_tags,
}

# Cost Anomaly Detection is free of charge, and so is the list of tags.
FREE: Mapping[str, Operation] = {
    "CreateAnomalyMonitor": create_anomaly_monitor,
    "CreateAnomalySubscription": create_anomaly_subscription,
    "DeleteAnomalyMonitor": delete_anomaly_monitor,
    "DeleteAnomalySubscription": delete_anomaly_subscription,
    "GetAnomalies": get_anomalies,
    "GetAnomalyMonitors": get_anomaly_monitors,
    "GetAnomalySubscriptions": get_anomaly_subscriptions,
    "ListCostAllocationTags": list_cost_allocation_tags,
    "ProvideAnomalyFeedback": provide_anomaly_feedback,
    "UpdateAnomalyMonitor": update_anomaly_monitor,
    "UpdateAnomalySubscription": update_anomaly_subscription,
}
