# SPDX-License-Identifier: Apache-2.0
"""A narrative that people edited, brought up to date.

Door: action_sync, lines, merge.
"""
