# SPDX-License-Identifier: Apache-2.0
"""A resource that moto does not make still has a name, and a template may use it."""

from __future__ import annotations

from typing import Any

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.logs.models import LogGroup

from tests.e2e.instead import instead

ARNS = {
    "AWS::Budgets::Budget": "arn:aws:budgets::{account}:budget/{name}",
    "AWS::CE::AnomalyMonitor": "arn:aws:ce::{account}:anomalymonitor/{name}",
    "AWS::CE::AnomalySubscription": "arn:aws:ce::{account}:anomalysubscription/{name}",
    "AWS::CloudWatch::Alarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::Scheduler::Schedule": "arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
}


class Placeholder(CloudFormationModel):
    """Stands in a stack for a resource that the test makes afterwards."""

    def __init__(self, name: str, arn: str) -> None:
        self.physical_resource_id, self.arn = name, arn

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "Tests::Placeholder::Resource"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return bool(attr)

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **about: Any,
    ) -> Placeholder:
        shape = ARNS.get(about["ResourceType"], "{name}")
        properties = cloudformation_json["Properties"]
        name = properties.get("AlarmName") or properties.get("Name") or resource_name
        arn = shape.format(account=account_id, region=region_name, name=name)
        return cls(name, arn)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Placeholder, *_: Any, **__: Any
    ) -> Placeholder:
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any, **__: Any) -> None:
        """Nothing was made."""

    def is_created(self) -> bool:
        return True

    def get_cfn_attribute(self, attribute: str) -> str:
        return self.arn if attribute.endswith("Arn") else self.physical_resource_id


def stand_in() -> None:
    """From now on each type that moto does not have is a placeholder.

    And a group of logs has the ARN that CloudFormation gives it, which ends in `:*`.
    """
    known = parsing.resource_class_from_type
    instead(parsing, "resource_class_from_type", lambda kind: known(kind) or Placeholder)
    instead(LogGroup, "get_cfn_attribute", lambda self, _: f"{self.arn}:*")
