# SPDX-License-Identifier: Apache-2.0
"""Live costs from AWS Cost Explorer: few requests, each of them counted and paid for.

Door: paid, plan, probe, queries, second_opinion, source.
"""
