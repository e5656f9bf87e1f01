# SPDX-License-Identifier: Apache-2.0
"""What a narrative can say, each claim with its evidence.

Door: claim, drivers, fact, figures, findings, numerals, playbook, saying.
"""
