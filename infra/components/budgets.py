# SPDX-License-Identifier: Apache-2.0
"""AWS budgets for the scopes of SLOs, as an independent second opinion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

from cost_slo.domain.spec.document import Metric, MonthlyObjective, Slo, Spec
from cost_slo.domain.spec.scope import ChargeCategory, Selector

METRICS = {Metric.BILLED: "UnblendedCost", Metric.EFFECTIVE: "AmortizedCost"}
# Record types of the categories that an SLO excludes by default.
RECORDS = {
    ChargeCategory.TAX: ("Tax",),
    ChargeCategory.CREDIT: ("Credit",),
}

Term = dict[str, Any]


class Budgets(Construct):
    """A budget for each monthly SLO that AWS can follow, `by_slo`; it notifies at 100 %."""

    def __init__(
        self, scope: Construct, name: str, *, deployment: str, spec: Spec, topic: sns.ITopic
    ) -> None:
        super().__init__(scope, name)
        self.by_slo = {
            slo.name: self._budget(
                f"{deployment}-{slo.name}", slo, slo.objective.monthly, spec.currency, topic
            )
            for slo in spec.slos
            if isinstance(slo.objective, MonthlyObjective) and followed(slo)
        }

    def _budget(
        self, name: str, slo: Slo, monthly: Decimal, currency: str, topic: sns.ITopic
    ) -> budgets.CfnBudget:
        return budgets.CfnBudget(
            self,
            slo.name,
            budget={
                "budgetName": name,
                "budgetType": "COST",
                "timeUnit": "MONTHLY",
                "budgetLimit": {"amount": float(monthly), "unit": currency},
                "metrics": [METRICS[slo.metric]],
                "filterExpression": expression(slo),
            },
            notifications_with_subscribers=[
                {
                    "notification": {
                        "notificationType": "ACTUAL",
                        "comparisonOperator": "GREATER_THAN",
                        "threshold": 100,
                        "thresholdType": "PERCENTAGE",
                    },
                    "subscribers": [{"subscriptionType": "SNS", "address": topic.topic_arn}],
                }
            ],
        )


def followed(slo: Slo) -> bool:
    """Whether a budget can follow the SLO's scope.

    It cannot exclude charge categories other than tax and credit, nor select untagged spend,
    providers, or values regardless of letter case.
    """
    selectors = [slo.scope, *([slo.scope.not_] if slo.scope.not_ else [])]
    plain = {ChargeCategory.USAGE, ChargeCategory.PURCHASE, ChargeCategory.ADJUSTMENT}
    is_exact = not slo.scope.is_insensitive
    return (is_exact and plain <= set(slo.scope.charge_categories)) and all(
        each.providers is None and "" not in {v for values in each.tags.values() for v in values}
        for each in selectors
    )


def expression(slo: Slo) -> Term | None:
    """The scope as a budget's filter; None for the whole bill."""
    scope = slo.scope
    left_out = [
        record
        for category, records in RECORDS.items()
        if category not in scope.charge_categories
        for record in records
    ]
    terms = _terms(scope)
    if scope.not_ is not None:
        terms.append({"not": _all(_terms(scope.not_))})
    if left_out:
        terms.append({"not": _dimension("RECORD_TYPE", left_out)})
    return _all(terms)


def _terms(selector: Selector) -> list[Term]:
    named = {
        "SERVICE": selector.services,
        "LINKED_ACCOUNT": selector.accounts,
        "REGION": selector.regions,
    }
    dimensions = [_dimension(key, [*values]) for key, values in named.items() if values]
    tags = [
        {"tags": {"key": key.removeprefix("user:"), "values": [*values]}}
        for key, values in sorted(selector.tags.items())
    ]
    return [*dimensions, *tags]


def _dimension(key: str, values: list[str]) -> Term:
    return {"dimensions": {"key": key, "values": values}}


def _all(terms: list[Term]) -> Term | None:
    if len(terms) > 1:
        return {"and": terms}
    return terms[0] if terms else None
