# SPDX-License-Identifier: Apache-2.0
"""Which few parts of the spend explain a change.

Door: grouping, names, segments.
"""
