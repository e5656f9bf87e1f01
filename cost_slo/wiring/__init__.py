# SPDX-License-Identifier: Apache-2.0
"""Composition roots: settings and adapters become ready use cases."""
