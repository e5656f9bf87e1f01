# SPDX-License-Identifier: Apache-2.0
"""May the record of changes be read?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cost_slo.adapter_kit.aws_calls import calling


def try_changes(clients: Callable[..., Any]) -> str:
    """Ask for one event and for the stacks; what was found, in words.

    Raises SettingsError or SourceError, which names what is to be allowed.
    """
    with calling("cloudtrail:LookupEvents"):
        clients("cloudtrail").lookup_events(MaxResults=1)
    with calling("cloudformation:DescribeStacks"):
        clients("cloudformation").describe_stacks()
    return "CloudTrail and CloudFormation answer"
