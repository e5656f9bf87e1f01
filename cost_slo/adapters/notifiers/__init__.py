# SPDX-License-Identifier: Apache-2.0
"""Channels that a notification leaves by."""
