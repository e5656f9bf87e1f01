# SPDX-License-Identifier: Apache-2.0
"""Anomalies of another detector, and their effect on incidents."""
