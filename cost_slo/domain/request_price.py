# SPDX-License-Identifier: Apache-2.0
"""What a paid request of Cost Explorer costs."""

from __future__ import annotations

from decimal import Decimal

# USD a request, each page being one (AWS Cost Explorer pricing).
REQUEST_PRICE = Decimal("0.01")
