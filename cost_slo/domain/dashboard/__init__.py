# SPDX-License-Identifier: Apache-2.0
"""The report page and its small charts.

Door: page.
"""
