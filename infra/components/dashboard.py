# SPDX-License-Identifier: Apache-2.0
"""The CloudWatch dashboard: SLOs with narratives, burn rates, budgets and monitor health."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.components.alarms import BETWEEN_RUNS
from infra.components.measured import EVERY_SLO, metric

WHOLE_WIDTH, HALF = 24, 12
# More lines in one graph cannot be told apart.
LINES_IN_ONE_GRAPH = 25


class Dashboard(Construct):
    """The `dashboard` of a deployment, named after it."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        deployment: str,
        slos: Sequence[str],
        unit_slos: Sequence[str],
        widget: lambda_.IFunction | None,
        alarms: Sequence[cloudwatch.IAlarm],
    ) -> None:
        super().__init__(scope, name)
        self._deployment = deployment
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=deployment,
            default_interval=Duration.days(31),
            period_override=cloudwatch.PeriodOverride.INHERIT,
        )
        if widget is not None:
            self.dashboard.add_widgets(_page(widget))
        shown = slos[:LINES_IN_ONE_GRAPH]
        self.dashboard.add_widgets(
            self._graph("Burn rate (1 = exactly the objective)", "BurnRate", shown),
            self._graph("Error budget remaining (share)", "BudgetRemainingRatio", shown),
        )
        self.dashboard.add_widgets(
            self._graph("Spend this month", "SpendToDate", shown),
            *(self._graph("Cost per unit", "UnitCost", [*unit_slos]) for _ in unit_slos[:1]),
        )
        self.dashboard.add_widgets(
            cloudwatch.AlarmStatusWidget(title="Monitor health", alarms=[*alarms], width=HALF),
            self._graph("Paid requests", "RequestsSpent", [EVERY_SLO], statistic="Sum"),
        )

    def _graph(
        self, title: str, name: str, slos: Sequence[str], statistic: str = "Maximum"
    ) -> cloudwatch.GraphWidget:
        lines = [
            metric(
                name,
                deployment=self._deployment,
                slo=slo,
                label=name if slo == EVERY_SLO else slo,
                statistic=statistic,
                period=BETWEEN_RUNS,
            )
            for slo in slos
        ]
        return cloudwatch.GraphWidget(title=title, left=lines, width=HALF, height=7)


def _page(widget: lambda_.IFunction) -> cloudwatch.CustomWidget:
    return cloudwatch.CustomWidget(
        title="Cost SLOs",
        function_arn=widget.function_arn,
        width=WHOLE_WIDTH,
        height=14,
        update_on_refresh=True,
        update_on_resize=False,
        update_on_time_range_change=False,
    )
