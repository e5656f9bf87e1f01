# SPDX-License-Identifier: Apache-2.0
"""The old name of `tests.worlds.deployed`, kept until issue H is done."""

from tests.worlds.deployed import World, cloud, stored_event

__all__ = ["World", "cloud", "stored_event"]
