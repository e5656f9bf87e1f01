# SPDX-License-Identifier: Apache-2.0
"""The spend expected on each day of the window."""
