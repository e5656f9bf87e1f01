# SPDX-License-Identifier: Apache-2.0
"""Sources of the units of a unit cost."""
