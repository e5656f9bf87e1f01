# SPDX-License-Identifier: Apache-2.0
"""Where is what? Names for scripts, links into the console for people."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Aws, CfnMapping, CfnOutput
from constructs import Construct

CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


class Outputs(Construct):
    """The stack's outputs: each value under its name, each path of the console as a link."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        values: Mapping[str, str],
        paths: Mapping[str, str],
    ) -> None:
        super().__init__(scope, name)
        partitions = CfnMapping(
            self, "Console", mapping={key: {"host": host} for key, host in CONSOLES.items()}
        )
        host = partitions.find_in_map(Aws.PARTITION, "host")
        links = {each: f"https://{host}/{path}" for each, path in paths.items()}
        for key, value in {**values, **links}.items():
            CfnOutput(self, key, value=value).override_logical_id(key)
