# SPDX-License-Identifier: Apache-2.0
"""The old name of `tests.builders.readings`, kept until issue H is done."""

from tests.builders.readings import morning

__all__ = ["morning"]
