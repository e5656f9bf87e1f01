# SPDX-License-Identifier: Apache-2.0
"""Where moto departs from AWS, something of the test's takes the place of something of moto's."""

from __future__ import annotations


def instead(owner: object, name: str, of: object) -> None:
    """From now on the owner's attribute is this."""
    setattr(owner, name, of)
