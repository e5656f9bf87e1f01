# SPDX-License-Identifier: Apache-2.0
"""Anomalies that another detector found, and what they do to incidents."""
