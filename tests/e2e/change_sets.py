# SPDX-License-Identifier: Apache-2.0
"""Of a change set that is not there, moto says something else than CloudFormation does."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import CloudFormationError, ValidationError
from moto.cloudformation.models import CloudFormationBackend


def say_not_found() -> None:
    """From now on it is not found, and deleting it once more is no error."""
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

    CloudFormationBackend.describe_change_set = describe_change_set  # type: ignore[method-assign]
    CloudFormationBackend.delete_change_set = delete_change_set  # type: ignore[method-assign]
