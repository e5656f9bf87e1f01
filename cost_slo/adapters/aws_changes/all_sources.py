# SPDX-License-Identifier: Apache-2.0
"""What was changed in an AWS account, and by which role?

CloudTrail says which calls were made, CloudFormation what a deployment changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cost_slo.adapters.aws_changes.cloudformation import CloudFormationChangeSource
from cost_slo.adapters.aws_changes.cloudtrail import CloudTrailChangeSource
from cost_slo.domain.account_changes.change import Change, Changes
from cost_slo.domain.errors import CostSloError
from cost_slo.ports import ChangeSource


class AllChangeSources:
    """Several sources as one; one that fails is among the failures, unless all do."""

    def __init__(self, *sources: ChangeSource) -> None:
        self._sources = sources

    def fetch_changes(self, start: datetime, end: datetime, services: Sequence[str]) -> Changes:
        """The changes of all sources, oldest first. Raises the first error if all fail."""
        read: list[Changes] = []
        errors: list[CostSloError] = []
        for source in self._sources:
            try:
                read.append(source.fetch_changes(start, end, services))
            except CostSloError as error:
                errors.append(error)
        if not read:
            raise errors[0]
        found: list[Change] = [change for changes in read for change in changes.found]
        return Changes(
            tuple(sorted(found, key=lambda change: change.at)),
            "; ".join(changes.description for changes in read),
            tuple(note for changes in read for note in changes.notes),
            tuple(errors),
        )


__all__ = ["AllChangeSources", "CloudFormationChangeSource", "CloudTrailChangeSource"]
