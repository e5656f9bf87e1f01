# SPDX-License-Identifier: Apache-2.0
"""The stack's outputs: names for scripts, console links for people."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Aws, CfnMapping, CfnOutput
from constructs import Construct

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


class Console(Construct):
    """The AWS console of the stack's partition."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        hosts = {partition: {"host": host} for partition, host in CONSOLES.items()}
        self._host = CfnMapping(self, "Hosts", mapping=hosts).find_in_map(Aws.PARTITION, "host")

    def link(self, path: str) -> str:
        """The URL of a path in the console."""
        return f"https://{self._host}/{path}"


class Outputs(Construct):
    """The stack's outputs, each value under its name."""

    def __init__(self, scope: Construct, name: str, values: Mapping[str, str]) -> None:
        super().__init__(scope, name)
        for key, value in values.items():
            CfnOutput(self, key, value=value).override_logical_id(key)
