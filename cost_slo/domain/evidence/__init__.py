# SPDX-License-Identifier: Apache-2.0
"""What an incident's events record of an evaluation.

Door: detail, notes, overspend, periods, recovery, signal, snapshot.
"""
