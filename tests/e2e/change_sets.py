# SPDX-License-Identifier: Apache-2.0
"""What a second deployment needs of moto: change sets not found, parameters not looked up twice."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import CloudFormationError, ValidationError
from moto.cloudformation.models import CloudFormationBackend
from moto.cloudformation.parsing import ResourceMap

from tests.e2e.instead import instead


def update_again() -> None:
    """From now on a change set is not found, deleting it is no error, and a value stays one.

    moto looks up a parameter of SSM again by its value where an update keeps what it was.
    """
    look_up = ResourceMap.parse_ssm_parameter
    describe = CloudFormationBackend.describe_change_set
    delete = CloudFormationBackend.delete_change_set

    def describe_change_set(self: CloudFormationBackend, change_set_name: str) -> Any:
        try:
            return describe(self, change_set_name)
        except ValidationError:
            message = f"ChangeSet [{change_set_name}] does not exist"
            raise CloudFormationError("ChangeSetNotFound", message) from None

    def delete_change_set(self: CloudFormationBackend, change_set_name: str) -> None:
        known = {*self.change_sets, *(it.change_set_name for it in self.change_sets.values())}
        if change_set_name in known:
            delete(self, change_set_name)

    def parse_ssm_parameter(self: ResourceMap, value: str, kind: str) -> str:
        return look_up(self, value, kind) if value.startswith("/") else value

    instead(ResourceMap, "parse_ssm_parameter", parse_ssm_parameter)
    instead(CloudFormationBackend, "describe_change_set", describe_change_set)
    instead(CloudFormationBackend, "delete_change_set", delete_change_set)
