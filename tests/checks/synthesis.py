# SPDX-License-Identifier: Apache-2.0
"""What does a template say? Questions that the tests of the infrastructure ask it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Synthesised:
    """A template, as CloudFormation would read it."""

    template: dict[str, Any]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of a type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.template["Resources"].items()
            if resource["Type"] == kind
        }

    def whole(self, kind: str) -> dict[str, dict[str, Any]]:
        """Every resource of a type with its attributes, by logical id."""
        return {
            name: resource
            for name, resource in self.template["Resources"].items()
            if resource["Type"] == kind
        }

    def one(self, kind: str, starts: str = "") -> dict[str, Any]:
        """The properties of the one resource of a type whose logical id starts so."""
        (found,) = (each for name, each in self.of(kind).items() if name.startswith(starts))
        return found

    def statements(self, role: str) -> list[dict[str, Any]]:
        """What a role allows, actions and resources as lists."""
        policies = self.one("AWS::IAM::Role", role)["Policies"]
        return [
            {**each, "Action": listed(each["Action"]), "Resource": listed(each["Resource"])}
            for policy in policies
            for each in policy["PolicyDocument"]["Statement"]
        ]

    def actions(self, role: str) -> set[str]:
        """The actions of a role."""
        return {action for each in self.statements(role) for action in each["Action"]}

    def policies(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every allowing statement of every role and inline policy."""
        for name in self.of("AWS::IAM::Role"):
            for statement in self.statements(name):
                yield name, statement


class Synthesise(Protocol):
    """Synthesises a stack over context values, once for the same ones."""

    def __call__(self, region: str | None = None, **values: Any) -> Synthesised: ...


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
